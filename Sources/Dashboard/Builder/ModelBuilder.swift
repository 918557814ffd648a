package import Measurement
package import Primitives
internal import SMBWire
package import TerminalServer

/// Turns what the hosts tell into what the dashboard shows.
///
/// Rows are changed in place, and only where something has changed: ten thousand sessions ten times
/// a second.
package struct ModelBuilder: Sendable {
    /// Where a session lives, and what the model does not show of it.
    private struct Place {
        let host: Int
        let index: Int
        /// Since when its operation is under way, in the host's time.
        var since: Instant?
        var waits: SessionWaits?
    }

    package var model: DashboardModel
    /// By the rows of the model.
    private var places: [Place] = []
    /// Per host and by its sessions, their rows.
    private var rows: [[Int]]
    /// For look-up only.
    private var rowOf: [SessionNumber: Int] = [:]
    /// Per host, how old what is under way is, by the rows of the heat map.
    private var underWay: [[UInt64]]
    /// Per host, the greatest age of what is under way.
    private var oldest: [UInt64]
    private var operationsBefore: [UInt64] = []
    private var lastFigures: UInt64?
    private var nextWindow: UInt64 = 0
    /// Tasks of the client model that each session has.
    private let lanes: Int
    private var total = TotalFigures()

    /// A window of a trend is this long, in nanoseconds: twelve make a minute.
    private static let window: UInt64 = 5_000_000_000
    /// Waits are asked for from this age on, in nanoseconds.
    private static let oldWait: UInt64 = 500_000_000

    package init(_ run: DashboardModel.Run, hosts: [HostPlan]) {
        lanes = max(1, hosts.first?.model.lanes ?? 1)
        model = DashboardModel(run: run)
        model.run.hosts = hosts.count
        model.heatMap.bounds = LatencyTimeline.bounds
        rows = hosts.map { _ in [] }
        oldest = hosts.map { _ in 0 }
        let none = [UInt64](repeating: 0, count: LatencyTimeline.bounds.count + 1)
        underWay = hosts.map { _ in none }
        for (host, plan) in hosts.enumerated() { admit(plan.sessions, to: host) }
        sortRows()
    }

    private mutating func admit(_ plans: [SessionPlan], to host: Int) {
        for plan in plans {
            rows[host].append(model.sessions.count)
            places.append(Place(host: host, index: rows[host].count - 1))
            model.sessions.append(
                .init(number: plan.number, user: plan.userName, host: host)
            )
        }
    }

    /// Puts the rows in the order of the sessions' numbers.
    private mutating func sortRows() {
        let sorted = model.sessions.indices.sorted {
            model.sessions[$0].number < model.sessions[$1].number
        }
        model.sessions = sorted.map { model.sessions[$0] }
        places = sorted.map { places[$0] }
        for (row, place) in places.enumerated() {
            rows[place.host][place.index] = row
            rowOf[model.sessions[row].number] = row
        }
        operationsBefore = []
    }

    /// Where the host has the session; nil if nobody does.
    package func place(of session: SessionNumber) -> (host: Int, index: Int)? {
        rowOf[session].map { (places[$0].host, places[$0].index) }
    }

    /// Whether something on the host is old enough to ask who waits for what.
    package func asksForWaits(ofHost host: Int) -> Bool { oldest[host] >= Self.oldWait }

    package mutating func tell(
        _ level: DashboardModel.Event.Level,
        _ source: String,
        _ text: String
    ) {
        model.events.append(
            .init(at: model.run.elapsed, level: level, source: source, text: text)
        )
    }

    package mutating func take(_ event: HostEvent) {
        model.events.append(
            .init(
                at: event.at.nanoseconds,
                level: .warning,
                source: "host",
                text: event.sentence,
                session: event.session
            )
        )
    }

    /// What a host told, ten times a second; `lag` is how late its timers were, in nanoseconds.
    package mutating func take(_ glance: HostGlance, ofHost host: Int, lag: UInt64) {
        if glance.phase != model.run.phase {
            model.run.phase = glance.phase
            tell(.information, "phase", glance.phase)
        }
        model.run.lag = max(model.run.lag, lag)
        model.run.isPaused = glance.isPaused
        if !glance.newcomers.isEmpty {
            admit(glance.newcomers, to: host)
            sortRows()
        }
        for session in glance.sessions { update(session, row: rows[host][session.index]) }
        for figures in glance.percentiles {
            let row = rows[host][figures.session]
            (model.sessions[row].p50, model.sessions[row].p99) = (figures.p50, figures.p99)
        }
        if let found = glance.waits { take(found, ofHost: host, at: glance.at) }
        age(host, to: glance.at)
        markHangs()
        if let detail = glance.detail { take(detail, row: rows[host][detail.index], at: glance.at) }
        startWindowIfDue()
    }

    private mutating func update(_ session: HostGlance.Session, row: Int) {
        if places[row].since != session.since { places[row].waits = nil }
        places[row].since = session.since
        Self.show(session, in: &model.sessions[row])
    }

    private static func show(
        _ session: HostGlance.Session,
        in row: inout DashboardModel.Session
    ) {
        row.operations = session.operations
        row.errors = session.errors
        row.last = session.last
        row.maximum = session.maximum
        row.trend.record(session.last)
        row.state = state(session)
        row.inFlight = session.kind.map {
            .init(operation: $0.name, path: session.path, age: 0)
        }
    }

    private static func state(_ session: HostGlance.Session) -> SessionState {
        switch session.activity {
        case .refused: .failed
        case .ended: .ended
        case .thinking: .thinking
        case .waiting where session.kind == nil: session.operations == 0 ? .waiting : .thinking
        case .waiting, .working: .working
        }
    }

    private mutating func take(_ found: WaitsAndHolds, ofHost host: Int, at now: Instant) {
        let all = SessionWaits.all(
            of: found,
            numbers: rows[host].map { model.sessions[$0].number },
            tasksPerSession: lanes,
            at: now
        )
        for (row, waits) in zip(rows[host], all) { places[row].waits = waits }
    }

    /// Everything that is under way on the host has grown older.
    private mutating func age(_ host: Int, to now: Instant) {
        var counts = [UInt64](repeating: 0, count: LatencyTimeline.bounds.count + 1)
        var greatest: UInt64 = 0
        for row in rows[host] {
            guard let since = places[row].since, model.sessions[row].inFlight != nil else {
                continue
            }
            let age = now.nanoseconds(since: since)
            greatest = max(greatest, age)
            counts[LatencyTimeline.row(of: age)] += 1
            model.sessions[row].inFlight?.age = age
            guard age >= model.run.worthListing else { continue }
            model.sessions[row].trend.record(age)
            let isOld = age >= model.run.slowAfter
            model.sessions[row].state =
                age >= model.run.stallAfter ? .stalled : isOld ? .slow : .working
            let waitsOn = isOld ? places[row].waits?.short ?? "" : ""
            if model.sessions[row].inFlight?.waitsOn != waitsOn {
                model.sessions[row].inFlight?.waitsOn = waitsOn
            }
        }
        oldest[host] = greatest
        underWay[host] = counts
        model.heatMap.underWay = underWay.dropFirst().reduce(underWay[0]) { sums, more in
            zip(sums, more).map { $0 + $1 }
        }
    }

    /// Gives the sessions of open hangs their states: those of the shortest ring stand out from
    /// the others of its component.
    private mutating func markHangs() {
        for hang in model.hangs where !hang.isOver {
            for session in hang.behind { mark(session, .behind) }
            for session in hang.others { mark(session, .stalled) }
            for session in hang.cycle.compactMap(\.session) {
                mark(session, hang.isDeadlock ? .deadlocked : .stalled)
            }
        }
    }

    /// A session that has gone on since is left alone.
    private mutating func mark(_ session: SessionNumber, _ state: SessionState) {
        guard let row = rowOf[session], model.sessions[row].inFlight != nil else { return }
        model.sessions[row].state = state
    }

    private mutating func startWindowIfDue() {
        guard model.run.elapsed >= nextWindow else { return }
        nextWindow = model.run.elapsed + Self.window
        for row in model.sessions.indices { model.sessions[row].trend.push(0) }
        for row in model.operations.indices { model.operations[row].trend.push(0) }
    }

    /// What all hosts measured, once a second.
    package mutating func take(_ figures: RunFigures, timeline: LatencyTimeline) {
        let step = lastFigures.map { Double(model.run.elapsed - min($0, model.run.elapsed)) / 1e9 }
        lastFigures = model.run.elapsed
        total.take(figures, seconds: step ?? 0, into: &model)
        if let step, step > 0, operationsBefore.count == model.sessions.count {
            for (row, before) in operationsBefore.enumerated() {
                let now = model.sessions[row].operations
                model.sessions[row].rate = Double(now - min(before, now)) / step
            }
        }
        operationsBefore = model.sessions.map(\.operations)
        show(timeline)
    }

    private mutating func show(_ timeline: LatencyTimeline) {
        model.heatMap.columns = timeline.columns.map { column in
            .init(
                start: UInt64(max(0, column.start) * 1e9),
                end: UInt64(max(0, column.end) * 1e9),
                ended: column.ended
            )
        }
    }

    /// The run is over: what the screen shows from now on is what the results say.
    package mutating func finish(
        _ figures: RunFigures,
        hosts: [HostSnapshot],
        timeline: LatencyTimeline
    ) {
        total.take(figures, seconds: 0, into: &model)
        for (host, snapshot) in hosts.enumerated() {
            let unknown = snapshot.sessions.dropFirst(rows[host].count)
            admit(unknown.map(\.plan), to: host)
            if !unknown.isEmpty { sortRows() }
            for (row, session) in zip(rows[host], snapshot.sessions) { finish(session, row: row) }
        }
        show(timeline)
        model.run.isOver = true
        model.run.isPaused = false
        model.run.phase = "finished"
    }

    private mutating func finish(_ session: HostSnapshot.Session, row: Int) {
        let response = session.statistics.response
        model.sessions[row].operations = session.statistics.operations
        model.sessions[row].errors = session.statistics.errors
        model.sessions[row].last = session.statistics.last
        model.sessions[row].p50 = response.percentile(50)
        model.sessions[row].p99 = response.percentile(99)
        model.sessions[row].maximum = response.maximum
        guard session.inFlight == nil else { return }
        places[row].since = nil
        model.sessions[row].inFlight = nil
        model.sessions[row].state = session.state == "refused" ? .failed : .ended
    }
}

/// One session in detail.
extension ModelBuilder {
    private mutating func take(_ told: HostGlance.Detail, row: Int, at now: Instant) {
        let session = model.sessions[row]
        var detail = DashboardModel.Detail(session: session.number)
        detail.p90 = told.response.percentile(90)
        detail.p999 = told.response.percentile(99.9)
        detail.latencies = told.response.rows
        detail.latenciesOfAll = total.latencies
        detail.lastError = told.lastError
        detail.chain = told.requests.map { Self.request($0, at: now) }
        detail.recent = told.recent.map(Self.request)
        if session.inFlight != nil, let found = places[row].waits {
            detail.waits = found.waits
            detail.holds = found.holds
            detail.onward = onward(from: session.number, found.waits)
        }
        model.detail = detail
    }

    /// What those wait for who have what the session waits for, and so on, until somebody comes
    /// again or waits for nobody.
    private func onward(
        from first: SessionNumber,
        _ waits: [DashboardModel.Wait]
    ) -> [DashboardModel.Hop] {
        var hops: [DashboardModel.Hop] = []
        var next = waits.first?.heldBy.lazy.compactMap(\.session).first
        while let session = next, session != first, hops.count < Self.hopsMax,
            !hops.contains(where: { $0.session == session }), let row = rowOf[session],
            let wait = places[row].waits?.waits.first
        {
            hops.append(.init(session: session, wait: wait))
            next = wait.heldBy.lazy.compactMap(\.session).first
        }
        return hops
    }

    /// Longer chains than anybody reads.
    private static let hopsMax = 6

    private static func request(
        _ request: HostGlance.Request,
        at now: Instant
    ) -> DashboardModel.Request {
        let record = request.record
        let end = record.answered ?? now
        return DashboardModel.Request(
            at: record.began.nanoseconds,
            name: record.name,
            path: record.path?.text ?? "\\\\\(request.server)",
            outcome: record.answered == nil
                ? .pending : record.status == .success ? .good : .failed,
            took: end.nanoseconds(since: record.began),
            note: request.note
        )
    }

    private static func request(_ operation: EndedOperation) -> DashboardModel.Request {
        DashboardModel.Request(
            at: operation.began.nanoseconds,
            name: operation.kind.name,
            path: operation.path?.text ?? "",
            outcome: operation.status == .success ? .good : .failed,
            took: operation.took,
            note: operation.status == .success ? "" : "\(operation.status)"
        )
    }
}
