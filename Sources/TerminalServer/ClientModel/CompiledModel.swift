/// One flat instruction; addresses index `CompiledModel.code`.
package enum Instruction: Hashable, Sendable {
    case acquire(resource: UInt8, mode: Mode, within: UInt8, onTimeout: UInt16)
    case release(resource: UInt8, mode: Mode)
    case downgrade(resource: UInt8)
    case claim(resource: UInt8, otherwise: UInt16)
    /// A scheduling point before shared knowledge is touched without a lock.
    case point
    case request(UInt8, within: UInt8)
    case consult(UInt8)
    case perform(program: UInt8, within: UInt8)
    case launch(program: UInt8)
    case unless(fact: UInt8, jump: UInt16)
    case unlessOutcome(Outcome, jump: UInt16)
    case assign(fact: UInt8, Bool)
    case jump(UInt16)
    case finish
    case abandon
}

/// What a task surely has while it stands at an address: no run-time book-keeping needed.
package struct StaticHold: Hashable, Sendable {
    package var resource: UInt8
    package var mode: Mode
    package var line: UInt16
}

/// A client model after compilation: flat code, and for every address its line and its holds.
///
/// Immutable and shared by every copy of a machine, hence a class; equal when the source is equal.
package final class CompiledModel: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let name: String
        package let role: Role
        package let address: UInt16
        /// The task slot of a session that runs it: operations share slot 0, agents have their own.
        package let lane: Int
    }

    package let source: ClientModel
    package let code: [Instruction]
    package let lines: [UInt16]
    package let entries: [Entry]
    package let resources: [Resource]
    package let requests: [ModelRequest]
    package let queries: [Query]
    package let facts: [Fact]
    /// The program as text; a site tag is an index into it.
    package let listing: [String]
    package let lanes: Int
    package let holdsMax: Int
    /// By kind of operation: its program.
    private let operations: [Int?]
    private let holdStart: [UInt16]
    private let holdList: [StaticHold]

    /// Compiles a model; an error names the line of the program.
    package init(_ source: ClientModel) throws(ModelError) {
        let compiler = try Compiler.compile(source)
        self.source = source
        code = compiler.code
        lines = compiler.lines
        entries = compiler.entries
        resources = compiler.resources
        requests = compiler.requests
        queries = compiler.queries
        facts = compiler.facts
        listing = compiler.listing
        operations = OperationKind.allCases.map { kind in
            compiler.entries.firstIndex { $0.name == kind.name }
        }
        lanes = (compiler.entries.map(\.lane).max() ?? 0) + 1
        holdsMax = compiler.holds.map(\.count).max() ?? 0
        var start: [UInt16] = [0]
        for holds in compiler.holds { start.append((start.last ?? 0) + UInt16(holds.count)) }
        holdStart = start
        holdList = compiler.holds.flatMap { $0 }
    }

    /// The entry of the program with that name; nil if the model has none.
    package func entry(named name: String) -> Int? { entries.firstIndex { $0.name == name } }

    /// The entry of that operation's program; nil if the model has none.
    package func entry(of kind: OperationKind) -> Int? { operations[kind.rawValue] }

    package func holdRange(at address: UInt16) -> Range<Int> {
        Int(holdStart[Int(address)])..<Int(holdStart[Int(address) + 1])
    }

    package func hold(_ index: Int) -> StaticHold { holdList[index] }

    package static func == (lhs: CompiledModel, rhs: CompiledModel) -> Bool {
        lhs === rhs || lhs.source == rhs.source
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(source.name) }
}

package enum ModelError: Error, Hashable {
    case unknownProgram(String, line: Int)
    case outsideLoop(line: Int)
    case upgradeWithoutShared(line: Int)
    case modeDoesNotFit(Resource, line: Int)
    /// The agent would wait for its own end.
    case recursion(String)
    /// `perform` and `launch` are for agents: an operation runs in the place of the one that asks.
    case notAnAgent(String, line: Int)
    /// Two that run beside each other would want one agent at the same time.
    case agentPerformedTwice(String)
    /// A way round a loop on which nothing is taken, asked or waited for would never let go; the
    /// line is that of its first instruction.
    case spins(line: Int)
    /// It asks for the path while it holds something of a junction or server: the answer moves the
    /// operation to others, and it would give back what it never took.
    case movesUnderHold(line: Int)
}
