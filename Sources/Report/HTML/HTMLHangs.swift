internal import Measurement
internal import Primitives

/// The section on hangs: what was proved, drawn and dumped.
enum HTMLHangs {
    /// A run can find the same hang many times; the first ones tell the story.
    private static let drawnMax = 20

    static func section(_ run: RunSummary) -> String {
        guard !run.hangs.isEmpty else {
            let sentence =
                run.stallCount == nil
                ? "Nobody watched for hangs in this run."
                : "No hang was found."
            return "<section>\n<h2>Hangs</h2>\n<p>\(sentence)</p>\n</section>"
        }
        var parts = ["<section>", "<h2>Hangs</h2>"]
        parts += run.hangs.prefix(drawnMax).map(article)
        if run.hangs.count > drawnMax {
            parts.append("<p>\(run.hangs.count - drawnMax) more are in summary.json.</p>")
        }
        parts.append("</section>")
        return parts.joined(separator: "\n")
    }

    private static func article(_ hang: HangRow) -> String {
        let proof = hang.isConfirmed ? "confirmed" : "suspected"
        let wish = hang.isExpected ? ", expected" : ""
        var parts = [
            "<article>",
            "<h3>Hang \(hang.id): \(XML.escaped(hang.verdict)) "
                + "<small>\(proof)\(wish), after \(Seconds.text(hang.atSeconds)) s</small></h3>",
            "<p>\(XML.escaped(hang.sentence))</p>",
        ]
        if let drawing = WaitGraphSVG(hang.graph, id: hang.id) { parts.append(drawing.text) }
        if !hang.cycle.isEmpty { parts.append(members(hang)) }
        parts.append("<p class=\"note\">\(XML.escaped(reach(hang)))</p>")
        parts.append(
            "<details open><summary>Dump</summary>\n<pre>\(XML.escaped(hang.dump))</pre></details>"
        )
        parts.append("</article>")
        return parts.joined(separator: "\n")
    }

    private static func reach(_ hang: HangRow) -> String {
        let stuck = hang.component.count
        var text = "\(stuck) session\(stuck == 1 ? "" : "s") can no longer go on"
        text += ", \(hang.behind) wait behind."
        guard !hang.files.isEmpty else { return text }
        return text + " Files: " + hang.files.joined(separator: ", ")
    }

    private static func members(_ hang: HangRow) -> String {
        let rows = hang.cycle.map { member in
            let age = member.ageSeconds.map { Seconds.text($0) + " s" } ?? ""
            let mode = member.mode.map { " (\($0))" } ?? ""
            let cells = [
                member.operation ?? "", member.path ?? "", (member.wants ?? "?") + mode, age,
                member.holds.joined(separator: ", "),
            ]
            return "<tr><th scope=\"row\">\(XML.escaped(member.name))</th>"
                + cells.map { "<td>\(XML.escaped($0))</td>" }.joined() + "</tr>"
        }
        return """
            <div class="scroll"><table>
            <thead><tr><th scope="col">Who</th><th scope="col">Operation</th>\
            <th scope="col">Path</th><th scope="col">Wants</th><th scope="col">For</th>\
            <th scope="col">Holds</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            """
    }
}
