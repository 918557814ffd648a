internal import Measurement
internal import Primitives

/// Markdown for the page of a job in GitHub Actions; any other Markdown reader will do.
package enum JobSummary {
    /// GitHub refuses more than a mebibyte; nobody reads so much.
    private static let hangsMax = 5

    package static func text(_ run: RunSummary) -> String {
        var blocks = ["## \(escaped(run.headline))"]
        if !run.reasons.isEmpty {
            blocks.append(run.reasons.prefix(20).map { "- " + escaped($0) }.joined(separator: "\n"))
        }
        blocks.append(facts(run))
        if !run.thresholds.isEmpty { blocks.append(thresholds(run)) }
        if !run.operations.isEmpty { blocks.append(operations(run)) }
        blocks += run.hangs.prefix(hangsMax).map(hang)
        if run.hangs.count > hangsMax {
            blocks.append("\(run.hangs.count - hangsMax) more hangs are in summary.json.")
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func facts(_ run: RunSummary) -> String {
        let target = code(run.target)
        return "Target \(target), client model \(code(run.client)), "
            + "\(run.sessions.count) sessions on \(run.hosts) host\(run.hosts == 1 ? "" : "s"), "
            + "seed \(run.seed), \(Seconds.text(run.wallSeconds)) s, gridlock \(run.version)."
    }

    private static func thresholds(_ run: RunSummary) -> String {
        table(
            ["threshold", "value", "verdict"],
            run.thresholds.map { result in
                [code(result.threshold.expression), result.valueText, result.state.rawValue]
            },
            numbers: [1]
        )
    }

    private static func operations(_ run: RunSummary) -> String {
        table(
            ["operation", "count", "errors", "p50 ms", "p90 ms", "p99 ms", "max ms"],
            run.operations.map { row in
                let response = row.statistics.response
                return [code(row.name), "\(row.statistics.count)", "\(row.statistics.errors)"]
                    + [50.0, 90, 99].map { Milliseconds.text(response.percentile($0)) }
                    + [Milliseconds.text(response.maximum)]
            },
            numbers: Array(1...6)
        )
    }

    private static func hang(_ hang: HangRow) -> String {
        var block = "### Hang \(hang.id): \(escaped(hang.verdict))\n\n\(escaped(hang.sentence))\n"
        if let drawing = Mermaid.text(hang.graph) { block += "\n```mermaid\n\(drawing)```\n" }
        // Four backticks: the dump may hold three.
        block += "\n<details><summary>dump</summary>\n\n````text\n\(hang.dump)\n````\n\n</details>"
        return block
    }

    private static func table(_ header: [String], _ rows: [[String]], numbers: [Int]) -> String {
        let marks = header.indices.map { numbers.contains($0) ? "---:" : "---" }
        return ([header, marks] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "\\`*_{}[]<>#|~".contains(character) { escaped += "\\" }
            escaped += character.isNewline ? " " : String(character)
        }
        return escaped
    }

    private static func code(_ text: String) -> String {
        "<code>" + XML.escaped(text).replacing("|", with: "&#124;") + "</code>"
    }
}

/// A wait-for graph for renderers of Mermaid.
package enum Mermaid {
    /// Renderers refuse more than 500 edges; more than these few nobody can read.
    private static let nodesMax = 50

    /// Nil where there is nothing to draw, or too much.
    package static func text(_ graph: WaitGraph) -> String? {
        guard !graph.nodes.isEmpty, graph.nodes.count <= nodesMax else { return nil }
        var lines = ["flowchart LR"]
        for (index, node) in graph.nodes.enumerated() {
            let words = node.detail.isEmpty ? node.label : node.label + " " + node.detail
            let label = escaped(words)
            lines.append(
                node.kind == .session
                    ? "  n\(index)([\"\(label)\"])" : "  n\(index)[\"\(label)\"]"
            )
        }
        for edge in graph.edges {
            let arrow = edge.kind == .wantsAny ? "-.->" : edge.kind == .heldBy ? "==>" : "-->"
            let words = edge.kind == .heldBy ? "held by" : "wants"
            let label = edge.label.isEmpty ? words : "\(words), \(edge.label)"
            lines.append("  n\(edge.from) \(arrow)|\"\(escaped(label))\"| n\(edge.to)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\"": escaped += "#quot;"
            case "#": escaped += "#35;"
            case "<": escaped += "#lt;"
            case ">": escaped += "#gt;"
            case "`": escaped += "#96;"
            default: escaped += character.isNewline ? " " : String(character)
            }
        }
        return escaped
    }
}
