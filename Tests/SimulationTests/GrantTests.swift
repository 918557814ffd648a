import Emulator
import Measurement
import Primitives
import SMBWire
import Simulation
import TerminalServer
import Testing

/// Oplocks, leases and byte ranges under contention, with bugs and without.
@Suite struct GrantTests {
    /// Everybody wants the same range and the same file's oplock or lease.
    private static func contended(_ bug: PlantedBug? = nil) -> World {
        var small = SmallWorld()
        small.plantedBug = bug
        small.script = Contention.script
        return small.run()
    }

    private func rules(_ world: World) -> [String] {
        world.checkers.violations.reduce(into: []) { rules, violation in
            if !rules.contains(violation.rule) { rules.append(violation.rule) }
        }
    }

    @Test func `contended files break no rule`() {
        let world = Self.contended()
        #expect(world.hosts[0].outcome == .completed)
        #expect(world.checkers.violations.map(\.description) == [])
        let lock = world.hosts[0].statistics[OperationKind.lock.rawValue]
        #expect(lock.errors == 0)
        #expect(lock.service.maximum > 20_000_000, "some had to wait for the range")
    }

    @Test func `an oplock that gets lost is missed`() {
        #expect(rules(Self.contended(.lostOplock(2))).contains("no grant is lost"))
    }

    @Test func `a byte range that was granted and gets lost is missed`() {
        #expect(rules(Self.contended(.lostRange(2))).contains("no grant is lost"))
    }
}

/// A script in which sessions stand in each other's way.
enum Contention {
    static var script: [Step] {
        var batch = Step.OpenOptions()
        batch.oplock = .batch
        var lease = Step.OpenOptions()
        lease.lease = [.readCaching, .handleCaching]
        return [
            .logon,
            .repeat(
                .times(10),
                [
                    .choose([
                        .init(weight: 1, steps: [.open(file, .read, batch)]),
                        .init(weight: 1, steps: [.open(file, .read, lease)]),
                        .init(weight: 1, steps: [.open(file, .read)]),
                    ]),
                    .lock(offset: 0, length: 10, waits: true),
                    .think(.uniform(.milliseconds(1), .milliseconds(40))),
                    .unlock(offset: 0, length: 10),
                    .close,
                    // Long enough for somebody to find the file closed, and to be granted it.
                    .think(.uniform(.milliseconds(1), .milliseconds(300))),
                ]
            ),
            .logoff,
        ]
    }

    private static var file: PathTemplate { SmallWorld.template("{run}\\f0.dat") }
}
