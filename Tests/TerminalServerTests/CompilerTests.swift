import TerminalServer
import Testing

@Suite struct CompilerTests {
    private func compile(_ programs: [Program]) throws(ModelError) -> CompiledModel {
        try CompiledModel(ClientModel("sample", from: "a test", programs: programs))
    }

    @Test func `an agent that waits for its own end is refused by name`() {
        #expect(throws: ModelError.recursion("a")) {
            try compile([
                Program("open") { perform("a") },
                Program("a", .agent) { perform("b") },
                Program("b", .agent) { perform("a") },
            ])
        }
        #expect(throws: ModelError.recursion("a")) {
            try compile([Program("a", .agent) { perform("a") }])
        }
    }

    @Test func `agents one after the other are no recursion`() throws {
        let model = try compile([
            Program("open") {
                perform("a")
                perform("b")
            },
            Program("a", .agent) { request(.read) },
            Program("b", .agent) { request(.close) },
        ])
        #expect(model.lanes == 3)
    }

    @Test func `an operation can not be performed or launched`() {
        let read = Program("read") { request(.read) }
        #expect(throws: ModelError.notAnAgent("read", line: 2)) {
            try compile([Program("open") { perform("read") }, read])
        }
        #expect(throws: ModelError.notAnAgent("read", line: 2)) {
            try compile([Program("open") { launch("read") }, read])
        }
    }

    @Test func `an agent that is launched can not be performed as well`() {
        #expect(throws: ModelError.agentPerformedTwice("a")) {
            try compile([
                Program("open") { launch("a") },
                Program("close") { perform("a") },
                Program("a", .agent) { request(.read) },
            ])
        }
    }

    @Test func `two agents may launch a third, and all operations perform one`() throws {
        let model = try compile([
            Program("open") { perform("a") },
            Program("close") { perform("a") },
            Program("a", .agent) { launch("b") },
            Program("b", .agent) { request(.read) },
        ])
        #expect(model.lanes == 3)
    }

    @Test func `a way round a loop that never stops is refused with its line`() {
        #expect(throws: ModelError.spins(line: 3)) {
            try compile([Program("open") { loop { when(.failed) { leave } } }])
        }
        // One of two ways round takes nothing.
        #expect(throws: ModelError.spins(line: 3)) {
            try compile([
                Program("open") {
                    loop {
                        when(.failed) { again }
                        request(.read)
                    }
                }
            ])
        }
    }

    @Test func `the path is not asked for under what belongs to a junction or a server`() {
        #expect(throws: ModelError.movesUnderHold(line: 3)) {
            try compile([Program("open") { singleFlight(.referral) { consult(.path) } }])
        }
        #expect(throws: ModelError.movesUnderHold(line: 3)) {
            try compile([Program("open") { hold(.connection(.root)) { consult(.path) } }])
        }
    }

    @Test func `a loop that asks or takes on every way round is good`() throws {
        let model = try compile([
            Program("open") {
                loop {
                    hold(.pkt) { when(.failed) { again } }
                    request(.read)
                    when(.failed) { leave }
                }
            }
        ])
        #expect(!model.code.isEmpty)
    }

    @Test func `a lockset is what is held at every touch, exclusively where it is changed`() throws
    {
        let model = try compile([
            Program("open") {
                hold(.prefix, .shared) {
                    hold(.pkt, .shared) { when(.cached) { request(.create) } }
                }
            },
            Program("read") { hold(.pkt) { insert(.cached) } },
        ])
        #expect(model.locksets == [Lockset(knowledge: "cached", classes: ["PKT"])])
    }

    @Test func `knowledge that is changed under a shared lock or a worker has no guard`() throws {
        let shared = try compile([Program("open") { hold(.pkt, .shared) { insert(.cached) } }])
        #expect(shared.locksets == [Lockset(knowledge: "cached", classes: [])])
        let worker = try compile([Program("open") { hold(.worker) { insert(.cached) } }])
        #expect(worker.locksets == [Lockset(knowledge: "cached", classes: [])])
    }
}
