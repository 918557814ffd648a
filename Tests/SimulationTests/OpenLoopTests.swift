import Emulator
import Measurement
import Primitives
import SMBWire
import Simulation
import TerminalServer
import Testing

/// Coordinated omission: a stalled server must not hide behind clients that politely wait.
@Suite struct OpenLoopTests {
    @Test func `a server frozen for six seconds shows in response and not in service`() {
        var small = SmallWorld()
        small.duration = .seconds(60)
        small.operationsPerSecond = 40
        small.script = [
            .logon, .repeat(.forever, [.stat(SmallWorld.template("{file}"))]), .logoff,
        ]
        let calm = small.run().hosts[0]
        var freeze = SmallWorld.fault("freeze", .freeze, until: 36)
        freeze.when.from = .seconds(30)
        small.faults = [freeze]
        let world = small.run()
        #expect(world.hosts[0].outcome == .completed)
        let stat = world.hosts[0].statistics[OperationKind.stat.rawValue]
        let before = calm.statistics[OperationKind.stat.rawValue]
        #expect(stat.response.percentile(99) >= 5_000_000_000)
        let (slow, usual) = (stat.service.percentile(50), before.service.percentile(50))
        #expect(slow <= usual + usual / 20)
        #expect(stat.count > 2_000)
        #expect(world.hosts[0].snapshot(at: world.now).dropped == 0)
    }

    @Test(arguments: [1e-300, 1e-12, 1e6])
    func `any rate makes a schedule`(_ rate: Double) {
        var small = SmallWorld()
        small.duration = .milliseconds(10)
        small.operationsPerSecond = rate
        #expect(small.run().hosts[0].outcome == .completed)
    }
}
