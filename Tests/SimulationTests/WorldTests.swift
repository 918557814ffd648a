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
        small.faultsEnd = Weather.end
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
        small.faultsEnd = Weather.end
        if seed.isMultiple(of: 2) { small.script = Contention.script }
        let world = small.run()
        #expect(world.isFinished, "seed \(seed): \(world.now)")
        #expect(world.hosts[0].outcome == .completed, "seed \(seed)")
        #expect(world.checkers.violations.map(\.description) == [], "seed \(seed)")
    }

    @Test func `a session that does not finish after the faults hangs`() {
        var small = SmallWorld()
        small.faultsEnd = .seconds(1)
        small.plantedBug = .droppedAnswer(60)
        let broken = small.run().checkers.violations.map(\.rule)
        #expect(broken.contains("after the faults every session finishes"))
    }

    @Test func `a session whose renewal was refused logs on anew`() {
        var small = SmallWorld()
        small.sessions = 1
        var expired = SmallWorld.fault("expired", .expireSession, until: nil)
        expired.when = FaultCondition()
        expired.when.messages = [.command(.read)]
        expired.when.nth = 3
        var refused = SmallWorld.fault("refused", .answer(.insufficientResources), until: nil)
        refused.when = FaultCondition()
        refused.when.server = "FS1"
        refused.when.messages = [.command(.sessionSetup)]
        // Two are the first log-on.
        refused.when.nth = 3
        small.faults = [expired, refused]
        let host = small.run().hosts[0]
        #expect(host.outcome == .completed)
        let errors = host.statistics.map(\.errors).reduce(0, +)
        #expect((1...2).contains(errors), "\(errors) errors")
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

/// Faults of every kind that heal when they end; noise does not, it may turn an answer into another
/// one.
enum Weather {
    /// When the world switches all of it off.
    static let end = Duration.seconds(15)

    static var rough: [FaultPlan] {
        var faults = [
            rare("slow", .delay(.exponential(.milliseconds(20))), 1),
            rare("lost", .reset, 0.01),
            rare("refused", .refuse, 0.2),
            rare("busy", .answer(.insufficientResources), 0.02),
            rare("short", .truncate, 0.003),
            rare("poor", .starveCredits, 0.2),
            rare("late", .hold(.after(.seconds(3)), then: .release), 0.01),
            rare("stale", .staleReferral, 0.3),
            rare("drip", .drip(20_000), 0.02),
            rare("expired", .expireSession, 0.005),
            rare("no break", .dropBreak, 0.1),
        ]
        var freeze = SmallWorld.fault("freeze", .freeze, until: 8)
        freeze.when.from = .seconds(6)
        freeze.when.server = "FS1"
        faults.append(freeze)
        return faults
    }

    private static func rare(
        _ name: String,
        _ action: FaultAction,
        _ probability: Double
    ) -> FaultPlan {
        var fault = SmallWorld.fault(name, action, until: nil)
        fault.when.probability = probability
        return fault
    }
}
