internal import Measurement
internal import Primitives

/// The tables that a headless run prints when it ends: per session, then per operation.
package enum SummaryTable {
    package static func text(_ summary: RunSummary) -> String {
        var lines = TextTable(header: sessionHeader, rows: summary.sessions.map(row)).lines
        lines.append("")
        lines += TextTable(header: operationHeader, rows: summary.operations.map(row)).lines
        lines.append("")
        if !summary.thresholds.isEmpty {
            let rows = summary.thresholds.map { result in
                [result.threshold.expression, result.valueText, result.state.rawValue]
            }
            lines += TextTable(header: ["threshold", "value", "verdict"], rows: rows).lines
            lines.append("")
        }
        lines.append(total(summary))
        return lines.joined(separator: "\n") + "\n"
    }

    private static let sessionHeader = [
        "session", "user", "operations", "errors", "p50 ms", "p99 ms", "max ms", "state",
    ]
    private static let operationHeader = [
        "operation", "count", "errors", "p50 ms", "p90 ms", "p99 ms", "max ms", "blocked p99 ms",
    ]

    private static func row(_ session: SessionRow) -> [String] {
        let response = session.statistics.response
        return [
            "s\(session.id)", session.user, "\(session.statistics.operations)",
            "\(session.statistics.errors)", figure(response.percentile(50)),
            figure(response.percentile(99)), figure(response.maximum), session.state,
        ]
    }

    private static func row(_ operation: OperationRow) -> [String] {
        let (response, blocked) = (operation.statistics.response, operation.statistics.blocked)
        return [
            operation.name, "\(operation.statistics.count)", "\(operation.statistics.errors)",
            figure(response.percentile(50)), figure(response.percentile(90)),
            figure(response.percentile(99)), figure(response.maximum),
            figure(blocked.percentile(99)),
        ]
    }

    private static func total(_ summary: RunSummary) -> String {
        let seconds = Decimals.text(summary.wallSeconds, places: 1)
        let rate = summary.operationsPerSecond
        return "\(summary.sessions.count) sessions, \(summary.operationCount) operations, "
            + "\(summary.errorCount) errors in \(seconds) s "
            + "(\(Decimals.text(rate, places: 0)) operations/s), seed \(summary.seed)"
    }

    private static func figure(_ nanoseconds: UInt64) -> String {
        Milliseconds.text(nanoseconds)
    }
}

/// Columns of text: words to the left, numbers to the right.
struct TextTable {
    let header: [String]
    let rows: [[String]]

    var lines: [String] {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([header] + rows).map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                if column > 0 { line += "  " }
                line += isNumeric(column) ? gap + cell : cell + gap
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func isNumeric(_ column: Int) -> Bool {
        !rows.isEmpty && rows.allSatisfy { $0[column].first.map { $0.isNumber } ?? false }
    }
}
