import Foundation
import SambaSupport
import Testing

/// A run in which nothing goes on any more, in real time.
@Suite struct StalledRunTests {
    @Test func `a stalled run ends by itself after its grace, and tells what it was doing`() throws
    {
        let place = try EmulatedPlace(
            faults: "{ mute: { when: { messages: READ }, do: lose-answer } }"
        )
        let result = try place.run()
        #expect(result.code == 97, "\(result.errors)")
        #expect(result.errors.contains("5 sessions had not ended when the grace was over"))
        let summary = try place.summary()
        #expect(summary["complete"] as? Bool == true)
        // Two seconds of load and two of grace: neither was cut short.
        #expect(try #require(summary["wallSeconds"] as? Double) >= 4)
        let sessions = try #require(summary["perSession"] as? [[String: Any]])
        #expect(sessions.count == 5)
        for session in sessions {
            let flight = try #require(session["inFlight"] as? [String: Any])
            #expect(flight["operation"] as? String == "read")
            #expect(try #require(flight["ageSeconds"] as? Double) >= 2)
        }
        #expect(try place.text("junit.xml").contains("had not ended when the grace was over"))
    }
}
