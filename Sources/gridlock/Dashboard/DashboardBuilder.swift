internal import Dashboard
internal import Measurement
internal import Primitives
internal import Report
internal import TerminalServer

/// Turns what the hosts tell into what the dashboard shows.
///
/// Rows are changed in place: names and paths are made once, figures ten times a second.
struct DashboardBuilder {
    var model: DashboardModel
    /// Per host, where its sessions are among the model's.
    private var rows: [[Int]] = []
    /// The same by number; for look-up only.
    private var rowOf: [SessionNumber: Int] = [:]
    private var paths: [[UNCPath?]] = []
    private var operationsBefore: [UInt64] = []
    private var lastFigures: Duration?
    private var nextWindow = Duration.zero
    private var waits: [[SessionWaits?]] = []
    /// Tasks of the client model that each session has.
    private let lanes: Int
    private var total = TotalFigures()

    /// How long the run lasts so far, gaps left out.
    var elapsed = Duration.zero {
        didSet { model.run.elapsed = UInt64(clamping: elapsed.wholeNanoseconds) }
    }

    /// A window of a trend is this long: twelve make a minute.
    private static let window = Duration.seconds(5)

    init(_ plan: RunPlan, _ hosts: [HostPlan]) {
        var run = DashboardModel.Run(
            profile: plan.name,
            target: plan.settings.target.text,
            client: plan.settings.client.name,
            seed: plan.settings.seed
        )
        run.duration = UInt64(clamping: plan.settings.duration.wholeNanoseconds)
        run.hosts = hosts.count
        run.canResize = false
        lanes = max(1, hosts.first?.model.lanes ?? 1)
        model = DashboardModel(run: run)
        model.heatMap.bounds = LatencyTimeline.bounds
        let all = hosts.enumerated().flatMap { host, plan in
            plan.sessions.enumerated().map { (host: host, index: $0.offset, plan: $0.element) }
        }.sorted { $0.plan.number < $1.plan.number }
        rows = hosts.map { [Int](repeating: 0, count: $0.sessions.count) }
        paths = hosts.map { [UNCPath?](repeating: nil, count: $0.sessions.count) }
        waits = hosts.map { [SessionWaits?](repeating: nil, count: $0.sessions.count) }
        for (row, session) in all.enumerated() {
            rows[session.host][session.index] = row
            rowOf[session.plan.number] = row
            model.sessions.append(
                .init(
                    number: session.plan.number,
                    user: session.plan.userName,
                    host: session.host
                )
            )
        }
    }

    mutating func take(_ event: HostEvent) {
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

    mutating func tell(_ level: DashboardModel.Event.Level, _ source: String, _ text: String) {
        model.events.append(
            .init(at: model.run.elapsed, level: level, source: source, text: text)
        )
    }

    /// What a host told, ten times a second.
    mutating func take(_ glance: HostGlance, ofHost host: Int, lag: UInt64) {
        if glance.phase != model.run.phase {
            model.run.phase = glance.phase
            tell(.information, "phase", glance.phase)
        }
        model.run.lag = max(model.run.lag, lag)
        model.run.isPaused = glance.isPaused
        if let found = glance.waits {
            waits[host] = SessionWaits.all(
                of: found,
                numbers: rows[host].map { model.sessions[$0].number },
                tasksPerSession: lanes,
                at: Instant(nanoseconds: model.run.elapsed)
            )
        }
        for (index, session) in glance.sessions.enumerated() {
            update(session, host: host, index: index)
        }
        for figures in glance.percentiles {
            let row = rows[host][figures.session]
            (model.sessions[row].p50, model.sessions[row].p99) = (figures.p50, figures.p99)
        }
        model.heatMap.underWay = [UInt64](
            repeating: 0,
            count: LatencyTimeline.bounds.count + 1
        )
        for session in model.sessions {
            guard let age = session.inFlight?.age else { continue }
            model.heatMap.underWay[LatencyTimeline.row(of: age)] += 1
        }
        markHangs()
        if let detail = glance.detail { take(detail, host: host) }
        startWindowIfDue()
    }

    private mutating func update(_ session: HostGlance.Session, host: Int, index: Int) {
        let row = rows[host][index]
        model.sessions[row].operations = session.operations
        model.sessions[row].errors = session.errors
        model.sessions[row].last = session.last
        model.sessions[row].maximum = session.maximum
        model.sessions[row].trend.record(max(session.last, session.age))
        model.sessions[row].state = state(session)
        guard let kind = session.kind else {
            model.sessions[row].inFlight = nil
            waits[host][index] = nil
            return
        }
        if model.sessions[row].inFlight == nil || paths[host][index] != session.path {
            paths[host][index] = session.path
            model.sessions[row].inFlight = .init(
                operation: kind.name,
                path: session.path?.text ?? "",
                age: session.age
            )
        } else {
            model.sessions[row].inFlight?.age = session.age
            model.sessions[row].inFlight?.operation = kind.name
        }
        let waitsOn = session.age < model.run.slowAfter ? "" : waits[host][index]?.short ?? ""
        if model.sessions[row].inFlight?.waitsOn != waitsOn {
            model.sessions[row].inFlight?.waitsOn = waitsOn
        }
    }

    /// A session of an open hang; one that has gone on since is left alone.
    mutating func mark(_ session: SessionNumber, _ state: SessionState) {
        guard let row = rowOf[session], model.sessions[row].inFlight != nil else { return }
        model.sessions[row].state = state
    }

    private func state(_ session: HostGlance.Session) -> SessionState {
        switch session.activity {
        case .refused: .failed
        case .ended: .ended
        case .thinking: .thinking
        case .waiting where session.kind == nil: session.operations == 0 ? .waiting : .thinking
        case .waiting, .working:
            session.age >= model.run.stallAfter
                ? .stalled : session.age >= model.run.slowAfter ? .slow : .working
        }
    }

    private mutating func take(_ glance: HostGlance.Detail, host: Int) {
        var detail = DashboardModel.Detail(session: glance.number)
        detail.p90 = glance.response.percentile(90)
        detail.p999 = glance.response.percentile(99.9)
        detail.latencies = glance.response.rows
        detail.latenciesOfAll = total.latencies
        detail.lastError = glance.lastError
        if let index = rows[host].firstIndex(where: { model.sessions[$0].number == glance.number }),
            model.sessions[rows[host][index]].inFlight != nil, let found = waits[host][index]
        {
            detail.waits = found.waits
            detail.holds = found.holds
        }
        model.detail = detail
    }

    private mutating func startWindowIfDue() {
        guard elapsed >= nextWindow else { return }
        nextWindow = elapsed + Self.window
        for row in model.sessions.indices { model.sessions[row].trend.push(0) }
        for row in model.operations.indices { model.operations[row].trend.push(0) }
    }

    /// What all hosts told, once a second.
    mutating func take(
        _ state: RunState,
        thresholds: [ThresholdResult],
        timeline: LatencyTimeline
    ) {
        let step = (elapsed - (lastFigures ?? .zero)).seconds
        lastFigures = elapsed
        total.take(state, seconds: step, into: &model)
        if operationsBefore.count == model.sessions.count, step > 0 {
            for (row, before) in operationsBefore.enumerated() {
                let more =
                    model.sessions[row].operations - min(before, model.sessions[row].operations)
                model.sessions[row].rate = Double(more) / step
            }
        }
        operationsBefore = model.sessions.map(\.operations)
        model.run.checks = thresholds.map(DashboardModel.Check.init)
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
    mutating func finish(_ result: RunResults.Result, timeline: LatencyTimeline) {
        total.take(result.state, seconds: 0, into: &model)
        for (host, snapshot) in result.state.hosts.enumerated() {
            for (index, session) in snapshot.sessions.enumerated() {
                let response = session.statistics.response
                let row = rows[host][index]
                model.sessions[row].operations = session.statistics.operations
                model.sessions[row].errors = session.statistics.errors
                model.sessions[row].p50 = response.percentile(50)
                model.sessions[row].p99 = response.percentile(99)
                model.sessions[row].maximum = response.maximum
                if session.inFlight == nil {
                    model.sessions[row].inFlight = nil
                    model.sessions[row].state = session.state == "refused" ? .failed : .ended
                }
            }
        }
        show(timeline)
        model.run.isOver = true
        model.run.isPaused = false
        model.run.phase = "finished"
        model.run.verdict = result.summary.verdict
        model.run.exitCode = result.code.rawValue
        model.run.checks = result.summary.thresholds.map(DashboardModel.Check.init)
        for reason in result.summary.reasons { tell(.warning, "verdict", reason) }
        tell(.information, "run", "over; the results are written")
    }
}

extension DashboardModel.Check {
    init(_ result: ThresholdResult) {
        self.init(
            label: result.threshold.expression,
            value: result.valueText,
            holds: result.state == .inconclusive ? nil : result.state == .passed
        )
    }
}
