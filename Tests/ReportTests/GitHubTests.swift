import ReaderSupport
import Report
import Testing

@Suite struct GitHubTests {
    @Test func `annotations and job summary are as recorded`() throws {
        let lines = GitHubAnnotations.lines(SampleRun.deadlocked).joined(separator: "\n")
        try Golden.expect(lines + "\n", is: "deadlocked.annotations.txt")
        try Golden.expect(JobSummary.text(SampleRun.deadlocked), is: "deadlocked.summary.md")
        try Golden.expect(JobSummary.text(SampleRun.passed), is: "passed.summary.md")
    }

    @Test func `a verdict is one line, the gravest first, five at most`() {
        var run = SampleRun.deadlocked
        for code in [129, 130, 143, 96] as [Int32] {
            run.verdicts.append(RunVerdict(name: "v\(code), 100%", exitCode: code, sentence: "%\n"))
        }
        let lines = GitHubAnnotations.lines(run)
        #expect(lines.count == 5)
        #expect(lines.allSatisfy { $0.hasPrefix("::error title=gridlock q260752%3A ") })
        #expect(lines[0].contains("deadlock::S0 and S1") && !lines[0].contains("\n"))
        #expect(lines[2] == "::error title=gridlock q260752%3A v96%2C 100%25::%25%0A")
    }

    @Test func `a run that passed is a notice`() {
        #expect(
            GitHubAnnotations.lines(SampleRun.passed) == [
                "::notice title=gridlock::gridlock samba-smoke: pass; "
                    + "4 sessions, 751 operations, 1 errors in 31.5 s"
            ]
        )
    }

    @Test func `too large a graph is not drawn`() {
        let node = WaitGraph.Node(kind: .session, label: "S", isInCycle: false)
        let graph = WaitGraph(nodes: Array(repeating: node, count: 51), edges: [])
        #expect(Mermaid.text(graph) == nil)
        #expect(Mermaid.text(WaitGraph(nodes: [], edges: [])) == nil)
        #expect(Mermaid.text(SampleRun.hang.graph)?.hasPrefix("flowchart LR\n  n0([\"S0") == true)
    }
}
