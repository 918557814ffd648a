internal import Measurement
internal import Primitives

/// `report.html`: one file that needs no network, no script and no colours to be understood.
package enum HTMLReport {
    package static func document(_ run: RunSummary) -> String {
        let title = XML.escaped("gridlock \(run.profile): \(run.verdict)")
        // The policy makes sure of it: this page loads nothing from anywhere.
        let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        let parts = [
            "<!DOCTYPE html>", "<html lang=\"en\">", "<head>", "<meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy)\">",
            "<title>\(title)</title>", "<style>\n\(HTMLStyle.sheet)</style>", "</head>", "<body>",
            header(run), "<main>", HTMLHangs.section(run), thresholds(run), latency(run),
            HTMLSessions.section(run), generator(run), "</main>", footer(run),
            "<script>\n\(HTMLStyle.script)</script>", "</body>", "</html>",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
    }

    private static func header(_ run: RunSummary) -> String {
        let kind =
            !run.isComplete ? "open" : run.exitCode == 0 ? "good" : "bad"
        let sign = !run.isComplete ? "…" : run.exitCode == 0 ? "✓" : "✗"
        var parts = [
            "<header>",
            "<p class=\"product\">gridlock \(XML.escaped(run.version)) · run report</p>",
            "<h1>\(XML.escaped(run.profile))</h1>",
            "<p class=\"verdict \(kind)\"><span aria-hidden=\"true\">\(sign)</span> "
                + "<strong>\(XML.escaped(run.verdict))</strong> "
                + "<span>exit code \(run.exitCode)</span></p>",
        ]
        if !run.isComplete {
            parts.append("<p>This was written in the middle of the run: it had not ended yet.</p>")
        }
        if let expected = run.expected {
            parts.append("<p>The profile expects: \(XML.escaped(expected)).</p>")
        }
        if !run.reasons.isEmpty {
            let items = run.reasons.map { "<li>\(XML.escaped($0))</li>" }.joined(separator: "\n")
            parts.append("<ul class=\"reasons\">\n\(items)\n</ul>")
        }
        parts.append(facts(run))
        parts.append("</header>")
        return parts.joined(separator: "\n")
    }

    private static func facts(_ run: RunSummary) -> String {
        let load = run.loadSeconds ?? run.wallSeconds
        var facts = [
            ("Target", run.target), ("Client model", run.client),
            ("Sessions", "\(run.sessions.count) on \(run.hosts) host\(run.hosts == 1 ? "" : "s")"),
            ("Operations", "\(run.operationCount)"), ("Errors", "\(run.errorCount)"),
            ("Rate", "\(Decimals.text(run.operationsPerSecond, places: 1)) /s"),
            ("Load", "\(Seconds.text(load)) s"),
            ("Whole run", "\(Seconds.text(run.wallSeconds)) s"),
            ("Started", run.startedAt), ("Clock", run.isVirtualTime ? "virtual" : "real"),
            ("Seed", "\(run.seed)"), ("Profile hash", run.profileHash),
        ]
        if let hash = run.traceHash { facts.append(("Trace hash", hash)) }
        if let stalls = run.stallCount { facts.append(("Stalls", "\(stalls)")) }
        let items = facts.map {
            "<div><dt>\($0.0)</dt><dd>\(XML.escaped($0.1))</dd></div>"
        }
        return "<dl class=\"facts\">\n\(items.joined(separator: "\n"))\n</dl>"
    }

    private static func thresholds(_ run: RunSummary) -> String {
        guard !run.thresholds.isEmpty else { return "" }
        let rows = run.thresholds.map { result in
            let state = result.state.rawValue
            let sign = result.state == .passed ? "✓" : result.state == .failed ? "✗" : "?"
            return "<tr><td><code>\(XML.escaped(result.threshold.expression))</code></td>"
                + "<td class=\"number\">\(XML.escaped(result.valueText))</td>"
                + "<td class=\"number\">\(result.samples.map { "\($0)" } ?? "")</td>"
                + "<td><span class=\"state \(state)\"><span aria-hidden=\"true\">\(sign)</span> "
                + "\(state)</span></td></tr>"
        }
        return """
            <section>
            <h2>Thresholds</h2>
            <div class="scroll"><table>
            <thead><tr><th scope="col">Threshold</th><th scope="col" class="number">Value</th>\
            <th scope="col" class="number">Samples</th><th scope="col">Verdict</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            </section>
            """
    }

    private static func latency(_ run: RunSummary) -> String {
        var parts = ["<section>", "<h2>Latency</h2>"]
        parts.append(
            "<p class=\"note\">Response: from the moment an operation was due to its last answer, "
                + "so that a stalled server cannot hide. Service: from its first request. Blocked: "
                + "waiting for a lock, a credit, a connection or somebody else’s referral. "
                + "All in milliseconds; errors are counted but not timed.</p>"
        )
        if let map = HeatMapSVG(run.timeline) {
            parts.append("<h3>Response latency over time</h3>\n" + map.text)
        }
        if let drawing = PercentileSVG(run.operations) {
            parts.append("<h3>Response latency by operation</h3>\n" + drawing.text)
        }
        parts.append(operations(run))
        parts.append("</section>")
        return parts.joined(separator: "\n")
    }

    private static func operations(_ run: RunSummary) -> String {
        guard !run.operations.isEmpty else { return "<p>No operation ended.</p>" }
        let percentiles = ["p50", "p90", "p99", "p99.9", "max"]
        let groups = ["Response", "Service", "Blocked"].map {
            "<th colspan=\"5\" scope=\"colgroup\" class=\"group\">\($0)</th>"
        }
        let names = (0..<3).flatMap { _ in percentiles }.map {
            "<th scope=\"col\" class=\"number\">\($0)</th>"
        }
        let rows = run.operations.map { row in
            let statistics = row.statistics
            let cells = [statistics.response, statistics.service, statistics.blocked]
                .flatMap { histogram in
                    [50.0, 90, 99, 99.9].map { Milliseconds.text(histogram.percentile($0)) }
                        + [Milliseconds.text(histogram.maximum)]
                }
            let figures = ["\(statistics.count)", "\(statistics.errors)"] + cells
            return "<tr><th scope=\"row\">\(XML.escaped(row.name))</th>"
                + figures.map { "<td class=\"number\">\($0)</td>" }.joined() + "</tr>"
        }
        return """
            <div class="scroll"><table class="wide">
            <thead>
            <tr><th rowspan="2" scope="col">Operation</th>\
            <th rowspan="2" scope="col" class="number">Count</th>\
            <th rowspan="2" scope="col" class="number">Errors</th>\(groups.joined())</tr>
            <tr>\(names.joined())</tr>
            </thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            """
    }

    private static func generator(_ run: RunSummary) -> String {
        let lag = Decimals.text(run.generator.lagMillisecondsMax, places: 3)
        return "<section>\n<h2>Load generator</h2>\n<p>Longest lag of a due timer \(lag) ms, "
            + "\(run.generator.dropped) arrivals dropped, "
            + "\(Seconds.text(run.generator.cpuSeconds)) s of CPU time.</p>\n</section>"
    }

    private static func footer(_ run: RunSummary) -> String {
        "<footer><p>The same figures are in summary.json, metrics.txt and latency.hlog beside this "
            + "file. Ended \(XML.escaped(run.finishedAt)).</p></footer>"
    }
}
