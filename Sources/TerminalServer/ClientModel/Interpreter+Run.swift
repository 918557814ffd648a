internal import Primitives

/// What happens between two scheduling points: local instructions, releases, grants.
extension Interpreter {
    /// One lock: its table and its place there.
    struct LockPlace: Hashable, Sendable {
        let table: Int
        let index: Int
    }

    /// The instance that the task's key picks; it comes into being when it is first touched.
    mutating func place(of resource: UInt8, for task: Int) -> LockPlace {
        let kind = model.resources[Int(resource)]
        let table = lockTables[Int(resource)]
        let index = tasks[task].key.index(in: kind.scope)
        if index >= locks[table].count {
            let units = model.source.units[kind.name] ?? ClientModel.defaultUnits
            let state = LockState(capacity: kind.isCounting ? Int32(units) : 0)
            let more = index + 1 - locks[table].count
            locks[table] += Array(repeating: state, count: more)
        }
        return LockPlace(table: table, index: index)
    }

    private mutating func place(ofFact fact: UInt8, for task: Int) -> Int {
        let kind = model.facts[Int(fact)]
        let index = tasks[task].key.index(in: kind.scope)
        if index >= facts[Int(fact)].count {
            let value = model.source.given.contains(kind)
            let more = index + 1 - facts[Int(fact)].count
            facts[Int(fact)] += Array(repeating: value, count: more)
        }
        return index
    }

    mutating func start(_ task: Int, entry: Int, key: Key, parent: UInt8) {
        tasks[task].address = model.entries[entry].address
        tasks[task].outcome = .success
        tasks[task].key = key
        tasks[task].parent = parent
        tasks[task].generation &+= 1
        tasks[task].steps = 0
    }

    mutating func block(_ task: Int, _ status: Status, within: UInt8) {
        tasks[task].status = status
        tasks[task].generation &+= 1
        if tracksWaits { waitSince[task] = now }
        if within > 0 {
            let at = now + .seconds(Int64(within))
            pushTimer(Timer(at: at, task: Int32(task), generation: tasks[task].generation))
        }
    }

    mutating func resume(_ task: Int, _ outcome: Outcome) {
        tasks[task].outcome = outcome
        tasks[task].generation &+= 1
        tasks[task].address += 1
    }

    mutating func granted(_ task: Int, _ mode: Mode) {
        if tracksWaits, mode != .pass, mode != .upgrade {
            let depth = model.holdRange(at: tasks[task].address).count
            holdSince[task * model.holdsMax + depth] = now
        }
        tasks[task].address += 1
    }

    /// The instruction after a point belongs to the point's step.
    mutating func runPoint(_ task: Int) { tasks[task].address += 1 }

    /// Runs the task, and everyone its releases wake, up to their next scheduling points.
    ///
    /// A work list, not recursion: one release may set off a chain as long as the queue.
    mutating func runLocally(_ task: Int, _ effects: inout [Effect]) {
        run(task, &effects)
        runWoken(&effects)
    }

    mutating func runWoken(_ effects: inout [Effect]) {
        guard !woken.isEmpty else { return }
        var index = 0
        while index < woken.count {
            run(Int(woken[index]), &effects)
            index += 1
        }
        woken.removeAll(keepingCapacity: true)
    }

    private mutating func run(_ task: Int, _ effects: inout [Effect]) {
        let model = model
        while true {
            let address = tasks[task].address
            switch model.code[Int(address)] {
            case .acquire, .claim, .point:
                tasks[task].status = .ready
                effects.append(.ready(task: task))
                return
            case .request(let request, let within):
                tasks[task].steps &+= 1
                block(task, .pending, within: within)
                effects.append(.send(task: task, request: Int(request)))
                return
            case .consult(let query):
                tasks[task].status = .consulting
                effects.append(.consult(task: task, query: Int(query)))
                return
            case .perform(let program, let within):
                block(task, .joining, within: within)
                startAgent(Int(program), of: task, isJoined: true)
                return
            case .launch(let program):
                startAgent(Int(program), of: task, isJoined: false)
                tasks[task].address = address + 1
            case .release(let resource, let mode):
                tasks[task].address = address + 1
                let lock = place(of: resource, for: task)
                give(lock, mode)
                grantWaiters(at: lock)
            case .downgrade(let resource):
                tasks[task].address = address + 1
                let lock = place(of: resource, for: task)
                locks[lock.table][lock.index].exclusive -= 1
                locks[lock.table][lock.index].shared += 1
                grantWaiters(at: lock)
            case .unless(let fact, let target):
                let index = place(ofFact: fact, for: task)
                let isTrue = facts[Int(fact)][index]
                tasks[task].address = isTrue ? address + 1 : target
            case .unlessOutcome(let outcome, let target):
                tasks[task].address = tasks[task].outcome == outcome ? address + 1 : target
            case .assign(let fact, let value):
                let index = place(ofFact: fact, for: task)
                facts[Int(fact)][index] = value
                effects.append(.changed(fact: Int(fact), key: tasks[task].key, value))
                tasks[task].address = address + 1
            case .jump(let target): tasks[task].address = target
            case .finish:
                end(task, &effects)
                return
            case .abandon:
                tasks[task].status = .gone
                effects.append(.ended(task: task))
                return
            }
        }
    }

    private mutating func startAgent(
        _ program: Int,
        of task: Int,
        isJoined: Bool
    ) {
        let session = session(of: task)
        let agent = session * model.lanes + model.entries[program].lane
        // A session has one agent of a kind; a launch while it is out adds nothing.
        guard tasks[agent].status == .idle else {
            precondition(!isJoined, "\(model.entries[program].name) is already running")
            return
        }
        let parent = isJoined ? UInt8(task - session * model.lanes) : .max
        start(agent, entry: program, key: tasks[task].key, parent: parent)
        woken.append(Int32(agent))
    }

    /// The program is over, and whoever joins it goes on.
    mutating func end(_ task: Int, _ effects: inout [Effect]) {
        let parent = tasks[task].parent
        tasks[task].status = .idle
        tasks[task].address = 0
        tasks[task].parent = .max
        tasks[task].outcome = .success
        tasks[task].key = Key()
        tasks[task].generation &+= 1
        effects.append(.finished(task: task))
        guard parent != .max else { return }
        let joiner = session(of: task) * model.lanes + Int(parent)
        // The joiner may have timed out and gone on.
        guard tasks[joiner].status == .joining else { return }
        resume(joiner, .success)
        woken.append(Int32(joiner))
    }
}
