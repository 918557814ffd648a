import Measurement
import Testing

@Suite struct ThresholdTests {
    private static let words: [Threshold.OperationWord] = [
        ("create", "open"), ("open", "open"), ("read", "read"), ("logon", "logon"),
    ]

    private func parse(_ text: String) throws -> Threshold {
        try Threshold(parsing: text, operations: Self.words)
    }

    @Test func `an expression is read whole`() throws {
        let threshold = try parse(" p99( service : create ) <= 0.25 s abort after 10s ")
        #expect(threshold.expression == "p99(service:create)<=0.25s")
        #expect(threshold.figure == .percentile(99))
        #expect(threshold.latency == .service)
        #expect(threshold.operation == "open")
        #expect(threshold.comparison == .atMost)
        #expect(threshold.limit == 250)
        #expect(threshold.unit == .milliseconds)
        #expect(threshold.abortAfter == .seconds(10))
    }

    @Test(arguments: [
        ("p50<1ms", 50.0), ("p75<1ms", 75), ("p999<1ms", 99.9), ("p9999(read)<1ms", 99.99),
        ("p05<1ms", nil), ("p100<1ms", nil), ("p1<1ms", nil),
    ])
    func `a percentile's point stands behind the second digit`(text: String, percent: Double?) {
        #expect((try? parse(text))?.figure == percent.map { .percentile($0) })
    }

    @Test(arguments: [
        ("stalls == 0 abort", Duration.zero), ("stalls == 0 abort after 2min", .seconds(120)),
        ("stalls == 0", nil),
    ])
    func `aborting is asked for, at once or after a while`(text: String, delay: Duration?) throws {
        #expect(try parse(text).abortAfter == delay)
        #expect(try parse(text).expression == "stalls==0")
    }

    @Test(arguments: [
        (
            "", 1,
            "expected one of p50, p90, p95, p99, p999, mean, min, max, errors, count, rate, "
                + "stalls, hangs, lag, dropped, found the end"
        ),
        ("erors < 1%", 1, "unknown figure “erors”; did you mean “errors”?"),
        ("p99(crate) < 1ms", 5, "unknown operation “crate”; did you mean “create”?"),
        ("p99() < 1ms", 5, "expected one of create, open, read, logon, found “) < 1ms”"),
        ("p99(sevice:read) < 1ms", 5, "unknown latency “sevice”; did you mean “service”?"),
        ("p99(read < 1ms", 10, "expected “)”, found “< 1ms”"),
        (
            "stalls(read) == 0", 7,
            "this figure is of the whole run; expected a comparison, found “(read) == 0”"
        ),
        ("p99(read) 1ms", 11, "expected one of <= >= == != < >, found “1ms”"),
        ("p99(read) < 250", 13, "expected a duration such as 250ms or 2s, found “250”"),
        ("errors < 101%", 10, "expected a share from 0% to 100%, found “101%”"),
        ("errors < few", 10, "expected a whole number or a share such as 1%, found “few”"),
        ("rate(read) > 500", 14, "expected a rate such as 500/s, found “500”"),
        ("hangs == 1.5", 10, "expected a whole number, found “1.5”"),
        ("lag <", 6, "expected a duration such as 250ms or 2s, found the end"),
        (
            "lag < 25ms please", 12,
            "expected the end, or abort after a duration, found “please”"
        ),
        ("lag < 25ms abort after", 23, "expected a duration such as 10s, found the end"),
        (
            "lag < 25ms abort before 2s", 18,
            "expected the end, or after and a duration, found “before 2s”"
        ),
        ("lag < 25ms )", 12, "expected the end, or abort after a duration, found “)”"),
    ])
    func `a wrong expression says where and what`(text: String, column: Int, sentence: String) {
        #expect(throws: ThresholdError(expression: text, column: column, sentence: sentence)) {
            try parse(text)
        }
    }

    /// A hundred reads of 1 to 100 ms and four more that failed, in two seconds of load.
    private var run: MeasuredRun {
        var statistics = OperationStatistics()
        for milliseconds in 1...100 as ClosedRange<UInt64> {
            let latencies = Latencies(
                service: milliseconds * 500_000,
                response: milliseconds * 1_000_000,
                blocked: 0
            )
            statistics.record(latencies, isError: false)
        }
        for _ in 0..<4 {
            statistics.record(Latencies(service: 1, response: 1, blocked: 1), isError: true)
        }
        let read = MeasuredRun.Operation(name: "read", statistics: statistics)
        return MeasuredRun(
            operations: [read],
            loadSeconds: 2,
            stalls: 1,
            hangs: 0,
            lag: 3_000_000,
            dropped: nil
        )
    }

    private static let outcomes: [(String, ThresholdResult.State, Double?)] = [
        ("max(read) <= 100ms", .passed, 100),
        ("max(service:read) < 50ms", .failed, 50),
        ("min >= 1ms", .passed, 1),
        ("mean > 51ms", .failed, 50.5),
        ("p99(blocked) == 0ms", .passed, 0),
        ("errors < 3%", .failed, 4 * 100 / 104.0),
        ("errors(read) <= 4", .passed, 4),
        ("rate > 51/s", .passed, 52),
        ("rate(read) > 52/s", .failed, 52),
        ("count >= 104", .passed, 104),
        ("count(open) == 0", .passed, 0),
        ("stalls == 0", .failed, 1),
        ("hangs == 0", .passed, 0),
        ("lag < 25ms", .passed, 3),
        ("dropped == 0", .inconclusive, nil),
        ("p99(open) < 1s", .inconclusive, nil),
        ("rate(open) < 1/s", .inconclusive, nil),
        ("errors(open) < 1%", .inconclusive, nil),
    ]

    @Test(arguments: outcomes)
    func `a threshold passes, fails or proves nothing`(
        text: String,
        state: ThresholdResult.State,
        value: Double?
    ) throws {
        let result = try parse(text).result(on: run, samplesMin: 1)
        #expect(result.state == state)
        #expect(result.value == value)
    }

    @Test func `fewer operations than asked for prove nothing`() throws {
        let threshold = try parse("p99(read) < 1s")
        #expect(threshold.result(on: run, samplesMin: 100).state == .passed)
        let result = threshold.result(on: run, samplesMin: 101)
        #expect(result.state == .inconclusive)
        #expect(result.samples == 100)
    }

    @Test func `only a failure ends a run, and only after its delay`() throws {
        let (late, never) = (try parse("p99<1ms abort after 10s"), try parse("p99<1ms"))
        let result = late.result(on: run, samplesMin: 1)
        #expect(!late.aborts(on: result, after: .seconds(9)))
        #expect(late.aborts(on: result, after: .seconds(10)))
        #expect(!never.aborts(on: result, after: .seconds(10)))
        let nothing = MeasuredRun(operations: [], loadSeconds: 20)
        let inconclusive = late.result(on: nothing, samplesMin: 1)
        #expect(!late.aborts(on: inconclusive, after: .seconds(20)))
    }

    @Test func `the default holds unless a limit on all errors is written`() throws {
        let (own, other) = (try parse("errors < 50%"), try parse("errors(read) < 50%"))
        #expect(Thresholds.withStandard([]) == [Thresholds.standard])
        #expect(Thresholds.withStandard([own]) == [own])
        #expect(Thresholds.withStandard([other]) == [Thresholds.standard, other])
        #expect(try parse("errors<1%") == Thresholds.standard)
    }
}
