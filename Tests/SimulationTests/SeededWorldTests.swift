import Simulation
import TerminalServer
import Testing

/// Worlds by the number, few of them; `scripts/worlds` runs as many as time allows.
@Suite struct SeededWorldTests {
    @Test func `no correct client hangs, whatever goes wrong and heals`() throws {
        let model = try CompiledModel(.fixed)
        for seed in UInt64(1)...300 {
            let outcome = SeededOutcome(of: SeededWorld(seed, model: model, hasFaults: true))
            #expect(outcome.isClean, "seed \(seed): \(outcome)")
        }
    }

    @Test func `who hangs for good is reported, and nobody else`() throws {
        let model = try CompiledModel(.q260752)
        var hanging = 0
        for seed in UInt64(1)...100 {
            let outcome = SeededOutcome(of: SeededWorld(seed, model: model, hasFaults: true))
            #expect(outcome.isExact, "seed \(seed): \(outcome)")
            hanging += outcome.stuck.isEmpty ? 0 : 1
        }
        // Both kinds are there, or nothing would be shown.
        #expect((10...90).contains(hanging))
    }
}
