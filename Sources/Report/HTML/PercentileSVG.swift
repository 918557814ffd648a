internal import Measurement

/// One line an operation, from its median to its maximum, on a logarithmic axis.
struct PercentileSVG {
    private static let (left, right, top, rowHeight) = (110.0, 940.0, 34.0, 30.0)

    private let rows: [OperationRow]
    private let scale: LogScale
    /// Powers of ten in nanoseconds, labelled.
    private let decades: [UInt64]

    /// Nil where no operation ended well.
    init?(_ operations: [OperationRow]) {
        rows = operations.filter { $0.statistics.response.count > 0 }
        let responses = rows.map(\.statistics.response)
        guard let low = responses.map({ $0.percentile(50) }).min(),
            let high = responses.map(\.maximum).max()
        else { return nil }
        var decades: [UInt64] = [1_000]
        while let last = decades.last, last < min(high, 3_600_000_000_000) {
            decades.append(last * 10)
        }
        while decades.count > 2, decades[1] <= low { decades.removeFirst() }
        if decades.count == 1 { decades.append(10_000) }
        self.decades = decades
        scale = LogScale(
            low: Double(decades[0]),
            high: Double(decades[decades.count - 1]),
            start: Self.left,
            end: Self.right
        )
    }

    var text: String {
        let bottom = Self.top + Double(rows.count) * Self.rowHeight
        var parts = [
            "<svg viewBox=\"0 0 960 \(SVG.number(bottom + 26))\" role=\"img\" "
                + "aria-labelledby=\"percentile-title\" class=\"chart\">",
            "<title id=\"percentile-title\">Percentiles of the response latency by operation; "
                + "the table has the figures</title>",
        ]
        for decade in decades {
            let x = scale.place(of: decade)
            parts.append(SVG.line(x, Self.top - 6, x, bottom, style: "grid"))
            let label = ShortLatency.text(decade)
            parts.append(SVG.text(label, x: x, y: bottom + 17, anchor: "middle", style: "tick"))
        }
        parts += legend
        for (index, row) in rows.enumerated() {
            parts += line(row, at: Self.top + (Double(index) + 0.5) * Self.rowHeight)
        }
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    private func line(_ row: OperationRow, at y: Double) -> [String] {
        let response = row.statistics.response
        let marks = [50.0, 90, 99].map { scale.place(of: response.percentile($0)) }
        let end = scale.place(of: response.maximum)
        var parts = [
            SVG.text(row.name, x: Self.left - 12, y: y + 4, anchor: "end", style: "label"),
            SVG.line(marks[0], y, end, y, style: "whisker"),
            SVG.line(marks[0], y, marks[1], y, style: "bar"),
            "<title>p50 \(Milliseconds.text(response.percentile(50))) ms, "
                + "p90 \(Milliseconds.text(response.percentile(90))) ms, "
                + "p99 \(Milliseconds.text(response.percentile(99))) ms, "
                + "max \(Milliseconds.text(response.maximum)) ms</title>",
        ]
        parts.append(Self.median(marks[0], y))
        parts.append(Self.diamond(marks[2], y))
        parts.append(SVG.line(end, y - 6, end, y + 6, style: "stop"))
        return ["<g>"] + parts + ["</g>"]
    }

    private static func median(_ x: Double, _ y: Double) -> String {
        "<circle cx=\"\(SVG.number(x))\" cy=\"\(SVG.number(y))\" r=\"4.5\" class=\"dot\"/>"
    }

    private static func diamond(_ x: Double, _ y: Double) -> String {
        let points = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
            .map { "\(SVG.number($0.0)),\(SVG.number($0.1))" }.joined(separator: " ")
        return "<polygon points=\"\(points)\" class=\"diamond\"/>"
    }

    private var legend: [String] {
        let y = 12.0
        return [
            Self.median(Self.left, y), SVG.text("p50", x: 120, y: y + 4, style: "tick"),
            SVG.line(160, y, 186, y, style: "bar"),
            SVG.text("to p90", x: 192, y: y + 4, style: "tick"),
            Self.diamond(256, y), SVG.text("p99", x: 268, y: y + 4, style: "tick"),
            SVG.line(312, y - 6, 312, y + 6, style: "stop"),
            SVG.text("maximum", x: 320, y: y + 4, style: "tick"),
        ]
    }
}
