import Foundation
import ReaderSupport
import Report
import Testing

@Suite struct RunEventTests {
    private var events: [RunEvent] {
        let progress = ProgressLine(
            elapsedSeconds: 10,
            active: 3,
            sessions: 4,
            operations: 250,
            errors: 1,
            rate: 25,
            p50: 2_000_400,
            p99: 40_000_000,
            oldest: 0
        )
        return [
            RunEvent(.start, at: 0, "q260752: 6 sessions", details: [.init("seed", .unsigned(42))]),
            RunEvent(.host, at: 0.0421, session: 3, "STATUS_ACCESS_DENIED\n\"\\\\ns1\"\u{1}\r"),
            .progress(progress),
            .hang(SampleRun.hang),
            .threshold(SampleRun.deadlocked.thresholds[1], at: 30),
            .end(SampleRun.deadlocked),
        ]
    }

    @Test func `the lines are as recorded`() throws {
        let text = events.map { $0.line + "\n" }.joined()
        try Golden.expect(text, is: "deadlocked.events.ndjson")
    }

    @Test func `every line is one whole object`() throws {
        for event in events {
            #expect(!event.line.contains { $0.isNewline })
            let object = try JSONSerialization.jsonObject(with: Data(event.line.utf8))
            let members = try #require(object as? [String: Any])
            #expect(members["type"] as? String == event.kind.rawValue)
            #expect(members["sentence"] as? String == event.sentence)
        }
    }
}
