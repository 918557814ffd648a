import ReaderSupport
import Report
import Testing

@Suite struct MetricsTests {
    @Test func `the pages are as recorded`() throws {
        try Golden.expect(Metrics.text(SampleRun.passed), is: "passed.metrics.txt")
        try Golden.expect(Metrics.text(SampleRun.deadlocked), is: "deadlocked.metrics.txt")
    }

    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
    func `the parser of the Prometheus client accepts every family`() throws {
        for run in [SampleRun.passed, SampleRun.deadlocked] {
            var run = run
            run.target = "a \"quoted\" \\\\path\nof two lines"
            let read = try ReferenceReader.run(
                """
                import sys
                from prometheus_client.openmetrics.parser import text_string_to_metric_families
                text = open(sys.argv[1], newline="").read()
                families = {f.name: f for f in text_string_to_metric_families(text)}
                print(len(families), families["gridlock_run"].samples[0].labels["target"])
                total = sum(s.value for s in families["gridlock_operations"].samples)
                print(int(total))
                for s in families["gridlock_latency_seconds"].samples:
                    if s.labels.get("quantile") == "0.99":
                        print(s.labels["operation"], s.labels["latency"], s.value)
                """,
                on: Metrics.text(run)
            )
            let lines = read.split(separator: "\n")
            #expect(lines.prefix(3) == ["17 a \"quoted\" \\\\path", "of two lines", "751"])
            #expect(lines.contains("open response 0.064258"))
        }
    }
}
