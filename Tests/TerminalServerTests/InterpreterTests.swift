import Primitives
import TerminalServer
import Testing

@Suite struct InterpreterTests {
    private static let contended = ClientModel(
        "contended",
        from: "a test",
        programs: [
            Program("read") { hold(.pkt, .shared) { request(.read) } },
            Program("write") { hold(.pkt) { request(.write) } },
            Program("once") {
                singleFlight(.referral) { request(.getReferral) }
                request(.create)
            },
            Program("limited") {
                hold(.pkt, within: 5) { request(.write) }
                request(.close)
            },
        ]
    )

    /// A machine with its driver: every ready task steps at once, requests wait to be answered.
    private struct Rig {
        var machine: Interpreter
        var sent: [(task: Int, request: String)] = []
        var finished: [Int] = []

        init(_ model: ClientModel, sessions: Int) throws {
            machine = Interpreter(try CompiledModel(model), sessions: sessions)
        }

        mutating func begin(_ session: Int, _ program: String) {
            var effects: [Interpreter.Effect] = []
            let entry = machine.model.entry(named: program) ?? 0
            machine.begin(session: session, operation: entry, key: Key(), into: &effects)
            run(effects)
        }

        mutating func answer(_ task: Int, _ outcome: Outcome = .success) {
            var effects: [Interpreter.Effect] = []
            machine.answer(task, outcome, into: &effects)
            run(effects)
        }

        mutating func tick(_ seconds: Int64) {
            var effects: [Interpreter.Effect] = []
            machine.tick(to: .zero + .seconds(seconds), into: &effects)
            run(effects)
        }

        private mutating func run(_ first: [Interpreter.Effect]) {
            var effects = first
            while !effects.isEmpty {
                var next: [Interpreter.Effect] = []
                for effect in effects {
                    switch effect {
                    case .ready(let task): machine.step(task, into: &next)
                    case .send(let task, let request):
                        sent.append((task, machine.model.requests[request].name))
                    case .finished(let task): finished.append(task)
                    case .consult, .changed, .timedOut, .ended: break
                    }
                }
                effects = next
            }
        }
    }

    @Test func `a shared request behind a queued exclusive one waits`() throws {
        var rig = try Rig(Self.contended, sessions: 3)
        let lanes = rig.machine.model.lanes
        rig.begin(0, "read")
        rig.begin(1, "write")
        rig.begin(2, "read")
        #expect(rig.sent.map(\.task) == [0])
        rig.answer(0)
        #expect(rig.sent.map(\.task) == [0, lanes])
        rig.answer(lanes)
        #expect(rig.sent.map(\.task) == [0, lanes, 2 * lanes])
    }

    @Test func `sharers hold together`() throws {
        var rig = try Rig(Self.contended, sessions: 3)
        for session in 0..<3 { rig.begin(session, "read") }
        #expect(rig.sent.count == 3)
    }

    @Test func `followers of a single flight wait for its end and do not repeat it`() throws {
        var rig = try Rig(Self.contended, sessions: 3)
        for session in 0..<3 { rig.begin(session, "once") }
        #expect(rig.sent.map(\.request) == ["GET_REFERRAL"])
        rig.answer(rig.sent[0].task)
        #expect(rig.sent.map(\.request) == ["GET_REFERRAL", "CREATE", "CREATE", "CREATE"])
    }

    @Test func `a wait with a limit ends at its time and holds nothing`() throws {
        var rig = try Rig(Self.contended, sessions: 2)
        rig.begin(0, "write")
        rig.begin(1, "limited")
        #expect(rig.machine.nextDeadline == .zero + .seconds(5))
        rig.tick(5)
        #expect(rig.sent.map(\.request) == ["WRITE", "CLOSE"])
        rig.answer(0)
        rig.answer(rig.sent[1].task)
        #expect(rig.finished.count == 2)
    }

    @Test func `waits and holds name resource, mode, line and generation`() throws {
        var rig = try Rig(Self.contended, sessions: 2)
        rig.begin(0, "write")
        rig.begin(1, "read")
        let seen = rig.machine.waitsAndHolds { _, _ in "fs1" }
        #expect(seen.holds.map(\.resource) == ["PKT"])
        #expect(seen.holds.first?.mode == .exclusive)
        #expect(seen.waits.map(\.resource) == ["WRITE[fs1]", "PKT"])
        #expect(seen.waits.last?.mode == .shared)
        let line = try #require(seen.waits.last?.line)
        #expect(rig.machine.model.listing[line - 1].contains("hold(PKT, shared)"))
    }

    @Test(arguments: UInt64(0)..<100) func `whatever the order, everybody ends`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let sessions = 8
        var rig = try Rig(Self.contended, sessions: sessions)
        let programs = ["read", "write", "once", "limited"]
        var begun = 0
        var answered = 0
        while rig.finished.count < 200 {
            let lanes = rig.machine.model.lanes
            let idle = (0..<sessions).filter { rig.machine.status(of: $0 * lanes) == .idle }
            if begun < 200, !idle.isEmpty, Bool.random(using: &random) {
                let session = idle[Int.random(in: 0..<idle.count, using: &random)]
                rig.begin(session, programs[Int.random(in: 0..<4, using: &random)])
                begun += 1
            } else if answered < rig.sent.count {
                rig.answer(rig.sent[answered].task)
                answered += 1
            } else {
                // Nothing is out: nobody may be left waiting.
                let stuck = (0..<sessions).contains {
                    rig.machine.status(of: $0 * lanes) != .idle
                }
                #expect(!stuck, "\(rig.machine.waitsAndHolds { _, _ in "" })")
                guard !stuck else { return }
            }
        }
    }

    @Test func `a copy is equal, and goes its own way`() throws {
        var rig = try Rig(Self.contended, sessions: 2)
        rig.begin(0, "write")
        let copy = rig.machine
        #expect(copy == rig.machine && copy.hashValue == rig.machine.hashValue)
        rig.answer(0)
        #expect(copy != rig.machine)
    }
}
