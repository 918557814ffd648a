import Emulator
import Measurement
import Primitives
import Simulation
import TerminalServer
import Testing

/// What a person does to a run while it is on.
@Suite struct CommandTests {
    /// A world that has run until then, with what was asked of it on the way.
    private func world(
        _ small: SmallWorld,
        _ doings: [(at: Duration, what: (inout World) -> Void)]
    ) -> World {
        var world = World(small.plan)
        var doings = doings
        world.start()
        while !world.isFinished, world.step() {
            while let next = doings.first, world.now >= .zero + next.at {
                next.what(&world)
                doings.removeFirst()
            }
        }
        world.finish()
        return world
    }

    private func numbers(_ numbers: Int...) -> [SessionNumber] {
        numbers.map { SessionNumber($0) }
    }

    private var readers: SmallWorld {
        var small = SmallWorld()
        small.duration = .seconds(10)
        small.script = [
            .logon,
            .repeat(
                .forever,
                [
                    .open(SmallWorld.template("{file}"), .read),
                    .read(size: 1_024, count: 1, .sequential),
                    .think(.uniform(.milliseconds(10), .milliseconds(300))),
                    .close,
                ]
            ),
        ]
        return small
    }

    @Test func `added sessions log on with known users and run the script`() {
        let world = world(readers, [(.seconds(3), { $0.command(.add(numbers(4, 5)), toHost: 0) })])
        let sessions = world.hosts[0].snapshot(at: world.now).sessions
        #expect(sessions.map(\.plan.number) == numbers(0, 1, 2, 3, 4, 5))
        #expect(sessions[4].plan.user == 0 && sessions[5].plan.userName == "u1")
        #expect(sessions.allSatisfy { $0.statistics.operations > 40 && $0.statistics.errors == 0 })
        #expect(sessions[4].statistics.operations < sessions[0].statistics.operations)
        #expect(world.hosts[0].outcome == .completed)
        #expect(world.checkers.violations.map(\.description) == [])
    }

    @Test func `removed sessions close, log off and do nothing more`() throws {
        var atRemoval: [UInt64] = []
        let world = world(
            readers,
            [
                (.seconds(3), { $0.command(.remove(numbers(1, 3)), toHost: 0) }),
                (
                    .seconds(4),
                    { world in
                        let sessions = world.hosts[0].snapshot(at: world.now).sessions
                        atRemoval = sessions.map(\.statistics.operations)
                        #expect(sessions.map(\.state).filter { $0 == "ended" }.count == 2)
                        // The file servers; who asked the namespace server may still be there.
                        let servers = world.emulator.servers.dropFirst()
                        #expect(servers.map(\.sessionsAlive).reduce(0, +) == 2)
                    }
                ),
            ]
        )
        let sessions = world.hosts[0].snapshot(at: world.now).sessions
        let after = sessions.map(\.statistics.operations)
        #expect(after[1] == atRemoval[1] && after[3] == atRemoval[3])
        #expect(after[0] > atRemoval[0] && after[2] > atRemoval[2])
        #expect(sessions.allSatisfy { $0.statistics.errors == 0 })
        #expect(world.hosts[0].outcome == .completed)
        #expect(world.checkers.violations.map(\.description) == [])
    }

    @Test func `sessions may come and go while the load is paused`() {
        let world = world(
            readers,
            [
                (.seconds(2), { $0.command(.pause, toHost: 0) }),
                (.seconds(3), { $0.command(.add(numbers(4)), toHost: 0) }),
                (.seconds(4), { $0.command(.remove(numbers(0)), toHost: 0) }),
                (
                    .seconds(5),
                    { world in
                        let sessions = world.hosts[0].snapshot(at: world.now).sessions
                        #expect(sessions[0].state == "ended")
                        #expect(sessions[4].statistics.operations == 0)
                        world.command(.resume, toHost: 0)
                    }
                ),
            ]
        )
        let sessions = world.hosts[0].snapshot(at: world.now).sessions
        #expect(sessions[4].statistics.operations > 20)
        #expect(world.hosts[0].outcome == .completed)
    }

    @Test func `a late session is neither waited for at barriers nor waits there alone`() {
        var small = readers
        small.script.insert(.barrier, at: 1)
        let world = world(
            small,
            [
                (.seconds(3), { $0.command(.add(numbers(4)), toHost: 0) }),
                (.seconds(5), { $0.command(.remove(numbers(4, 0)), toHost: 0) }),
            ]
        )
        let sessions = world.hosts[0].snapshot(at: world.now).sessions
        #expect(sessions.allSatisfy { $0.statistics.operations > 20 })
        #expect(world.hosts[0].outcome == .completed)
    }

    @Test func `a session that is removed at a barrier does not hold up the others`() {
        var small = readers
        small.script = [
            .think(.uniform(.zero, .seconds(4))), .logon, .barrier,
            .repeat(.times(3), [.stat(SmallWorld.template("{file}"))]),
        ]
        let world = world(
            small,
            [(.milliseconds(100), { $0.command(.remove(numbers(0, 1, 2)), toHost: 0) })]
        )
        let sessions = world.hosts[0].snapshot(at: world.now).sessions
        #expect(sessions[3].statistics.operations == 5)
        #expect(world.hosts[0].outcome == .completed)
    }

    @Test func `after the load nobody is added`() {
        var small = readers
        small.duration = .seconds(1)
        small.faults = [SmallWorld.fault("hold", .delay(.fixed(.seconds(3))), until: 60)]
        small.faults[0].when.from = .milliseconds(500)
        let world = world(small, [(.seconds(2), { $0.command(.add(numbers(4)), toHost: 0) })])
        #expect(world.hosts[0].snapshot(at: world.now).sessions.count == 4)
        #expect(world.events.contains { $0.event.sentence.contains("the load is over") })
    }

    @Test func `commands are part of the trace, and the same ones give the same trace`() {
        let doings: [(at: Duration, what: (inout World) -> Void)] = [
            (.seconds(2), { $0.command(.add(numbers(4)), toHost: 0) }),
            (.seconds(3), { $0.command(.switchOn("slow")) }),
            (.seconds(4), { $0.command(.switchOff("slow")) }),
            (.seconds(5), { $0.command(.remove(numbers(4)), toHost: 0) }),
        ]
        var small = readers
        small.faults = [
            FaultPlan(name: "slow", when: FaultCondition(), action: .delay(.fixed(.seconds(1))))
        ]
        small.faults[0].isOn = false
        let (first, second) = (world(small, doings), world(small, doings))
        #expect(first.trace == second.trace)
        #expect(first.trace != world(small, []).trace)
        let slowest = first.hosts[0].statistics.map(\.response.maximum).max()
        #expect(slowest == 1_000_200_000)
        #expect(first.emulator.faultSwitches.map(\.name) == ["slow"])
        #expect(first.emulator.faultSwitches.map(\.isOn) == [false])
    }
}
