import Foundation
import Measurement
import ReaderSupport
import Report
import Testing

@Suite struct HTMLReportTests {
    @Test func `the reports are as recorded`() throws {
        try Golden.expect(HTMLReport.document(SampleRun.passed), is: "passed.report.html")
        try Golden.expect(HTMLReport.document(SampleRun.deadlocked), is: "deadlocked.report.html")
    }

    @Test func `nothing is loaded from anywhere`() throws {
        let document = HTMLReport.document(SampleRun.deadlocked)
        for word in ["http://", "https://", "src=", "href=", "@import", "url(http"] {
            #expect(!document.contains(word), "\(word)")
        }
        #expect(document.contains("default-src 'none'"))
    }

    @Test func `what users and servers call things is escaped`() {
        var run = SampleRun.deadlocked
        run.profile = "<script>alert(1)</script>"
        run.reasons = ["</ul><b>&\"'\u{0}"]
        let document = HTMLReport.document(run)
        #expect(!document.contains("<script>alert") && !document.contains("</ul><b>"))
        #expect(document.contains("&lt;/ul&gt;&lt;b&gt;&amp;&quot;&#39;\u{FFFD}"))
    }

    @Test func `everything is there without scripts`() throws {
        let document = HTMLReport.document(SampleRun.deadlocked)
        let body = try #require(document.components(separatedBy: "<script>").first)
        for text in [
            "64.258", #"\\ns1\dfs\eng\a &amp; b &lt;5&gt;.txt"#, "STATUS_ACCESS_DENIED",
            "GRIDLOCK HANG #1", "CONN[ns1]", "exit code 98", "p99(create)&lt;3ms",
        ] { #expect(body.contains(text), "\(text)") }
    }

    @Test func `a run without anything is a page all the same`() {
        var run = SampleRun.passed
        (run.operations, run.sessions, run.thresholds, run.stallCount) = ([], [], [], nil)
        run.timeline = LatencyTimeline()
        run.isComplete = false
        let document = HTMLReport.document(run)
        #expect(document.contains("No operation ended."))
        #expect(document.contains("Nobody watched for hangs in this run."))
        #expect(document.contains("it had not ended yet"))
        #expect(!document.contains("<svg"))
    }

    @Test func `of many sessions the slowest are shown`() {
        var run = SampleRun.passed
        run.sessions = (0..<2_500).map { number in
            SessionRow(
                id: number,
                user: "u\(number)",
                host: 0,
                statistics: run.sessions[0].statistics,
                state: "working",
                inFlight: .init(operation: "open", path: "", ageSeconds: Double(number)),
                lastError: nil
            )
        }
        let document = HTMLReport.document(run)
        #expect(document.contains("The 2000 slowest; 500 more are in summary.json."))
        #expect(document.contains("<td>u2499</td>") && !document.contains("<td>u499</td>"))
    }

    @Test(.enabled(if: ReferenceReader.hasBrowser, ReferenceReader.browserHint))
    func `a click on a column sorts the sessions`() throws {
        let click = """
            <script>
            const heads = [...document.querySelectorAll(".sortable th button")];
            heads.find((head) => head.textContent === "Errors").click();
            document.title = [...document.querySelectorAll(".sortable tbody tr")]
              .map((row) => row.cells[0].textContent).join(" ");
            </script>
            </body>
            """
        let document = HTMLReport.document(SampleRun.deadlocked)
            .replacing("</body>", with: click)
        let page = try ReferenceReader.page(document)
        #expect(page.contains("<title>3 5 4 2 1 0</title>"))
        #expect(page.contains(#"aria-sort="descending""#))
    }
}
