internal import Measurement
internal import Primitives

/// The latency heat map: time to the right, latency upwards, darker where more operations ended.
///
/// Cells are shaded by rank, not by count: one slow operation among a million stays visible. What
/// was under way at the end of a column is outlined at its age, so that a stall, in which nothing
/// ends, is seen all the same.
struct HeatMapSVG {
    private static let (left, top, width) = (62.0, 10.0, 878.0)
    private static let rowHeight = 15.0
    private static let shades = 8

    private let columns: [LatencyTimeline.Column]
    /// The rows that hold anything, and one more on either side.
    private let rows: ClosedRange<Int>
    /// Every count that occurs, in rising order.
    private let counts: [UInt64]

    /// Nil where nothing was measured.
    init?(_ timeline: LatencyTimeline) {
        columns = timeline.columns
        let used = columns.flatMap { column in
            column.ended.indices.filter { column.ended[$0] + column.underWay[$0] > 0 }
        }
        guard let low = used.min(), let high = used.max() else { return nil }
        rows = max(0, low - 1)...min(LatencyTimeline.bounds.count, high + 1)
        var counts: [UInt64] = []
        for count in columns.flatMap(\.ended).sorted() where count > 0 && count != counts.last {
            counts.append(count)
        }
        self.counts = counts
    }

    private var height: Double { Double(rows.count) * Self.rowHeight }
    private var end: Double { max(columns.last?.end ?? 0, 0.001) }

    private func x(_ seconds: Double) -> Double { Self.left + seconds / end * Self.width }

    private func y(_ row: Int) -> Double {
        Self.top + Double(rows.upperBound - row) * Self.rowHeight
    }

    var text: String {
        let total = Self.top + height + 40
        var parts = [
            "<svg viewBox=\"0 0 960 \(SVG.number(total))\" role=\"img\" "
                + "aria-labelledby=\"heat-title heat-text\" class=\"chart\">",
            "<title id=\"heat-title\">Latency heat map</title>",
            "<desc id=\"heat-text\">Response latency over time; the table of operations has the "
                + "figures.</desc>",
            "<defs><pattern id=\"hatch\" width=\"5\" height=\"5\" "
                + "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                + "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\" class=\"hatch\"/></pattern></defs>",
            "<rect x=\"\(SVG.number(Self.left))\" y=\"\(SVG.number(Self.top))\" "
                + "width=\"\(SVG.number(Self.width))\" height=\"\(SVG.number(height))\" "
                + "class=\"field\"/>",
        ]
        parts += grid
        parts += columns.flatMap(cells)
        parts += timeAxis
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    /// A line and a label at each power of ten.
    private var grid: [String] {
        LatencyTimeline.bounds.enumerated().flatMap { index, bound -> [String] in
            let isDecade = index.isMultiple(of: 3)
            guard isDecade, rows.contains(index + 1) else { return [] }
            let y = y(index)
            return [
                SVG.line(Self.left, y, Self.left + Self.width, y, style: "grid"),
                SVG.text(
                    ShortLatency.text(bound),
                    x: Self.left - 6,
                    y: y + 4,
                    anchor: "end",
                    style: "tick"
                ),
            ]
        }
    }

    private func cells(_ column: LatencyTimeline.Column) -> [String] {
        rows.flatMap { row -> [String] in
            let (ended, open) = (column.ended[row], column.underWay[row])
            guard ended + open > 0 else { return [] }
            let (x1, x2) = (x(column.start), x(column.end))
            let place =
                "x=\"\(SVG.number(x1))\" y=\"\(SVG.number(y(row)))\" "
                + "width=\"\(SVG.number(max(1, x2 - x1 - 0.6)))\" "
                + "height=\"\(SVG.number(Self.rowHeight - 0.6))\""
            let title = "<title>\(XML.escaped(title(column, row)))</title>"
            var parts: [String] = []
            if ended > 0 {
                parts.append("<rect \(place) class=\"h\(shade(of: ended))\">\(title)</rect>")
            }
            if open > 0 { parts.append("<rect \(place) class=\"open\">\(title)</rect>") }
            return parts
        }
    }

    private func shade(of count: UInt64) -> Int {
        guard counts.count > 1, let rank = counts.firstIndex(of: count) else { return Self.shades }
        return 1 + rank * (Self.shades - 1) / (counts.count - 1)
    }

    private func title(_ column: LatencyTimeline.Column, _ row: Int) -> String {
        let bounds = LatencyTimeline.bounds
        let low = row == 0 ? "0" : ShortLatency.text(bounds[row - 1])
        let high = row < bounds.count ? " to " + ShortLatency.text(bounds[row]) : " and more"
        let (start, end) = (
            Decimals.text(column.start, places: 1), Decimals.text(column.end, places: 1)
        )
        var words = "\(start) to \(end) s, \(low)\(high): \(column.ended[row]) ended"
        if column.underWay[row] > 0 { words += ", \(column.underWay[row]) under way" }
        return words
    }

    /// Six labels or so, at round seconds.
    private var timeAxis: [String] {
        let steps: [Double] = [
            0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120,
            300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800,
        ]
        let step = steps.first { end / $0 <= 8 } ?? 86_400
        let y = Self.top + height
        var parts: [String] = []
        var count = 0.0
        while count * step <= end * 1.000_001 {
            let x = x(count * step)
            parts.append(SVG.line(x, y, x, y + 4, style: "axis"))
            let label = JSON.number(Milliseconds.rounded(count * step)).line + " s"
            parts.append(SVG.text(label, x: x, y: y + 17, anchor: "middle", style: "tick"))
            count += 1
        }
        return parts + legend(at: y + 34)
    }

    private func legend(at y: Double) -> [String] {
        let x = Self.left
        var parts = [SVG.text("few", x: x, y: y, style: "tick")]
        for shade in 1...Self.shades {
            parts.append(
                "<rect x=\"\(SVG.number(x + 16 + Double(shade) * 13))\" y=\"\(SVG.number(y - 9))\" "
                    + "width=\"12\" height=\"11\" class=\"h\(shade)\"/>"
            )
        }
        parts.append(SVG.text("many operations that ended", x: x + 138, y: y, style: "tick"))
        parts.append(
            "<rect x=\"\(SVG.number(x + 330))\" y=\"\(SVG.number(y - 9))\" width=\"12\" "
                + "height=\"11\" class=\"open\"/>"
        )
        parts.append(
            SVG.text("under way, at least that old", x: x + 348, y: y, style: "tick")
        )
        return parts
    }
}
