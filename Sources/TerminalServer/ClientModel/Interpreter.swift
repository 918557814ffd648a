package import Primitives
package import Watchdog

/// The locks of one terminal server and everyone who stands at them.
///
/// Interprets a compiled client model: values in, effects out; no clock, no dice, no IO. The driver
/// decides who steps next, answers requests and queries, and says what time it is. A task is one
/// activity of a session (its operation, or an agent); it has an address and a key and nothing
/// else, because what it holds follows from its address.
///
/// Credits are not among these locks: the redirector has the real ones, and a request that waits
/// for a credit says so itself (`RequestTimes.queued`).
package struct Interpreter: Hashable, Sendable {
    package enum Status: UInt8, Hashable, Sendable {
        case idle
        /// Stands before an instruction that takes or waits: `step` it.
        case ready
        /// Queued at a resource.
        case waiting
        /// A request is out: `answer` it.
        case pending
        /// A question is out: `answer` it before anything else happens.
        case consulting
        /// Waits for the end of a task that it started.
        case joining
        /// The session ended here and gave nothing back.
        case gone
    }

    package enum Effect: Hashable, Sendable {
        case ready(task: Int)
        case send(task: Int, request: Int)
        case consult(task: Int, query: Int)
        case changed(fact: Int, key: Key, Bool)
        case finished(task: Int)
        case timedOut(task: Int)
        case ended(task: Int)
    }

    struct TaskState: Hashable, Sendable {
        var address: UInt16 = 0
        var status = Status.idle
        var outcome = Outcome.success
        var key = Key()
        /// The lane of the task that joins this one, or none.
        var parent: UInt8 = .max
        var next: Int32 = -1
        /// Grows at every block, grant and answer: the watchdog's proof that a wait is the same.
        var generation: UInt32 = 0
        /// Requests since the program began.
        var steps: UInt32 = 0
        /// Grants of the awaited resource when this task queued there.
        var grantsBefore: UInt32 = 0
    }

    struct LockState: Hashable, Sendable {
        var shared: Int32 = 0
        var exclusive: Int32 = 0
        var capacity: Int32 = 0
        var head: Int32 = -1
        var tail: Int32 = -1
        var grants: UInt32 = 0
        /// Since when the queue has never been empty.
        var queuedSince = Instant.zero
    }

    struct Timer: Hashable, Sendable {
        var at: Instant
        var task: Int32
        var generation: UInt32
    }

    package let model: CompiledModel
    /// See `HostPlan.tracksWaits`.
    let tracksWaits: Bool
    package internal(set) var now = Instant.zero
    var tasks: [TaskState]
    /// By lock table, then by instance; a table grows when a new instance is first touched.
    var locks: [[LockState]]
    /// Which table a resource uses: resources of one name share theirs.
    let lockTables: [Int]
    var facts: [[Bool]]
    var timers: [Timer] = []
    /// Scratch of one input; empty between inputs.
    var woken: [Int32] = []
    /// Since when a task waits, and since when it has each of its static holds.
    var waitSince: [Instant]
    /// Which classes were wanted while which were held; counted always.
    package private(set) var order = LockOrder()
    private let classNumbers: [Int]
    var holdSince: [Instant]

    /// A host with that many sessions; more can be added.
    package init(_ model: CompiledModel, sessions: Int, tracksWaits: Bool = true) {
        self.model = model
        self.tracksWaits = tracksWaits
        tasks = []
        waitSince = []
        holdSince = []
        lockTables = model.resources.indices.map { index in
            model.resources.firstIndex { $0.name == model.resources[index].name } ?? index
        }
        var order = LockOrder()
        classNumbers = model.resources.map { order.number(of: $0.name) }
        self.order = order
        locks = Array(repeating: [], count: model.resources.count)
        facts = Array(repeating: [], count: model.facts.count)
        addSessions(sessions)
    }

    package mutating func addSessions(_ count: Int) {
        let more = count * model.lanes
        tasks += Array(repeating: TaskState(), count: more)
        waitSince += Array(repeating: .zero, count: more)
        holdSince += Array(repeating: .zero, count: more * model.holdsMax)
    }

    @inline(__always)
    package var nextDeadline: Instant? { timers.first?.at }
    @inline(__always)
    package func status(of task: Int) -> Status { tasks[task].status }
    @inline(__always)
    package func key(of task: Int) -> Key { tasks[task].key }
    @inline(__always)
    package func session(of task: Int) -> Int { task / model.lanes }
    @inline(__always)
    package func address(of task: Int) -> Int { Int(tasks[task].address) }

    /// The session starts an operation; its last one must be over.
    package mutating func begin(
        session: Int,
        operation: Int,
        key: Key,
        into effects: inout [Effect]
    ) {
        let task = session * model.lanes
        precondition(tasks[task].status == .idle, "begin in \(tasks[task].status)")
        start(task, entry: operation, key: key, parent: .max)
        runLocally(task, &effects)
    }

    /// Starts an agent that the outside calls for: a break has arrived, a connection was lost.
    package mutating func launch(
        agent: Int,
        session: Int,
        key: Key,
        into effects: inout [Effect]
    ) {
        let task = session * model.lanes + model.entries[agent].lane
        guard tasks[task].status == .idle else { return }
        start(task, entry: agent, key: key, parent: .max)
        runLocally(task, &effects)
    }

    /// Performs the one taking or waiting instruction the task stands before, and what follows
    /// locally.
    package mutating func step(_ task: Int, into effects: inout [Effect]) {
        precondition(tasks[task].status == .ready, "step in \(tasks[task].status)")
        let address = tasks[task].address
        switch model.code[Int(address)] {
        case .acquire(let resource, let mode, let within, _):
            noteOrder(resource, mode, at: address)
            let lock = place(of: resource, for: task)
            guard take(lock, mode, queued: false) else {
                block(task, .waiting, within: within)
                enqueue(task, at: lock, isFirst: mode == .upgrade)
                return
            }
            granted(task, mode)
        case .claim(let resource, let otherwise):
            noteOrder(resource, .exclusive, at: address)
            let lock = place(of: resource, for: task)
            if take(lock, .exclusive, queued: false) {
                granted(task, .exclusive)
            } else {
                tasks[task].address = otherwise
            }
        case .point: runPoint(task)
        default: preconditionFailure("not a step: \(model.code[Int(address)])")
        }
        runLocally(task, &effects)
    }

    private mutating func noteOrder(_ resource: UInt8, _ mode: Mode, at address: UInt16) {
        guard tracksWaits else { return }
        let wanted = classNumbers[Int(resource)]
        for index in model.holdRange(at: address) {
            order.saw(
                held: classNumbers[Int(model.hold(index).resource)],
                wanted: wanted,
                isExclusive: mode != .shared,
                at: now
            )
        }
    }

    /// The answer to a request or a query of the task.
    ///
    /// A query may change the key: what the operation touches is known only when the Dfs client has
    /// chosen a target. No resource of the changed scopes may be held then.
    package mutating func answer(
        _ task: Int,
        _ outcome: Outcome,
        key: Key? = nil,
        into effects: inout [Effect]
    ) {
        // A late answer: the request has timed out. Allowed, the server may be slow.
        guard tasks[task].status == .pending || tasks[task].status == .consulting else { return }
        if let key { tasks[task].key = key }
        resume(task, outcome)
        runLocally(task, &effects)
    }

    /// Ends a task that waits for a lock: it gives back what it holds, and its program is over.
    ///
    /// False if it does not wait for a lock.
    package mutating func abort(_ task: Int, into effects: inout [Effect]) -> Bool {
        guard tasks[task].status == .waiting,
            case .acquire(let resource, _, _, _) = model.code[Int(tasks[task].address)]
        else { return false }
        let lock = place(of: resource, for: task)
        remove(task, from: lock)
        let holds = model.holdRange(at: tasks[task].address).map { model.hold($0) }
        let key = tasks[task].key
        let places = holds.map { place(of: $0.resource, for: task) }
        end(task, &effects)
        grantWaiters(at: lock)
        tasks[task].key = key
        for (hold, place) in zip(holds, places).reversed() {
            give(place, hold.mode)
            grantWaiters(at: place)
        }
        tasks[task].key = Key()
        runWoken(&effects)
        return true
    }

    /// Moves the clock and fires what is due.
    package mutating func tick(to now: Instant, into effects: inout [Effect]) {
        self.now = now
        while let first = timers.first, first.at <= now {
            popTimer()
            let task = Int(first.task)
            guard tasks[task].generation == first.generation else { continue }
            timeOut(task, &effects)
        }
    }

    private mutating func timeOut(_ task: Int, _ effects: inout [Effect]) {
        effects.append(.timedOut(task: task))
        if case .acquire(let resource, _, _, let onTimeout) = model.code[Int(tasks[task].address)] {
            let lock = place(of: resource, for: task)
            remove(task, from: lock)
            tasks[task].address = onTimeout - 1
            grantWaiters(at: lock)
        }
        resume(task, .timedOut)
        runLocally(task, &effects)
    }
}
