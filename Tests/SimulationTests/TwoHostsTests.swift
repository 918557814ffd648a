import Primitives
import Redirector
import SMBWire
import Simulation
import TerminalServer
import Testing
import Watchdog

/// Two terminal servers with a session each that meet at one emulated server.
@Suite struct TwoHostsTests {
    private static func open(_ path: String, beside: Bool = false) -> Step {
        var options = Step.OpenOptions()
        options.isBeside = beside
        return .open(SmallWorld.template(path), .read, options)
    }

    /// Locks in one file, waits for the other session, and locks in the other file.
    private static func both(_ first: String, _ second: String, last: [Step]) -> [Step] {
        [
            .logon, open(first), .lock(offset: 0, length: 10, waits: true), .barrier,
            open(second, beside: true),
        ] + last
    }

    private static let waiting = [Step.lock(offset: 5, length: 10, waits: true)]

    /// S0 on host 0 and S1 on host 1; the links `j0` and `j1` lead to one share.
    private func run(
        _ scripts: [[Step]],
        model: ClientModel = .fixed,
        onHang: OnHang = .continue
    ) throws -> World {
        var base = ModelWorld()
        base.model = model
        (base.sessions, base.script) = (2, scripts[0])
        base.links = ["\\\\fs1\\data", "\\\\fs1\\data"]
        base.onHang = onHang
        var plan = base.plan
        var hosts: [HostPlan] = []
        for (number, steps) in scripts.enumerated() {
            var host = plan.hosts[0]
            host.number = number
            host.sessions = [plan.hosts[0].sessions[number]]
            host.scripts = [try Script(steps)]
            host.redirector = RedirectorSettings(
                clientGUID: GUID(high: UInt64(number), low: 7)
            )
            hosts.append(host)
        }
        plan.hosts = hosts
        var world = World(plan)
        world.run(until: .zero + .seconds(300))
        return world
    }

    @Test(arguments: ["j0", "j1"])
    func `byte ranges taken crosswise on two hosts are a proved deadlock`(link: String) throws {
        let world = try run([
            Self.both("j0\\f0.txt", "j0\\f1.txt", last: Self.waiting),
            Self.both("\(link)\\f1.txt", "\(link)\\f0.txt", last: Self.waiting),
        ])
        let hang = try #require(world.hangs.first)
        #expect(world.hangs.count == 1)
        #expect(hang.verdict == .deadlock && hang.isProved && hang.isPermanent)
        #expect(hang.cycle.map(\.name) == ["S0", "S1"])
        #expect(hang.cycle.map(\.source) == ["host 0", "host 1"])
        #expect(
            hang.cycle.flatMap(\.wants).map(\.resource)
                == ["RANGE[\\\\FS1\\DATA\\F1.TXT] 5+10", "RANGE[\\\\FS1\\DATA\\F0.TXT] 5+10"]
        )
        #expect(
            hang.cycle.flatMap(\.holds).map(\.resource)
                == ["RANGE[\\\\FS1\\DATA\\F0.TXT] 0+10", "RANGE[\\\\FS1\\DATA\\F1.TXT] 0+10"]
        )
        #expect(hang.instant.nanoseconds(since: hang.closedAt) < 1_000_000_000)
    }

    @Test func `a lock that fails at once closes no ring across hosts`() throws {
        let failing = [Step.lock(offset: 5, length: 10, waits: false), .think(.fixed(.seconds(2)))]
        let world = try run([
            Self.both("j0\\f0.txt", "j0\\f1.txt", last: Self.waiting),
            Self.both("j0\\f1.txt", "j0\\f0.txt", last: failing + [.close, .close]),
        ])
        #expect(world.hangs.isEmpty, "\(world.hangs)")
    }

    @Test func `a range that is given back in time is no deadlock across hosts`() throws {
        let healing: [Step] = [
            .think(.fixed(.seconds(5))), .close, .unlock(offset: 0, length: 10),
            Self.open("j0\\f0.txt", beside: true), Self.waiting[0],
        ]
        let world = try run([
            Self.both("j0\\f0.txt", "j0\\f1.txt", last: Self.waiting + [.close, .close]),
            Self.both("j0\\f1.txt", "j0\\f0.txt", last: healing),
        ])
        #expect(world.hangs.isEmpty, "\(world.hangs)")
        #expect(world.hosts.allSatisfy { $0.outcome == .completed })
    }

    @Test func `ranges of one file that do not meet are in nobody's way`() throws {
        let apart = [Step.lock(offset: 100, length: 10, waits: true), .close, .close]
        let world = try run([
            Self.both("j0\\f0.txt", "j0\\f1.txt", last: apart),
            Self.both("j0\\f1.txt", "j0\\f0.txt", last: apart),
        ])
        #expect(world.hangs.isEmpty)
        #expect(world.hosts.allSatisfy { $0.outcome == .completed })
    }

    @Test func `a victim on one host lets the session of the other go on`() throws {
        let world = try run(
            [
                Self.both("j0\\f0.txt", "j0\\f1.txt", last: Self.waiting + [.close, .close]),
                Self.both("j0\\f1.txt", "j0\\f0.txt", last: Self.waiting + [.close, .close]),
            ],
            onHang: .break
        )
        #expect(world.hangs.count == 1)
        #expect(world.hosts.allSatisfy { $0.outcome == .completed })
    }

    /// Has one file open with a batch oplock, meets the other session, and opens the other's file.
    private static func oplocked(_ first: String, _ second: String, after: Duration) -> [Step] {
        var options = Step.OpenOptions()
        options.oplock = .batch
        return [
            .logon, .open(SmallWorld.template(first), .read, options), .barrier,
            .think(.fixed(after)), open(second, beside: true), .close, .close,
        ]
    }

    @Test func `breaks that two hosts owe each other are a temporary deadlock of 35 seconds`()
        throws
    {
        let world = try run(
            [
                Self.oplocked("j0\\f0.txt", "j0\\f1.txt", after: .zero),
                Self.oplocked("j0\\f1.txt", "j0\\f0.txt", after: .zero),
            ],
            model: .q233082
        )
        let hang = try #require(world.hangs.first)
        #expect(hang.verdict == .temporaryDeadlock && !hang.isPermanent)
        #expect(
            hang.cycle.map(\.name)
                == ["S0", "S1 acknowledge break", "S1", "S0 acknowledge break"]
        )
        #expect(hang.cycle[0].wants.map(\.resource) == ["BREAK[\\\\FS1\\DATA\\F1.TXT]"])
        #expect(hang.timer?.name == "OplockBreakWait (35 s)")
        #expect(world.clearances.contains { $0.cause.contains("35 s") })
        #expect(world.hosts.allSatisfy { $0.outcome == .completed })
    }

    @Test func `a break that the other host acknowledges holds nobody up`() throws {
        let world = try run(
            [
                Self.oplocked("j0\\f0.txt", "j0\\f1.txt", after: .zero),
                Self.oplocked("j0\\f1.txt", "j0\\f0.txt", after: .seconds(2)),
            ],
            model: .q233082
        )
        #expect(world.hangs.isEmpty, "\(world.hangs)")
        #expect(world.hosts.allSatisfy { $0.outcome == .completed })
    }
}
