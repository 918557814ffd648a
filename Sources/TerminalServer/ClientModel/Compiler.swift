/// Turns nested statements into flat code.
///
/// Because holds nest, the compiler knows at each address
/// what is held; `leave`, `again` and `finish` become releases and a jump.
struct Compiler {
    private struct Loop {
        var start: UInt16
        var depth: Int
        var exits: [Int] = []
    }

    private(set) var code: [Instruction] = []
    private(set) var lines: [UInt16] = []
    private(set) var holds: [[StaticHold]] = []
    private(set) var entries: [CompiledModel.Entry] = []
    private(set) var resources: [Resource] = []
    private(set) var requests: [ModelRequest] = []
    private(set) var queries: [Query] = []
    private(set) var facts: [Fact] = []
    private(set) var listing: [String] = []
    private let model: ClientModel
    private var stack: [StaticHold] = []
    private var loops: [Loop] = []
    private var indent = 0

    static func compile(_ model: ClientModel) throws(ModelError) -> Compiler {
        var compiler = Compiler(model: model)
        try compiler.run()
        try compiler.check()
        return compiler
    }

    private init(model: ClientModel) { self.model = model }

    private mutating func run() throws(ModelError) {
        for fact in model.given { _ = Self.intern(fact, in: &facts) }
        var agents = 0
        for program in model.programs {
            if program.role != .operation { agents += 1 }
            list(program.role == .operation ? "\(program.name):" : "agent \(program.name):")
            let lane = program.role == .operation ? 0 : agents
            entries.append(
                .init(name: program.name, role: program.role, address: here, lane: lane)
            )
            try block(program.body)
            emit(.finish)
        }
    }

    private var here: UInt16 { UInt16(code.count) }
    private var line: Int { listing.count }

    private mutating func list(_ text: String) {
        listing.append(String(repeating: "    ", count: indent) + text)
    }

    @discardableResult
    private mutating func emit(_ instruction: Instruction) -> Int {
        code.append(instruction)
        lines.append(UInt16(line))
        holds.append(stack)
        return code.count - 1
    }

    private static func intern<Name: Hashable>(_ name: Name, in table: inout [Name]) -> UInt8 {
        if let known = table.firstIndex(of: name) { return UInt8(known) }
        table.append(name)
        return UInt8(table.count - 1)
    }

    private mutating func block(_ statements: [Statement]) throws(ModelError) {
        indent += 1
        for statement in statements { try compile(statement) }
        indent -= 1
    }

    private mutating func compile(_ statement: Statement) throws(ModelError) {
        switch statement {
        case .hold(let resource, let mode, let within, let body):
            try hold(resource, mode, within, body)
        case .upgrade(let resource, let body): try upgrade(resource, body)
        case .singleFlight(let resource, let body): try singleFlight(resource, body)
        case .request(let request, let within): send(request, within)
        case .consult(let query):
            list("consult(\(query.name))")
            emit(.consult(Self.intern(query, in: &queries)))
        case .perform(let name, let within):
            list("perform(\(name))\(Self.limit(within))")
            let program = try program(named: name)
            emit(.perform(program: program, within: UInt8(within ?? 0)))
        case .launch(let name):
            list("launch(\(name))")
            let program = try program(named: name)
            emit(.launch(program: program))
        case .when(let condition, let body, let otherwise):
            try branch(condition, body, otherwise)
        case .assign(let fact, let value):
            list("\(value ? "insert" : "remove")(\(fact.name))")
            point()
            emit(.assign(fact: Self.intern(fact, in: &facts), value))
        case .loop(let body): try loop(body)
        case .again: try jumpOut(isAgain: true)
        case .leave: try jumpOut(isAgain: false)
        case .finish:
            list("finish")
            unwind(to: 0, then: .finish)
        case .abandon:
            list("abandon")
            emit(.abandon)
        }
    }

    private static func limit(_ seconds: Int?) -> String { seconds.map { " within \($0) s" } ?? "" }

    private mutating func program(named name: String) throws(ModelError) -> UInt8 {
        guard let index = model.programs.firstIndex(where: { $0.name == name }) else {
            throw .unknownProgram(name, line: line)
        }
        return UInt8(index)
    }

    /// Shared knowledge touched under no lock is a step of its own, or merging would be unsound.
    private mutating func point() {
        if !stack.contains(where: { !resources[Int($0.resource)].isCounting }) { emit(.point) }
    }

    private mutating func hold(
        _ resource: Resource,
        _ mode: Mode,
        _ within: Int?,
        _ body: [Statement]
    ) throws(ModelError) {
        let mark = mode == .unit ? "" : ", \(mode)"
        list("hold(\(resource.name)\(mark))\(Self.limit(within)) {")
        guard resource.isCounting == (mode == .unit), mode != .pass, mode != .upgrade else {
            throw .modeDoesNotFit(resource, line: line)
        }
        let id = Self.intern(resource, in: &resources)
        let start = emit(
            .acquire(resource: id, mode: mode, within: UInt8(within ?? 0), onTimeout: 0)
        )
        stack.append(StaticHold(resource: id, mode: mode, line: UInt16(line)))
        try block(body)
        list("}")
        emit(.release(resource: id, mode: mode))
        stack.removeLast()
        code[start] = .acquire(
            resource: id,
            mode: mode,
            within: UInt8(within ?? 0),
            onTimeout: here
        )
    }

    private mutating func upgrade(
        _ resource: Resource,
        _ body: [Statement]
    ) throws(ModelError) {
        list("upgrade(\(resource.name)) {")
        let id = Self.intern(resource, in: &resources)
        guard let place = stack.lastIndex(where: { $0.resource == id && $0.mode == .shared })
        else { throw .upgradeWithoutShared(line: line) }
        emit(.acquire(resource: id, mode: .upgrade, within: 0, onTimeout: 0))
        let before = stack[place]
        stack[place] = StaticHold(resource: id, mode: .exclusive, line: UInt16(line))
        try block(body)
        list("}")
        emit(.downgrade(resource: id))
        stack[place] = before
    }

    private mutating func singleFlight(
        _ resource: Resource,
        _ body: [Statement]
    ) throws(ModelError) {
        list("singleFlight(\(resource.name)) {")
        let id = Self.intern(resource, in: &resources)
        let start = emit(.claim(resource: id, otherwise: 0))
        let first = UInt16(line)
        stack.append(StaticHold(resource: id, mode: .exclusive, line: first))
        try block(body)
        list("}")
        emit(.release(resource: id, mode: .exclusive))
        stack.removeLast()
        let skip = emit(.jump(0))
        code[start] = .claim(resource: id, otherwise: here)
        let wait = emit(.acquire(resource: id, mode: .pass, within: 0, onTimeout: here + 1))
        lines[wait] = first
        code[skip] = .jump(here)
    }

    private mutating func send(_ request: ModelRequest, _ within: Int?) {
        list("request(\(request.name))\(Self.limit(within))")
        emit(.request(Self.intern(request, in: &requests), within: UInt8(within ?? 0)))
    }

    private mutating func branch(
        _ condition: Condition,
        _ body: [Statement],
        _ otherwise: [Statement]
    ) throws(ModelError) {
        let test: Int
        var known: UInt8 = 0
        let word = body.isEmpty && !otherwise.isEmpty ? "unless" : "when"
        switch condition {
        case .fact(let fact):
            list("\(word)(\(fact.name)) {")
            known = Self.intern(fact, in: &facts)
            point()
            test = emit(.unless(fact: known, jump: 0))
        case .outcome(let outcome):
            list("\(word)(\(outcome.name)) {")
            test = emit(.unlessOutcome(outcome, jump: 0))
        }
        try block(body)
        var target = here
        if otherwise.isEmpty {
            list("}")
        } else {
            let skip = emit(.jump(0))
            target = here
            if !body.isEmpty { list("} otherwise: {") }
            try block(otherwise)
            list("}")
            code[skip] = .jump(here)
        }
        switch condition {
        case .fact: code[test] = .unless(fact: known, jump: target)
        case .outcome(let outcome): code[test] = .unlessOutcome(outcome, jump: target)
        }
    }

    private mutating func loop(_ body: [Statement]) throws(ModelError) {
        list("loop {")
        loops.append(Loop(start: here, depth: stack.count))
        try block(body)
        list("}")
        let loop = loops.removeLast()
        emit(.jump(loop.start))
        for exit in loop.exits { code[exit] = .jump(here) }
    }

    private mutating func jumpOut(isAgain: Bool) throws(ModelError) {
        list(isAgain ? "again" : "leave")
        guard let loop = loops.last else { throw .outsideLoop(line: line) }
        let jump = unwind(to: loop.depth, then: .jump(loop.start))
        if !isAgain { loops[loops.count - 1].exits.append(jump) }
    }

    /// Gives back what lies deeper, goes away; the text that follows still stands in its holds.
    @discardableResult
    private mutating func unwind(to depth: Int, then last: Instruction) -> Int {
        let before = stack
        while stack.count > depth, let hold = stack.last {
            emit(.release(resource: hold.resource, mode: hold.mode))
            stack.removeLast()
        }
        let place = emit(last)
        stack = before
        return place
    }
}
