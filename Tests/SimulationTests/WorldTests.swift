import Emulator
import Measurement
import Primitives
import SMBWire
import Simulation
import TerminalServer
import Testing

@Suite struct WorldTests {
    @Test(arguments: UInt64(1)...5) func `the same seed gives the same trace`(seed: UInt64) {
        var small = SmallWorld()
        small.seed = seed
        small.faults = Weather.rough
        let (first, second) = (small.run(), small.run())
        #expect(first.trace == second.trace)
        #expect(first.frames == second.frames)
        #expect(first.frames > 100)
    }

    @Test func `another seed gives another trace`() {
        var small = SmallWorld()
        let first = small.run()
        small.seed = 2
        #expect(first.trace != small.run().trace)
    }

    @Test func `a quiet world ends well and breaks no rule`() {
        let world = SmallWorld().run()
        #expect(world.isFinished)
        #expect(world.hosts[0].outcome == .completed)
        #expect(world.checkers.violations.map(\.description) == [])
        let snapshot = world.hosts[0].snapshot(at: world.now)
        #expect(snapshot.operations.reduce(0) { $0 + $1.errors } == 0)
        #expect(snapshot.operations[OperationKind.read.rawValue].count == 4 * 10 * 2)
    }

    @Test(arguments: UInt64(1)...40)
    func `after rough weather every session finishes`(seed: UInt64) {
        var small = SmallWorld()
        small.seed = seed
        small.faults = Weather.rough
        let world = small.run()
        #expect(world.isFinished, "seed \(seed): \(world.now)")
        #expect(world.hosts[0].outcome == .completed, "seed \(seed)")
        #expect(world.checkers.violations.map(\.description) == [], "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...20)
    func `noise on the line neither traps nor keeps a run from ending`(seed: UInt64) {
        var small = SmallWorld()
        small.seed = seed
        small.faults = [SmallWorld.fault("noise", .garble)]
        small.faults[0].when.probability = 0.05
        #expect(small.run().isFinished, "seed \(seed)")
    }
}

/// Faults of every kind that heal after fifteen seconds; noise does not, it may turn an answer into
/// another one.
enum Weather {
    static var rough: [FaultPlan] {
        var faults = [
            SmallWorld.fault("slow", .delay(.exponential(.milliseconds(20)))),
            rare(SmallWorld.fault("lost", .reset), 0.01),
            rare(SmallWorld.fault("refused", .refuse), 0.2),
            rare(SmallWorld.fault("busy", .answer(.insufficientResources)), 0.02),
            rare(SmallWorld.fault("short", .truncate), 0.003),
            rare(SmallWorld.fault("poor", .starveCredits), 0.2),
            rare(SmallWorld.fault("late", .hold(.after(.seconds(3)), then: .release)), 0.01),
            rare(SmallWorld.fault("stale", .staleReferral), 0.3),
            rare(SmallWorld.fault("drip", .drip(20_000)), 0.02),
        ]
        var freeze = SmallWorld.fault("freeze", .freeze, until: 8)
        freeze.when.from = .seconds(6)
        freeze.when.server = "FS1"
        faults.append(freeze)
        return faults
    }

    private static func rare(_ fault: FaultPlan, _ probability: Double) -> FaultPlan {
        var fault = fault
        fault.when.probability = probability
        return fault
    }
}
