import Foundation
import Measurement
import Primitives
import Report
import Testing

@Suite struct RunSummaryTests {
    @Test func `summary.json can be read and has the promised keys`() throws {
        let text = Self.summary.json.document
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let summary = try #require(object as? [String: Any])
        #expect(summary["schema"] as? String == "gridlock.summary/1")
        #expect(summary["sessions"] as? Int == 2)
        #expect(summary["seed"] as? UInt64 == .max)
        let operations = try #require(summary["operations"] as? [String: [String: Any]])
        let service = try #require(operations["open"]?["serviceMs"] as? [String: Double])
        #expect(service["max"] == 4.1)
        let statuses = try #require(operations["open"]?["statuses"] as? [String: Int])
        #expect(statuses == ["STATUS_SUCCESS": 1, "STATUS_ACCESS_DENIED": 1])
        let sessions = try #require(summary["perSession"] as? [[String: Any]])
        let flight = try #require(sessions[1]["inFlight"] as? [String: Any])
        #expect(flight["path"] as? String == #"\\ns1\dfs\a "quoted" name"#)
        #expect(sessions[0]["inFlight"] == nil)
    }

    @Test func `the table has a row a session and a row an operation`() {
        #expect(
            SummaryTable.text(Self.summary) == """
                session  user    operations  errors  p50 ms  p99 ms  max ms  state
                s0       user01           2       1   4.100   4.100   4.100  ended
                s1       user02           0       0   0.000   0.000   0.000  waiting

                operation  count  errors  p50 ms  p90 ms  p99 ms  max ms  blocked p99 ms
                open           2       1   4.100   4.100   4.100   4.100           0.001

                2 sessions, 2 operations, 1 errors in 2.0 s (1 operations/s), seed \(UInt64.max)

                """
        )
    }

    @Test func `operations a second are those of the load, not of set-up and warm-up`() {
        var summary = Self.summary
        summary.loadSeconds = 0.5
        #expect(summary.operationsPerSecond == 4)
        #expect(SummaryTable.text(summary).contains("1 errors in 2.0 s (4 operations/s)"))
    }

    @Test func `decimals are rounded and padded`() {
        #expect(Decimals.text(0.0449, places: 3) == "0.045")
        #expect(Decimals.text(-1.25, places: 1) == "-1.3")
        #expect(Decimals.text(1_234.5, places: 0) == "1235")
        #expect(Decimals.text(-0.01, places: 1) == "0.0")
    }

    @Test func `JSON escapes what it must and nothing else`() {
        #expect(JSON.text("ä\"\\\n\u{1}").line == #""ä\"\\\n\u0001""#)
        #expect(JSON.number(.infinity).line == "null")
        #expect(JSON.number(3).line == "3")
        #expect(JSON.array([]).document == "[]\n")
    }

    private static var summary: RunSummary {
        var operation = OperationStatistics()
        var session = SessionStatistics()
        let latencies = Latencies(service: 4_100_000, response: 4_100_000, blocked: 1_000)
        operation.record(latencies, isError: false)
        operation.record(latencies, isError: true)
        session.record(latencies, isError: false)
        session.record(latencies, isError: true)
        let flight = SessionRow.InFlight(
            operation: "open",
            path: #"\\ns1\dfs\a "quoted" name"#,
            ageSeconds: 1.5
        )
        return RunSummary(
            version: "0.1.0",
            profile: "samba-smoke",
            profileHash: "00",
            seed: .max,
            target: #"\\ns1\dfs"#,
            client: "fixed",
            hosts: 1,
            startedAt: "2026-11-24T10:00:00Z",
            finishedAt: "2026-11-24T10:00:02Z",
            wallSeconds: 2,
            exitCode: 0,
            reasons: [],
            operations: [
                OperationRow(
                    name: "open",
                    statistics: operation,
                    statuses: [
                        .init(name: "STATUS_SUCCESS", count: 1),
                        .init(name: "STATUS_ACCESS_DENIED", count: 1),
                    ]
                )
            ],
            sessions: [
                SessionRow(
                    id: 0,
                    user: "user01",
                    host: 0,
                    statistics: session,
                    state: "ended",
                    inFlight: nil,
                    lastError: "STATUS_ACCESS_DENIED 0xC0000022"
                ),
                SessionRow(
                    id: 1,
                    user: "user02",
                    host: 0,
                    statistics: SessionStatistics(),
                    state: "waiting",
                    inFlight: flight,
                    lastError: nil
                ),
            ],
            generator: GeneratorRow(lagMillisecondsMax: 1, cpuSeconds: 0.5)
        )
    }
}
