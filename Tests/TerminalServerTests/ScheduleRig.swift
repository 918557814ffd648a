import Primitives
import TerminalServer

/// Client models under a seeded schedule: a Dfs client and servers in a few lines, no bytes.
///
/// Whoever can move is moved by the dice: sessions begin, tasks step, requests are answered, in
/// every order. When nobody can move, `stuck` is who has not ended.
struct ScheduleRig {
    var machine: Interpreter
    private var random: SplitMix64
    /// Which server each junction leads to; the namespace is on server 0.
    var links: [Int32] = [0]
    /// Which junction each session goes through; by session, again from the start.
    var junctions: [Int32] = [0]
    /// What each session still has to do.
    var scripts: [[String]]
    /// Requests that are not answered until somebody lets them.
    var isHeld: (_ task: Int, ModelRequest) -> Bool = { _, request in request.isIndefinite }
    /// A link that leads back to itself.
    var isCircle = false
    /// Sessions whose thread exits inside an open.
    var exiting: [Int] = []

    private(set) var ready: [Int] = []
    private(set) var pending: [(task: Int, request: ModelRequest)] = []
    private(set) var sent: [String] = []
    private(set) var finished: [Int] = []
    private var cached: [Int32] = []
    private var connected: [Int32] = []
    /// Pairs of session and server.
    private var loggedOn: [[Int32]]
    private var trees: [[Int32]]
    private var lastAnswers: [Outcome]

    init(
        _ source: ClientModel,
        sessions: Int,
        script: [String] = ["open"],
        seed: UInt64 = 0
    ) throws {
        machine = Interpreter(try CompiledModel(source), sessions: sessions)
        random = SplitMix64(seed: seed)
        scripts = Array(repeating: script, count: sessions)
        loggedOn = Array(repeating: [], count: sessions)
        trees = Array(repeating: [], count: sessions)
        lastAnswers = Array(repeating: .success, count: sessions)
    }

    var lanes: Int { machine.model.lanes }

    /// Sessions whose operation is under way although nobody can move.
    var stuck: [Int] {
        scripts.indices.filter {
            let status = machine.status(of: $0 * lanes)
            return status != .idle && status != .gone
        }
    }

    private enum Move {
        case begin(Int)
        case step(Int)
        case answer(Int)
    }

    /// Lets the dice move until nobody can, or `movesMax` moves are over; true if nobody can.
    mutating func run(movesMax: Int = 5_000) -> Bool {
        for _ in 0..<movesMax {
            var moves: [Move] = ready.map { .step($0) }
            moves += pending.indices.filter { !isHeld(pending[$0].task, pending[$0].request) }
                .map { .answer($0) }
            moves += scripts.indices.filter { canBegin($0) }.map { .begin($0) }
            guard !moves.isEmpty else { return true }
            switch moves[Int.random(in: 0..<moves.count, using: &random)] {
            case .begin(let session): begin(session)
            case .step(let task): step(task)
            case .answer(let place): answer(pending[place].task)
            }
        }
        return false
    }

    private func canBegin(_ session: Int) -> Bool {
        !scripts[session].isEmpty && machine.status(of: session * lanes) == .idle
    }

    mutating func begin(_ session: Int) {
        let program = scripts[session].removeFirst()
        var key = Key()
        key.junction = junctions[session % junctions.count]
        var effects: [Interpreter.Effect] = []
        machine.begin(
            session: session,
            operation: machine.model.entry(named: program) ?? 0,
            key: key,
            into: &effects
        )
        note(effects)
    }

    mutating func launch(_ agent: String, of session: Int) {
        guard let entry = machine.model.entry(named: agent) else { return }
        var effects: [Interpreter.Effect] = []
        machine.launch(agent: entry, session: session, key: Key(), into: &effects)
        note(effects)
    }

    mutating func step(_ task: Int) {
        ready.removeAll { $0 == task }
        var effects: [Interpreter.Effect] = []
        machine.step(task, into: &effects)
        note(effects)
    }

    /// Steps whoever is ready, the first first, and answers nothing.
    mutating func stepAll() { while let task = ready.first { step(task) } }

    mutating func answer(_ task: Int, _ outcome: Outcome = .success) {
        guard let place = pending.firstIndex(where: { $0.task == task }) else { return }
        let request = pending.remove(at: place).request
        let session = machine.session(of: task)
        if task % lanes == 0 { lastAnswers[session] = outcome }
        if outcome == .success { learn(request, session, machine.key(of: task)) }
        var effects: [Interpreter.Effect] = []
        machine.answer(task, outcome, into: &effects)
        note(effects)
    }

    /// All that is out is answered by success, and who is ready steps, until nothing is left.
    mutating func answerAll() {
        stepAll()
        while let next = pending.first(where: { !isHeld($0.task, $0.request) }) {
            answer(next.task)
            stepAll()
        }
    }

    mutating func tick(_ seconds: Int64) {
        var effects: [Interpreter.Effect] = []
        machine.tick(to: .zero + .seconds(seconds), into: &effects)
        note(effects)
    }

    private mutating func learn(_ request: ModelRequest, _ session: Int, _ key: Key) {
        let server = request.end == .root ? key.root : key.server
        switch request.name {
        case "CONNECT": if !connected.contains(server) { connected.append(server) }
        case "SESSION_SETUP": loggedOn[session].append(server)
        case "TREE_CONNECT": trees[session].append(server)
        default: break
        }
    }

    private mutating func note(_ first: [Interpreter.Effect]) {
        var effects = first
        while !effects.isEmpty {
            var next: [Interpreter.Effect] = []
            for effect in effects {
                switch effect {
                case .ready(let task): ready.append(task)
                case .send(let task, let request):
                    pending.append((task, machine.model.requests[request]))
                    sent.append(machine.model.requests[request].name)
                case .consult(let task, let query):
                    consult(machine.model.queries[query], task, &next)
                case .finished(let task): finished.append(task)
                case .timedOut(let task): pending.removeAll { $0.task == task }
                case .changed, .ended: break
                }
            }
            effects = next
        }
    }

    private mutating func consult(
        _ query: Query,
        _ task: Int,
        _ effects: inout [Interpreter.Effect]
    ) {
        let session = machine.session(of: task)
        var key = machine.key(of: task)
        let server = query.end == .root ? key.root : key.server
        let outcome: Outcome
        switch query.name {
        case Query.path.name: outcome = path(&key)
        case Query.referral.name:
            outcome = cached.contains(key.junction) ? .again : .referralNeeded
        case Query.learn.name:
            if lastAnswers[session] == .success { cached.append(key.junction) }
            outcome = .success
        case Query.startOver.name:
            cached.removeAll { $0 == key.junction }
            outcome = .success
        case "connection": outcome = connected.contains(server) ? .present : .missing
        case "SMB session": outcome = loggedOn[session].contains(server) ? .present : .missing
        case "tree": outcome = trees[session].contains(server) ? .present : .missing
        case Query.threadExits.name: outcome = exiting.contains(session) ? .present : .missing
        case Query.nextSMBSession.name: outcome = .missing
        default: outcome = .success
        }
        machine.answer(task, outcome, key: key, into: &effects)
    }

    private func path(_ key: inout Key) -> Outcome {
        guard cached.contains(key.junction) else {
            key.root = 0
            return .referralNeeded
        }
        if isCircle { return .circle }
        key.server = links[Int(key.junction)]
        return .targetChosen
    }
}

extension ScheduleRig {
    /// `S0: wants CONN[0] X, holds PKT S`: one line for each task that waits for a lock or a unit.
    var waits: [String] {
        let seen = machine.waitsAndHolds { _, index in "\(index)" }
        return seen.waits.compactMap { wait in
            guard let mode = wait.mode else { return nil }
            let holds = seen.holds.filter { $0.task == wait.task }
                .map { "\($0.resource) \($0.mode.letter)" }
            let lane = wait.task % lanes
            let entry = machine.model.entries.first { lane > 0 && $0.lane == lane }
            let agent = entry.map { " \($0.name)" } ?? ""
            let tail = holds.isEmpty ? "" : ", holds " + holds.joined(separator: " and ")
            return "S\(wait.task / lanes)\(agent): wants \(wait.resource) \(mode.letter)\(tail)"
        }
    }

    /// How many of the waits want `wanted` and hold `held`.
    func count(wanting wanted: String, holding held: String) -> Int {
        waits.count { $0.contains("wants \(wanted)") && $0.contains("holds \(held)") }
    }
}
