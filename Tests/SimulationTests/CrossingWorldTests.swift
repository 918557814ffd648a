import Simulation
import Testing

@Suite struct CrossingWorldTests {
    @Test func `two of many that lock crosswise are a proved deadlock while the others go on`()
        throws
    {
        let crossing = try #require(CrossingWorld(sessions: 120, rounds: 5))
        let outcome = CrossingOutcome(of: crossing)
        #expect(outcome.isDeadlock(of: crossing.crossing), "\(outcome.hangs)")
        #expect(outcome.ended == 118)
    }
}
