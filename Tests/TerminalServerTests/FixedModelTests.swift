import TerminalServer
import Testing

@Suite struct FixedModelTests {
    /// The rule of `fixed`, read off the compiled program: it holds for every run.
    @Test func `no MUP or PKT lock is held while an answer or a connection is waited for`() throws {
        let model = try CompiledModel(.fixed)
        var requests = 0
        for (address, instruction) in model.code.enumerated() {
            let held = model.holdRange(at: UInt16(address)).map {
                model.resources[Int(model.hold($0).resource)].name
            }
            switch instruction {
            case .request:
                requests += 1
                #expect(!held.contains("PKT") && !held.contains("MUP.prefix"))
            case .acquire(let resource, _, _, _):
                let isConnection = model.resources[Int(resource)].name == "CONN"
                #expect(!isConnection || !held.contains("PKT"))
            default: break
            }
        }
        #expect(requests > 20)
    }

    @Test func `no two classes are nested both ways`() throws {
        let model = try CompiledModel(.fixed)
        #expect(model.orderConflicts.isEmpty)
        #expect(model.lockOrder.contains { $0.held == "REF" && $0.wanted == "CONN" })
    }

    @Test func `the order check sees a conflict where there is one`() throws {
        let wrong = ClientModel(
            "wrong",
            from: "a test",
            programs: [
                Program("a") { hold(.pkt) { hold(.connection(.server)) {} } },
                Program("b") { hold(.connection(.server)) { hold(.pkt) {} } },
            ]
        )
        #expect(try CompiledModel(wrong).orderConflicts.count == 1)
    }

    @Test func `every operation of a session has its program`() throws {
        let model = try CompiledModel(.fixed)
        for kind in OperationKind.allCases {
            #expect(model.entry(named: kind.name) != nil, "\(kind.name)")
        }
    }

    @Test func `a text that breaks the rules is refused with its line`() {
        let wrong = ClientModel("wrong", from: "a test", programs: [Program("a") { again }])
        #expect(throws: ModelError.outsideLoop(line: 2)) { try CompiledModel(wrong) }
    }
}
