internal import Measurement
internal import Primitives

/// The table of sessions: complete without scripts, sorted by a click with them.
enum HTMLSessions {
    /// A browser shows this many rows at once without pain; the worst come first.
    private static let rowsMax = 2_000

    static func section(_ run: RunSummary) -> String {
        guard !run.sessions.isEmpty else { return "" }
        let shown = worst(run.sessions)
        let left = run.sessions.count - shown.count
        let note =
            left > 0
            ? "<p class=\"note\">The \(shown.count) slowest; \(left) more are in "
                + "summary.json.</p>\n" : ""
        let header = columns.map { name, isNumber in
            "<th scope=\"col\"\(isNumber ? " class=\"number\"" : "")>\(name)</th>"
        }
        return """
            <section>
            <h2>Sessions</h2>
            \(note)<div class="scroll"><table class="sortable">
            <thead><tr>\(header.joined())</tr></thead>
            <tbody>
            \(shown.map(row).joined(separator: "\n"))
            </tbody>
            </table></div>
            </section>
            """
    }

    private static let columns: KeyValuePairs<String, Bool> = [
        "Session": true, "User": false, "Host": true, "State": false, "Operations": true,
        "Errors": true, "p50 ms": true, "p99 ms": true, "max ms": true, "In flight": false,
        "Age s": true, "Last error": false,
    ]

    /// In the order of their numbers, if there are not too many of them.
    private static func worst(_ sessions: [SessionRow]) -> [SessionRow] {
        guard sessions.count > rowsMax else { return sessions }
        let badness = sessions.map { session in
            (session.inFlight?.ageSeconds ?? 0, session.statistics.response.percentile(99))
        }
        let order = sessions.indices.sorted { left, right in
            badness[left] != badness[right] ? badness[left] > badness[right] : left < right
        }
        return order.prefix(rowsMax).map { sessions[$0] }
    }

    private static func row(_ session: SessionRow) -> String {
        let response = session.statistics.response
        let flight = session.inFlight.map { "\($0.operation) \($0.path)" } ?? ""
        let age = session.inFlight.map { Seconds.text($0.ageSeconds) } ?? ""
        let errors = session.statistics.errors
        return "<tr><th scope=\"row\" class=\"number\">\(session.id)</th>"
            + "<td>\(XML.escaped(session.user))</td><td class=\"number\">\(session.host)</td>"
            + "<td>\(XML.escaped(session.state))</td>"
            + "<td class=\"number\">\(session.statistics.operations)</td>"
            + "<td class=\"number\(errors > 0 ? " wrong" : "")\">\(errors)</td>"
            + "<td class=\"number\">\(Milliseconds.text(response.percentile(50)))</td>"
            + "<td class=\"number\">\(Milliseconds.text(response.percentile(99)))</td>"
            + "<td class=\"number\">\(Milliseconds.text(response.maximum))</td>"
            + "<td class=\"path\">\(XML.escaped(flight))</td><td class=\"number\">\(age)</td>"
            + "<td class=\"path\">\(XML.escaped(session.lastError ?? ""))</td></tr>"
    }
}
