import Emulator
import Measurement
import Primitives
import SMBWire
import Simulation
import TerminalServer
import Testing

/// Stages, warm-up, several scripts and the limits of the phases, by what they do to a whole world.
@Suite struct LoadTests {
    private static let readers: [Step] = [
        .logon,
        .repeat(
            .forever,
            [.stat(SmallWorld.template("{file}")), .think(.fixed(.milliseconds(100)))]
        ),
    ]

    private func world(_ change: (inout HostPlan) -> Void, sessions: Int = 10) -> WorldPlan {
        var small = SmallWorld()
        small.sessions = sessions
        small.script = Self.readers
        small.duration = .seconds(30)
        var plan = small.plan
        change(&plan.hosts[0])
        return plan
    }

    private func run(_ plan: WorldPlan) -> World {
        var world = World(plan)
        world.run(until: .zero + .seconds(600))
        return world
    }

    private func stats(_ world: World) -> UInt64 {
        world.hosts[0].statistics[OperationKind.stat.rawValue].count
    }

    @Test func `sessions begin and rest as the stages say`() {
        let all = stats(run(world { _ in }))
        let plan = world {
            $0.shape = LoadShape([
                .ramp(to: 10, over: .seconds(10)), .hold(at: 10, for: .seconds(10)),
                .ramp(to: 0, over: .seconds(10)),
            ])
        }
        let staged = run(plan)
        #expect(staged.hosts[0].outcome == .completed)
        // Two triangles and a square: two thirds of the whole.
        let part = Double(stats(staged)) / Double(all)
        #expect(part > 0.6 && part < 0.72)
        let counts = staged.hosts[0].snapshot(at: staged.now).sessions.map(\.statistics.operations)
        #expect(counts.first! > counts.last! * 2)
        #expect(counts == counts.sorted(by: >))
        #expect(staged.trace.hexadecimal == run(plan).trace.hexadecimal)
    }

    @Test func `a burst of an open loop comes and goes`() {
        let plan = world(
            {
                $0.operationsPerSecond = 100
                $0.shape = LoadShape([
                    .hold(at: 10, for: .seconds(10)), .burst(to: 100, for: .seconds(5)),
                    .hold(at: 10, for: .seconds(15)),
                ])
            }
        )
        var counts: [UInt64] = []
        var world = World(plan)
        world.run(until: .zero + .seconds(600)) { world in
            let seconds = Int(world.now.nanoseconds / 5_000_000_000)
            while counts.count <= seconds { counts.append(0) }
            counts[seconds] = stats(world)
            return true
        }
        #expect(world.hosts[0].outcome == .completed)
        let burst = counts[2] - counts[1]
        #expect(burst > 400 && burst < 600)
        for quiet in [counts[1], counts[4] - counts[2]] {
            #expect(quiet > 60 && quiet < 140)
        }
    }

    @Test func `what is due while it warms up leaves no trace in the figures`() {
        let whole = run(world { _ in })
        let warm = run(world { $0.warmUp = .seconds(10) })
        let snapshot = warm.hosts[0].snapshot(at: warm.now)
        #expect(snapshot.warmUpOperations > 900)
        let counted = warm.hosts[0].statistics.reduce(0) { $0 + $1.count }
        let everything = whole.hosts[0].statistics.reduce(0) { $0 + $1.count }
        #expect(counted + snapshot.warmUpOperations == everything)
        #expect(warm.hosts[0].statistics[OperationKind.logon.rawValue].count == 0)
        #expect(snapshot.loadDuration == 20_000_000_000)
        #expect(
            snapshot.sessions.reduce(0) { $0 + $1.statistics.operations } == counted
        )
        // It changes nothing of what is done.
        #expect(warm.trace.hexadecimal == whole.trace.hexadecimal)
    }

    @Test func `each session runs its own script`() throws {
        let writers = try Script([
            .logon, .open(SmallWorld.template("{run}\\w{session}.dat"), .write),
            .write(size: 512, count: 3, .sequential), .close,
        ])
        let plan = world {
            $0.scripts.append(writers)
            $0.sessions = $0.sessions.map { session in
                SessionPlan(
                    number: session.number,
                    user: session.user,
                    userName: session.userName,
                    script: session.number.rawValue % 5 == 0 ? 1 : 0
                )
            }
        }
        let world = run(plan)
        #expect(world.hosts[0].statistics[OperationKind.write.rawValue].count == 6)
        #expect(world.hosts[0].outcome == .completed)
        #expect(world.hosts[0].snapshot(at: world.now).uncleaned == 0)
    }

    @Test func `log-off that takes too long is said, and ends the run`() {
        var plan = world { $0.logoffLimit = .seconds(4) }
        plan.namespace.faults = [FaultPlan(name: "mute", when: .of(.logoff), action: .loseAnswer)]
        let world = run(plan)
        #expect(
            world.hosts[0].outcome
                == .overran(
                    "cleaning up and logging off had not ended after limits.logoff, 4.0 s: "
                        + "11 SMB sessions are still logged on; the logoff is under way for 4.0 s"
                )
        )
        #expect(world.now < .zero + .seconds(36))
    }

    @Test func `a session that is stuck does not keep the others from leaving a clean server`() {
        var plan = world { $0.grace = .seconds(8) }
        var stuck = FaultCondition.of(.queryInfo)
        stuck.nth = 50
        plan.namespace.faults = [FaultPlan(name: "mute", when: stuck, action: .loseAnswer)]
        let world = run(plan)
        #expect(world.hosts[0].outcome == .stuck(1))
        #expect(world.now <= .zero + .seconds(39))
        let statistics = world.hosts[0].statistics
        #expect(statistics[OperationKind.logoff.rawValue].count == 9)
        #expect(world.hosts[0].snapshot(at: world.now).uncleaned == 0)
    }
}

extension FaultCondition {
    fileprivate static func of(_ command: Command) -> FaultCondition {
        var condition = FaultCondition()
        condition.messages = MessageName.all.filter { $0.name == command.name }
        return condition
    }
}
