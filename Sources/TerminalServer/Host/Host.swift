package import Dfs
package import Measurement
package import Primitives
internal import Redirector
internal import SMBWire

/// One terminal server: N sessions over one Dfs client and one redirector.
///
/// Joins three machines that do not know each other. The interpreter runs the client model: it says
/// when an operation may go on and under which locks. The Dfs client says which server. The
/// redirector says what goes over the wire. The host carries the answers between them, and this is
/// where a deadlock of Dfs client and redirector can be seen. Everything is told the time; nothing
/// here reads a clock, and all of it runs on one thread.
package struct Host: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case idle
        /// Each distinct user once, one after the other.
        case proving
        case preparing
        case running
        /// The load is over; operations under way end.
        case stopping
        case cleaning
        case loggingOff
        case finished
    }

    package let plan: HostPlan
    var interpreter: Interpreter
    package internal(set) var dfs: DfsClient
    var redirector: Redirector
    var sessions: [HostSession]
    var phase = Phase.idle
    package internal(set) var outcome = HostOutcome.completed
    package internal(set) var statistics: [OperationStatistics]
    /// Connections by the index that a server's name was given.
    var servers: [Server] = []
    /// For look-up only.
    var serverIndices: [String: Int32] = [:]
    var junctions: [String] = []
    var junctionIndices: [String: Int32] = [:]
    var files: [String] = []
    var fileIndices: [String: Int32] = [:]
    /// Sessions that stand at a barrier.
    var assembled = 0
    /// Sessions that the others do not wait for at barriers.
    var outOfStep = 0
    /// Sessions that have changed since the last glance.
    var touched: [Int] = []
    /// How many sessions the watcher knows.
    var told: Int
    /// Nothing new is started until somebody lets the load go on.
    var isPaused = false
    /// The addresses of both ends of a connection, by its raw number; for look-up only.
    var tuples: [Int: String] = [:]
    var wakes = WakeQueue()
    /// What the worker has still to do for the file that is prepared, the next thing last.
    var chores: [Chore] = []
    /// How many of the plan's files have their chores.
    var preparedFiles = 0
    var cleaning = Cleaning()
    /// Sessions whose users are still to be proved.
    var toProve: [Int] = []
    var refusedUsers: [Int] = []
    /// What was created, newest last.
    var created: [Created] = []
    /// For look-up only.
    var createdPaths: Set<UNCPath> = []
    var startedAt = Instant.zero
    var loadBegan: Instant?
    /// When the figures begin.
    var measuredFrom: Instant?
    var loadEnded: Instant?
    var stopAt: Instant?
    /// When operations that have not ended are left behind, so that cleaning up has its time.
    var leaveBehindAt: Instant?
    var giveUpAt: Instant?
    /// When the present step of set-up has taken too long.
    var setupDue: Instant?
    /// Sessions that are neither refused nor at the end of their script.
    var active: Int
    /// Operations under way.
    var busy = 0
    /// Operations that the end of the run does not wait for; they have until the grace is over.
    var abandoned = 0
    /// Manifest entries that could not be deleted.
    var uncleaned = 0
    var failures = FailureLog()
    /// How late operations of an open loop began although their sessions were idle: the generator's
    /// own fault, in nanoseconds.
    var scheduleLag = Histogram()
    /// Operations of an open loop that were due and never began.
    var dropped: UInt64 = 0
    /// Operations that the figures leave out, because they were due while it warmed up.
    var warmUpOperations: UInt64 = 0
    /// What was written last, by its size.
    var payloads: [[UInt8]] = []
    package internal(set) var trace: [ResolutionTrace] = []
    /// Scratch of one input; empty between inputs.
    var modelEffects: [Interpreter.Effect] = []
    var redirectorEffects: [RedirectorEffect] = []
    /// Effects that are being carried over; kept for their room, empty between inputs.
    private var modelBatch: [Interpreter.Effect] = []
    private var redirectorBatch: [RedirectorEffect] = []

    struct Server: Hashable, Sendable {
        let name: String
        var connection: ConnectionNumber?
    }

    struct Created: Hashable, Sendable {
        let entry: ManifestEntry
        /// Who made it, and may therefore delete it.
        let session: Int
    }

    package init(_ plan: HostPlan) {
        self.plan = plan
        interpreter = Interpreter(
            plan.model,
            sessions: plan.sessions.count,
            tracksWaits: plan.tracksWaits
        )
        dfs = DfsClient(settings: plan.dfs)
        let random = SplitMix64(seed: plan.seed)
        redirector = Redirector(
            settings: plan.redirector,
            random: random.stream(.max - UInt64(plan.number))
        )
        sessions = plan.sessions.map {
            HostSession(plan: $0, script: plan.scripts[$0.script], seed: plan.seed)
        }
        active = plan.sessions.count
        told = plan.sessions.count
        statistics = OperationKind.allCases.map { _ in OperationStatistics() }
    }

    package var isFinished: Bool { phase == .finished }

    /// When `timerFired` should be called next.
    package var nextDeadline: Instant? {
        guard phase != .finished else { return nil }
        let deadlines: [6 of Instant?] = [
            interpreter.nextDeadline, wakes.next, stopAt, leaveBehindAt, giveUpAt, setupDue,
        ]
        var earliest = redirector.nextDeadline
        for index in deadlines.indices {
            guard let deadline = deadlines[index] else { continue }
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    /// Something is due.
    package mutating func timerFired(at now: Instant, into effects: inout [HostEffect]) {
        redirector.timerFired(at: now, into: &redirectorEffects)
        interpreter.tick(to: now, into: &modelEffects)
        while let session = wakes.due(at: now) {
            sessions[session].state = .waiting
            touch(session)
            if let due = sessions[session].due, !isWarmUp(due) {
                scheduleLag.record(now.nanoseconds(since: due))
            }
            advance(session, at: now, into: &effects)
        }
        if let due = stopAt, due <= now { stopLoad(at: now, into: &effects) }
        if let due = leaveBehindAt, due <= now { leaveBehind(at: now, into: &effects) }
        if let due = giveUpAt, due <= now { giveUp(at: now, into: &effects) }
        if let due = setupDue, due <= now { giveUpSetup(at: now, into: &effects) }
        settle(at: now, into: &effects)
    }

    /// Carries effects between the machines until all three are quiet.
    mutating func drain(at now: Instant, into effects: inout [HostEffect]) {
        interpreter.tick(to: now, into: &modelEffects)
        while !modelEffects.isEmpty || !redirectorEffects.isEmpty {
            swap(&modelBatch, &modelEffects)
            for index in modelBatch.indices {
                apply(modelBatch[index], at: now, into: &effects)
            }
            modelBatch.removeAll(keepingCapacity: true)
            swap(&redirectorBatch, &redirectorEffects)
            reconnect(after: redirectorBatch)
            for index in redirectorBatch.indices {
                apply(redirectorBatch.move(index), at: now, into: &effects)
            }
            redirectorBatch.removeAll(keepingCapacity: true)
        }
    }

    private mutating func apply(
        _ effect: Interpreter.Effect,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        switch effect {
        case .ready(let task): interpreter.step(task, into: &modelEffects)
        case .send(let task, let request):
            ask(plan.model.requests[request], task: task, at: now, into: &effects)
        case .consult(let task, let query):
            consult(plan.model.queries[query], task: task, at: now)
        case .finished(let task):
            if task % plan.model.lanes == 0 {
                operationEnded(interpreter.session(of: task), at: now, into: &effects)
            } else {
                agentEnded(task)
            }
        case .timedOut(let task): redirector.cancel(tag: task, at: now, into: &redirectorEffects)
        case .ended(let task): died(interpreter.session(of: task), at: now, into: &effects)
        case .changed:
            // Facts of client models that the host has no part in.
            break
        }
    }

    /// The index of a server's name; with a connection a session, each session has its own.
    mutating func index(ofServer name: String, for session: Int) -> Int32 {
        let key = plan.sharing == .host ? name.uppercased() : "\(name.uppercased())#\(session)"
        if let known = serverIndices[key] { return known }
        let index = Int32(servers.count)
        servers.append(Server(name: name))
        serverIndices[key] = index
        return index
    }

    mutating func index(ofJunction path: UNCPath) -> Int32 {
        let name = path.prefix(3).text
        let key = name.uppercased()
        if let known = junctionIndices[key] { return known }
        let index = Int32(junctions.count)
        junctions.append(name)
        junctionIndices[key] = index
        return index
    }

    mutating func index(ofFile identity: String) -> Int32 {
        if let known = fileIndices[identity] { return known }
        let index = Int32(fileIndices.count)
        fileIndices[identity] = index
        files.append(identity)
        return index
    }
}

/// One step of a traced resolution and how long it took.
package struct ResolutionTrace: Hashable, Sendable {
    package let record: ReferralRecord
    /// Nanoseconds from the request sent to its answer.
    package let latency: UInt64
}

/// Sessions that sleep, the earliest first: a binary heap.
struct WakeQueue: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        let at: Instant
        let session: Int
    }

    private var heap: [Entry] = []

    var next: Instant? { heap.first?.at }

    mutating func add(_ session: Int, at: Instant) {
        heap.append(Entry(at: at, session: session))
        var place = heap.endIndex - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// The first session whose time has come; it leaves the queue.
    mutating func due(at now: Instant) -> Int? {
        guard let first = heap.first, first.at <= now else { return nil }
        heap.swapAt(0, heap.endIndex - 1)
        heap.removeLast()
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == place { return first.session }
            heap.swapAt(place, least)
            place = least
        }
    }

    mutating func removeAll() { heap.removeAll() }

    /// Takes out sessions that are not to be woken.
    mutating func remove(where isMeant: (Int) -> Bool) {
        let kept = heap.filter { !isMeant($0.session) }
        heap = []
        for entry in kept { add(entry.session, at: entry.at) }
    }

    /// Sessions that wake at the same instant wake in the order of their numbers.
    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].at, heap[left].session) < (heap[right].at, heap[right].session)
    }
}
