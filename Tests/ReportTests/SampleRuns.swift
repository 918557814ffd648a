import Measurement
import Primitives
import Report

/// Runs whose outputs the golden files hold.
enum SampleRun {
    private static let words: [Threshold.OperationWord] = [
        ("create", "open"), ("read", "read"), ("logon", "logon"),
    ]

    /// Four sessions that finished their work.
    static var passed: RunSummary {
        var run = summary(profile: "samba-smoke", client: "fixed", exitCode: 0)
        run.sessions = (0..<4).map { session($0, state: "ended", inFlight: nil) }
        run.stallCount = 0
        run.thresholds = results(["errors<1%", "p99(create) < 250ms", "rate(read) > 5/s"], run)
        return run
    }

    /// The article's hang, which nobody expected, and figures out of bounds besides.
    static var deadlocked: RunSummary {
        var run = summary(profile: "q260752", client: "q260752", exitCode: 98)
        run.sessions = (0..<6).map { number in
            let flight = SessionRow.InFlight(
                operation: "open",
                path: #"\\ns1\dfs\eng\a & b <\#(number)>.txt"#,
                ageSeconds: 31.25 - Double(number)
            )
            return session(number, state: number < 2 ? "deadlocked" : "working", inFlight: flight)
        }
        run.stallCount = 6
        run.hangs = [hang]
        run.traceHash = "00c0ffee00c0ffee"
        run.isVirtualTime = true
        run.thresholds = results(
            ["errors<1%", "p99(create) < 3ms", "p99(logon) < 1s", "stalls == 0"],
            run
        )
        run.verdicts = [
            RunVerdict(name: "deadlock", exitCode: 98, sentence: hang.sentence),
            RunVerdict(name: "stall", exitCode: 97, sentence: "6 waits are older than 10 s"),
            RunVerdict(name: "inconclusive", exitCode: 95, sentence: "p99(logon)<1s: no data"),
            RunVerdict(name: "threshold failed", exitCode: 99, sentence: "p99(create)<3ms: 40 ms"),
        ]
        run.reasons = run.verdicts.map(\.sentence)
        return run
    }

    static var hang: HangRow {
        HangRow(
            id: 1,
            verdict: "deadlock",
            isConfirmed: true,
            atSeconds: 1.25,
            sentence: "S0 and S1 wait for each other, and 4 sessions wait for them",
            cycle: [
                .init(
                    session: 0,
                    name: "S0",
                    operation: "open",
                    path: #"\\ns1\dfs\eng\a.txt"#,
                    wants: "CONN[ns1]",
                    mode: "exclusive",
                    ageSeconds: 31.25,
                    holds: ["PKT"]
                ),
                .init(
                    session: 1,
                    name: "S1",
                    operation: "GET_REFERRAL",
                    path: #"\ns1\dfs\eng"#,
                    wants: "PKT",
                    mode: "exclusive",
                    ageSeconds: 31.25,
                    holds: ["CONN[ns1]"]
                ),
            ],
            component: [0, 1],
            behind: 4,
            files: ["hangs/0001.txt", "hangs/0001.json", "hangs/0001.dot"],
            dump: """
                GRIDLOCK HANG #1  DEADLOCK  confirmed   seed 42  t=+1.250 s
                  S0  CREATE \\\\ns1\\dfs\\eng\\a.txt  wants CONN[ns1] X  held by S1 & holds PKT S
                  S1  GET_REFERRAL <\\ns1\\dfs\\eng>  wants PKT X  held by S0\u{1}\u{FFFE}
                """
        )
    }

    static func results(_ expressions: [String], _ run: RunSummary) -> [ThresholdResult] {
        let measured = MeasuredRun(
            operations: run.operations.map { .init(name: $0.name, statistics: $0.statistics) },
            loadSeconds: run.loadSeconds ?? run.wallSeconds,
            stalls: run.stallCount
        )
        return expressions.compactMap { expression in
            let threshold = try? Threshold(parsing: expression, operations: words)
            return threshold?.result(on: measured, samplesMin: 1)
        }
    }

    private static func session(
        _ number: Int,
        state: String,
        inFlight: SessionRow.InFlight?
    ) -> SessionRow {
        var random = SplitMix64(seed: UInt64(number))
        var statistics = SessionStatistics()
        for _ in 0..<40 { statistics.record(latencies(using: &random), isError: false) }
        if number == 3 {
            statistics.record(Latencies(service: 1, response: 1, blocked: 0), isError: true)
        }
        return SessionRow(
            id: number,
            user: "user0\(number + 1)",
            host: 0,
            statistics: statistics,
            state: state,
            inFlight: inFlight,
            lastError: number == 3 ? "STATUS_ACCESS_DENIED 0xC0000022" : nil
        )
    }

    private static func latencies(using random: inout SplitMix64) -> Latencies {
        let octave = UInt64.random(in: 17...25, using: &random)
        let response = UInt64.random(in: (1 << octave)..<(2 << octave), using: &random)
        return Latencies(service: response / 2, response: response, blocked: response / 4)
    }

    private static func summary(profile: String, client: String, exitCode: Int32) -> RunSummary {
        var random = SplitMix64(seed: 42)
        var timeline = LatencyTimeline()
        var (open, read) = (OperationStatistics(), OperationStatistics())
        for second in 1...30 {
            for _ in 0..<20 { open.record(latencies(using: &random), isError: false) }
            for _ in 0..<5 { read.record(latencies(using: &random), isError: false) }
            if second == 7 {
                read.record(Latencies(service: 1, response: 1, blocked: 0), isError: true)
            }
            var both = open
            both.add(read)
            let ages = exitCode == 0 ? [] : [UInt64(second) * 1_000_000_000]
            timeline.record(both.response, underWay: ages, at: Double(second))
        }
        var run = RunSummary(
            version: "0.1.0",
            profile: profile,
            profileHash: "0123456789abcdef",
            seed: 42,
            target: profile == "q260752" ? "emulated" : #"\\ns1\dfs"#,
            client: client,
            hosts: 1,
            startedAt: "2026-11-24T10:00:00Z",
            finishedAt: "2026-11-24T10:00:32Z",
            wallSeconds: 31.5004,
            exitCode: exitCode,
            reasons: [],
            operations: [
                OperationRow(name: "open", statistics: open),
                OperationRow(name: "read", statistics: read),
            ],
            sessions: [],
            generator: GeneratorRow(lagMillisecondsMax: 3.25, cpuSeconds: 1.9, dropped: 0)
        )
        run.loadSeconds = 30
        run.timeline = timeline
        return run
    }
}
