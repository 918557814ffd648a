internal import Measurement
package import Primitives
internal import Redirector
internal import SMBWire
package import Watchdog

/// Who waits for what on this host, as the watchdog wants to read it.
extension Host {
    /// All that waits, holds or is under way; exact, for a host is one thread.
    package func waitSnapshot(at now: Instant) -> WaitSnapshot {
        var builder = WaitSnapshotBuilder(self, at: now)
        builder.build()
        return builder.snapshot
    }

    /// Since when the oldest wait is there that does not last by right; nil if nobody waits.
    ///
    /// A blocking LOCK may last for ever, but where our own sessions hold ranges it can be part of
    /// a ring, so it is worth a look.
    package var oldestWait: Instant? {
        var oldest: Instant?
        let hasRanges = sessions.contains { $0.holdsRanges }
        for task in interpreter.tasks.indices {
            switch interpreter.tasks[task].status {
            case .waiting, .joining: break
            case .pending where !isIndefinite(task) || hasRanges && isLock(task): break
            default: continue
            }
            let since = interpreter.waitSince[task]
            oldest = min(oldest ?? since, since)
        }
        // Whoever goes round in circles never waits for long.
        for session in sessions.indices {
            guard let work = sessions[session].glimpse, work.repeats > Self.repeatsMax else {
                continue
            }
            oldest = min(oldest ?? work.started, work.started)
        }
        return oldest
    }

    /// Laps of one operation that nobody needs ([MS-DFSC] knows no limit; research counted eight).
    private static let repeatsMax: UInt32 = 8

    private func isLock(_ task: Int) -> Bool {
        task % plan.model.lanes == 0
            && sessions[interpreter.session(of: task)].work?.waitsForLock == true
    }

    /// A change notify or a blocking LOCK may last for ever.
    func isIndefinite(_ task: Int) -> Bool {
        guard
            case .request(let request, _) = plan.model.code[Int(interpreter.tasks[task].address)]
        else { return false }
        if plan.model.requests[Int(request)].isIndefinite { return true }
        let work = sessions[interpreter.session(of: task)].work
        return work?.kind == .lock && work?.waitsForLock == true
            && task % plan.model.lanes == 0
    }
}

/// Builds one snapshot; its look-ups live as long as that.
struct WaitSnapshotBuilder {
    var snapshot: WaitSnapshot
    let host: Host
    private let now: Instant
    let model: CompiledModel
    /// Resource numbers by lock table and index, -1 where none is listed yet.
    private var lockResources: [[Int32]]
    var parties: [Int32]
    private var places: [Int32]
    private var lines: [Name]
    /// By place in `outstanding`: its connection in the snapshot.
    var connections: [Int32] = []
    /// By task: where its request is in `outstanding`, -1 for none.
    var requests: [Int32]
    var rangeResources: [String: Int32] = [:]
    /// By the file's name at its target.
    var breakResources: [String: Int32] = [:]
    /// By request of the model and server, -1 where none is listed yet.
    var answerResources: [Int32]
    var requestNames: [Name]
    var serverNames: [Name]
    private var kindNames = [Name](repeating: .none, count: OperationKind.allCases.count)
    /// By session, of its operation's path, once somebody asked.
    private var pathNames: [Name]
    /// By lane: the agent that runs there.
    private let agents: [CompiledModel.Entry?]
    /// By the identity of a file: the session whose unacknowledged break holds up its opens.
    var breaks: [String: (session: Int, since: Instant)] = [:]
    /// By task: when a timer of the model ends its wait, or `.never`.
    private var deadlines: [Instant]
    let outstanding: [OutstandingRequest]

    init(_ host: Host, at now: Instant) {
        self.host = host
        self.now = now
        model = host.plan.model
        snapshot = WaitSnapshot(
            source: host.plan.number,
            sourceName: "host \(host.plan.number)",
            instant: now,
            sessionCount: host.sessions.count
        )
        snapshot.order = host.interpreter.order
        lockResources = host.interpreter.locks.map { Array(repeating: -1, count: $0.count) }
        parties = Array(repeating: -1, count: host.interpreter.tasks.count)
        places = Array(repeating: 0, count: host.interpreter.tasks.count)
        deadlines = Array(repeating: .never, count: host.interpreter.tasks.count)
        outstanding = host.redirector.outstanding
        lines = Array(repeating: .none, count: host.plan.model.listing.count + 1)
        requests = Array(repeating: -1, count: host.interpreter.tasks.count)
        let servers = host.servers.count + 1
        answerResources = Array(repeating: -1, count: model.requests.count * servers)
        requestNames = model.requests.map { _ in .none }
        serverNames = Array(repeating: .none, count: servers)
        pathNames = Array(repeating: .none, count: host.sessions.count)
        agents = (0..<model.lanes).map { lane in
            lane == 0 ? nil : host.plan.model.entries.first { $0.lane == lane }
        }
        let busy = host.interpreter.tasks.count { $0.status != .idle }
        snapshot.reserve(
            parties: busy,
            resources: min(busy, lockResources.reduce(0) { $0 + $1.count }),
            holds: busy,
            waits: busy,
            requests: outstanding.count
        )
        snapshot.names.reserve(busy)
    }

    mutating func build() {
        addConnections()
        for place in outstanding.indices where requests.indices.contains(outstanding[place].tag) {
            requests[outstanding[place].tag] = Int32(place)
        }
        countPlaces()
        noteDeadlines()
        var (holders, owing): ([Int], [Int]) = ([], [])
        for session in host.sessions.indices {
            addParties(of: session)
            // Beside it: to come back to each of very many sessions costs as much as all the rest.
            noteBreaks(of: session)
            if host.sessions[session].holdsRanges { holders.append(session) }
            if !host.sessions[session].acknowledgements.isEmpty { owing.append(session) }
        }
        for session in holders { addRanges(of: session) }
        for session in owing { addOwedBreaks(of: session) }
        for task in host.interpreter.tasks.indices where parties[task] >= 0 {
            addHolds(task)
            addWait(task)
        }
        addCredits()
    }

    private mutating func addConnections() {
        connections.reserveCapacity(outstanding.count)
        for facts in host.redirector.connectionFacts {
            let index = add(facts)
            // Both lists come by connection, in the same order.
            while connections.count < outstanding.count,
                outstanding[connections.count].connection == facts.number
            { connections.append(index) }
        }
    }

    private mutating func add(_ facts: ConnectionFacts) -> Int32 {
        let key = UInt64(host.plan.number + 1) << 48 ^ UInt64(facts.number.rawValue)
        return snapshot.add(
            WaitSnapshot.Connection(
                server: snapshot.names.intern(facts.server),
                tuple: snapshot.names.intern(host.tuples[facts.number.rawValue] ?? facts.server),
                key: key,
                requestsSent: facts.traffic.sent,
                requestsAnswered: facts.traffic.answered,
                lastReceived: facts.traffic.lastReceived ?? .never,
                latestAnsweredSent: facts.traffic.latestAnsweredSent ?? .never
            )
        )
    }

    /// Places in queues, by walking each queue once.
    private mutating func countPlaces() {
        for table in host.interpreter.locks {
            for lock in table {
                var (task, place) = (lock.head, Int32(1))
                while task >= 0 {
                    places[Int(task)] = place
                    place += 1
                    task = host.interpreter.tasks[Int(task)].next
                }
            }
        }
    }

    private mutating func addParties(of session: Int) {
        let tasks = session * model.lanes..<(session + 1) * model.lanes
        for task in tasks.clamped(to: host.interpreter.tasks.indices)
        where host.interpreter.tasks[task].status != .idle { addParty(task) }
    }

    private mutating func noteBreaks(of session: Int) {
        for broken in host.sessions[session].acknowledgements {
            let file = host.sessions[session].file(broken.open)
            guard let identity = file?.targetName else { continue }
            if breaks[identity] == nil { breaks[identity] = (session, broken.since) }
        }
    }

    private mutating func noteDeadlines() {
        for timer in host.interpreter.timers {
            let task = Int(timer.task)
            guard host.interpreter.tasks[task].generation == timer.generation else { continue }
            deadlines[task] = timer.at
        }
    }

    private mutating func addParty(_ task: Int) {
        let session = host.interpreter.session(of: task)
        let lane = task % model.lanes
        let isOfHost = agents[lane]?.role == .hostAgent
        let agent = agentName(lane, task)
        let work = lane == 0 ? host.sessions[session].glimpse : nil
        parties[task] = snapshot.add(
            WaitSnapshot.Party(
                session: isOfHost ? nil : host.sessions[session].plan.number,
                agent: agent,
                state: host.interpreter.tasks[task].status == .gone ? .ended : .alive,
                operation: work.map { name(of: $0.kind) } ?? agent,
                path: work == nil ? .none : pathName(session),
                started: work?.started ?? host.interpreter.waitSince[task],
                site: site(host.interpreter.line(of: task)),
                steps: host.interpreter.tasks[task].steps,
                repeats: work?.repeats ?? 0,
                completed: host.sessions[session].statistics.operations
            )
        )
    }

    private mutating func agentName(_ lane: Int, _ task: Int) -> Name {
        guard let entry = agents[lane] else { return .none }
        guard entry.role == .hostAgent else { return snapshot.names.intern(entry.name) }
        let server = Int(host.interpreter.tasks[task].key.server)
        return snapshot.names.intern("\(entry.name)[\(host.servers[server].name)]")
    }

    private mutating func name(of kind: OperationKind) -> Name {
        if kindNames[kind.rawValue] == .none {
            kindNames[kind.rawValue] = snapshot.names.intern(kind.name)
        }
        return kindNames[kind.rawValue]
    }

    /// The same name for the operation and for its request.
    mutating func pathName(_ session: Int) -> Name {
        if pathNames[session] == .none, let path = host.sessions[session].workPath {
            pathNames[session] = snapshot.names.add(path)
        }
        return pathNames[session]
    }

    /// `q260752:14 hold(CONN) {`: the line of the model's listing.
    private mutating func site(_ line: Int) -> Name {
        guard lines.indices.contains(line), model.listing.indices.contains(line - 1) else {
            return .none
        }
        if lines[line] == .none {
            let text = model.listing[line - 1].drop { $0 == " " }
            lines[line] = snapshot.names.intern("\(model.source.name):\(line) \(text)")
        }
        return lines[line]
    }

    private mutating func lockResource(_ resource: UInt8, _ task: Int) -> Int32 {
        let kind = model.resources[Int(resource)]
        let table = host.interpreter.lockTables[Int(resource)]
        let index = host.interpreter.tasks[task].key.index(in: kind.scope)
        guard host.interpreter.locks[table].indices.contains(index) else { return -1 }
        if lockResources[table][index] >= 0 { return lockResources[table][index] }
        let lock = host.interpreter.locks[table][index]
        let number = snapshot.add(
            WaitSnapshot.Resource(
                Self.kind(of: kind),
                className: snapshot.names.intern(kind.name),
                instance: kind.scope == .host
                    ? .none : snapshot.names.intern(host.name(kind.scope, index)),
                units: max(1, lock.capacity),
                grants: UInt64(lock.grants),
                queuedSince: lock.head >= 0 ? lock.queuedSince : .never
            )
        )
        lockResources[table][index] = number
        return number
    }

    private static func kind(of resource: Resource) -> WaitSnapshot.Resource.Kind {
        guard resource.isCounting else { return resource.name == "REF" ? .marker : .lock }
        return resource.name.hasPrefix("POOL") ? .pool : .credits
    }

    private mutating func addHolds(_ task: Int) {
        let address = host.interpreter.tasks[task].address
        for (depth, index) in model.holdRange(at: address).enumerated() {
            let hold = model.hold(index)
            let resource = lockResource(hold.resource, task)
            guard resource >= 0 else { continue }
            let since = host.interpreter.holdSince[task * model.holdsMax + depth]
            snapshot.holds.append(
                WaitSnapshot.Hold(
                    party: parties[task],
                    resource: resource,
                    mode: Self.mode(hold.mode),
                    since: since,
                    generation: UInt32(truncatingIfNeeded: since.nanoseconds),
                    site: site(Int(hold.line))
                )
            )
        }
    }

    private static func mode(_ mode: Mode) -> WaitSnapshot.Mode {
        switch mode {
        case .shared: .shared
        case .exclusive: .exclusive
        case .unit: .unit
        case .pass: .pass
        case .upgrade: .upgrade
        }
    }

    private mutating func addWait(_ task: Int) {
        let state = host.interpreter.tasks[task]
        switch (state.status, model.code[Int(state.address)]) {
        case (.waiting, .acquire(let resource, let mode, _, _)):
            let number = lockResource(resource, task)
            guard number >= 0 else { return }
            let lock = host.interpreter.locks[host.interpreter.lockTables[Int(resource)]]
            let index = state.key.index(in: model.resources[Int(resource)].scope)
            append(task, on: number, Self.mode(mode)) { wait in
                wait.overtaken = lock[index].grants &- state.grantsBefore
            }
        case (.pending, .request(let request, _)):
            // What waits for a credit waits for nobody's answer yet; `addCredits` lists it.
            let place = Int(requests[task])
            if place >= 0, outstanding[place].isQueued { return }
            addAnswer(task, Int(request))
        case (.joining, .perform(let program, _)):
            let lane = model.entries[Int(program)].lane
            let agent = task - task % model.lanes + lane
            addJoin(task, agent, model.entries[Int(program)].name)
        default: break
        }
    }

    mutating func append(
        _ task: Int,
        on resource: Int32,
        _ mode: WaitSnapshot.Mode,
        _ change: (inout WaitSnapshot.Wait) -> Void = { _ in }
    ) {
        let state = host.interpreter.tasks[task]
        var wait = WaitSnapshot.Wait(
            party: parties[task],
            resource: resource,
            mode: mode,
            since: host.interpreter.waitSince[task],
            place: places[task],
            generation: state.generation,
            site: site(host.interpreter.line(of: task))
        )
        if deadlines[task] != .never {
            wait.deadline = deadlines[task]
            let seconds = wait.deadline.nanoseconds(since: wait.since) / 1_000_000_000
            let name = seconds == 45 ? "SESSTIMEOUT" : "limit"
            wait.timer = snapshot.names.intern("\(name) (\(seconds) s)")
        }
        change(&wait)
        snapshot.waits.append(wait)
    }

    private mutating func addJoin(_ task: Int, _ agent: Int, _ name: String) {
        guard parties[agent] >= 0 else { return }
        let resource = snapshot.add(
            WaitSnapshot.Resource(
                .marker,
                className: snapshot.names.intern("END"),
                instance: snapshot.names.add(name)
            )
        )
        snapshot.holds.append(
            WaitSnapshot.Hold(
                party: parties[agent],
                resource: resource,
                mode: .exclusive,
                since: host.interpreter.waitSince[task]
            )
        )
        append(task, on: resource, .pass)
    }
}
