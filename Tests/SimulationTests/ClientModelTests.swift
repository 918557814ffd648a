import Emulator
import Primitives
import SMBWire
import Simulation
import TerminalServer
import Testing
import Watchdog

/// Every other client model hangs as its article says, and by the verdict of its class.
@Suite struct ClientModelTests {
    @Test func `q233082 hangs until the server's break timer ends it`() throws {
        var world = ModelWorld()
        world.model = .q233082
        world.sessions = 3
        world.links = ["\\\\fs1\\data"]
        var options = Step.OpenOptions()
        options.oplock = .batch
        world.script = [
            .logon, .barrier,
            .open(SmallWorld.template("j0\\f0.txt"), .read, options),
            .think(.fixed(.seconds(1))),
            .close,
        ]
        let ran = world.run()
        let hang = try #require(ran.hangs.first)
        #expect(hang.verdict == .temporaryDeadlock)
        #expect(!hang.isPermanent)
        #expect(hang.timer?.name == "OplockBreakWait (35 s)")
        #expect(ran.clearances.contains { $0.cause.contains("35 s") })
        #expect(ran.hosts[0].outcome == .completed)
    }

    @Test func `q268817 eats the slots with change notifies for 45 seconds`() throws {
        var world = ModelWorld()
        world.model = .q268817
        world.sessions = 50
        world.links = ["\\\\fs1\\data"]
        world.script = [
            .logon, .notify(SmallWorld.template("j0")), .barrier,
            .open(SmallWorld.template("j0\\f0.txt"), .read), .close,
        ]
        world.duration = .seconds(120)
        let ran = world.run()
        let hang = try #require(ran.hangs.first)
        #expect(hang.verdict == .creditExhaustion)
        let causes = ran.clearances.map(\.cause)
        #expect(causes.contains { $0.contains("45 s") }, "\(causes)")
        #expect(ran.hosts[0].outcome == .completed)
    }

    @Test func `kb824909 fills the pool that the connect needs`() throws {
        var world = ModelWorld()
        world.model = .kb824909
        world.sessions = 8
        world.script = [.barrier, .logon]
        let hang = try #require(world.run().hangs.first)
        #expect(hang.verdict == .poolExhaustion)
        #expect(hang.isProved)
        #expect(hang.exitCode == 98)
    }

    @Test func `kb832494 follows a circle for ever`() throws {
        var world = ModelWorld()
        world.model = .kb832494
        world.sessions = 3
        world.links = ["\\\\ns1\\dfs\\j0"]
        world.duration = .seconds(4)
        var slow = FaultCondition()
        slow.messages = [.getReferral]
        world.faults = [
            FaultPlan(name: "slow", when: slow, action: .delay(.fixed(.milliseconds(20))))
        ]
        world.script = [.logon, .open(SmallWorld.template("j0\\f0.txt"), .read), .close]
        let ran = world.run()
        #expect(ran.verdicts.contains(.livelock))
    }

    @Test func `kb841827 leaves a lock behind`() throws {
        var world = ModelWorld()
        world.model = .kb841827
        world.sessions = 4
        var exits = Step.OpenOptions()
        exits.exits = true
        world.script = [
            .logon, .barrier,
            .choose([
                .init(weight: 1, steps: [.open(SmallWorld.template("j0\\f0.txt"), .read, exits)]),
                .init(weight: 3, steps: [.open(SmallWorld.template("j0\\f1.txt"), .read), .close]),
            ]),
            .think(.fixed(.milliseconds(10))),
            .stat(SmallWorld.template("j0\\f2.txt")),
        ]
        world.seed = 3
        let hang = try #require(world.run().hangs.first)
        #expect(hang.verdict == .orphanedLock)
    }

    @Test func `cifs-refresh deadlocks when the connection drops under a referral`() throws {
        var world = ModelWorld()
        world.model = .cifsRefresh
        world.sessions = 3
        var when = FaultCondition()
        when.messages = [.getReferral]
        when.nth = 2
        world.faults = [
            FaultPlan(
                name: "drop under referral",
                when: when,
                action: .hold(.after(.seconds(1)), then: .reset)
            )
        ]
        world.script = [.logon, .open(SmallWorld.template("j0\\f0.txt"), .read), .close]
        let hang = try #require(world.run().hangs.first)
        #expect(hang.verdict == .deadlock)
        #expect(hang.isProved)
        let wanted = Set(hang.cycle.flatMap(\.wants).map(\.resource))
        #expect(wanted == ["PKT", "RX.receiver[ns1]"])
    }

    @Test func `cifs-lock-sem deadlocks behind a queued writer`() throws {
        var world = ModelWorld()
        world.model = .cifsLockSem
        world.sessions = 2
        var when = FaultCondition()
        when.messages = [.command(.read)]
        when.nth = 1
        world.faults = [
            FaultPlan(
                name: "drop under read",
                when: when,
                action: .hold(.after(.seconds(1)), then: .reset)
            )
        ]
        world.script = [
            .logon, .open(SmallWorld.template("j0\\f0.txt"), .read), .barrier,
            .choose([
                .init(weight: 1, steps: [.read(size: 512, count: 1, .sequential)]),
                .init(weight: 1, steps: [.think(.fixed(.milliseconds(300))), .close]),
            ]),
        ]
        world.seed = 2
        let hang = try #require(world.run().hangs.first)
        #expect(hang.verdict == .deadlock)
        #expect(hang.cycle.flatMap(\.wants).map(\.resource).allSatisfy { $0.hasPrefix("FCB") })
    }

    @Test func `a lock that fails at once waits for nobody's range, however late its answer is`() {
        var world = ModelWorld()
        world.sessions = 2
        var locks = FaultCondition()
        locks.messages = [.command(.lock)]
        world.faults = [
            FaultPlan(name: "slow", when: locks, action: .delay(.fixed(.milliseconds(600))))
        ]
        world.script = [
            .logon, .open(SmallWorld.template("j0\\f0.txt"), .read),
            .lock(offset: 0, length: 10, waits: false),
            .lock(offset: 5, length: 10, waits: false), .close,
        ]
        let ran = world.run()
        #expect(ran.hangs.isEmpty, "\(ran.hangs)")
        #expect(ran.hosts[0].outcome == .completed)
    }

    @Test func `two byte ranges taken crosswise are a deadlock of two sessions`() throws {
        var world = ModelWorld()
        world.sessions = 6
        var beside = Step.OpenOptions()
        beside.isBeside = true
        func both(_ first: Int, _ second: Int) -> [Step] {
            [
                .open(SmallWorld.template("j0\\f\(first).txt"), .read),
                .lock(offset: 0, length: 10, waits: true),
                .think(.fixed(.milliseconds(100))),
                .open(SmallWorld.template("j1\\f\(second).txt"), .read, beside),
                .lock(offset: 5, length: 10, waits: true),
            ]
        }
        world.links = ["\\\\fs1\\data", "\\\\fs1\\data"]
        world.script = [
            .logon, .barrier,
            .choose([
                .init(weight: 1, steps: both(0, 1)), .init(weight: 1, steps: both(1, 0)),
            ]),
        ]
        let hang = try #require(world.run().hangs.first)
        #expect(hang.verdict == .deadlock)
        #expect(hang.cycle.count == 2)
        #expect(hang.cycle.flatMap(\.wants).map(\.resource).allSatisfy { $0.hasPrefix("RANGE") })
    }
}
