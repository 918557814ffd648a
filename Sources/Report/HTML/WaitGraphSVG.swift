/// A wait-for graph: the cycle on an ellipse, everybody else in rows below it.
struct WaitGraphSVG {
    private struct Box {
        var x: Double
        var y: Double
        let width: Double
        let height = 42.0
    }

    private static let width = 960.0
    /// More than this nobody can read; the dump and the DOT file have them all.
    private static let nodesMax = 40
    private static let perRow = 6

    private let graph: WaitGraph
    private let id: Int
    private let boxes: [Box]
    private let height: Double
    private let drawn: Int

    /// Nil where there is nothing to draw.
    init?(_ graph: WaitGraph, id: Int) {
        guard !graph.nodes.isEmpty else { return nil }
        self.graph = graph
        self.id = id
        drawn = min(graph.nodes.count, Self.nodesMax)
        let nodes = graph.nodes.prefix(drawn)
        var boxes = nodes.map { node in
            let letters = max(node.label.count, node.detail.count)
            return Box(x: 0, y: 0, width: min(230, max(84, Double(letters) * 7.6 + 26)))
        }
        let cycle = nodes.indices.filter { nodes[$0].isInCycle }
        let others = nodes.indices.filter { !nodes[$0].isInCycle }
        let radius = max(92, Double(cycle.count) * 22)
        Self.placeOnEllipse(cycle, radius, &boxes)
        let bottom = cycle.isEmpty ? 10 : 2 * radius + 76
        height = Self.placeInRows(others, below: bottom, &boxes)
        self.boxes = boxes
    }

    private static func placeOnEllipse(
        _ cycle: [Int],
        _ radius: Double,
        _ boxes: inout [Box]
    ) {
        for (index, node) in cycle.enumerated() {
            // The first one is at the left, the others follow clockwise.
            let point = Circle.point(Double(index) / Double(cycle.count))
            boxes[node].x = width / 2 - point.x * 300
            boxes[node].y = radius + 32 - point.y * radius
        }
    }

    private static func placeInRows(
        _ others: [Int],
        below bottom: Double,
        _ boxes: inout [Box]
    ) -> Double {
        for (index, node) in others.enumerated() {
            let inRow = min(perRow, others.count - index / perRow * perRow)
            let step = width / Double(inRow)
            boxes[node].x = (Double(index % perRow) + 0.5) * step
            boxes[node].y = bottom + 30 + Double(index / perRow) * 82
        }
        let rows = (others.count + perRow - 1) / perRow
        return bottom + Double(rows) * 82 + (rows > 0 ? 6 : 0)
    }

    var text: String {
        var parts = [
            "<svg viewBox=\"0 0 \(SVG.number(Self.width)) \(SVG.number(height))\" role=\"img\" "
                + "aria-labelledby=\"graph-\(id)\" class=\"chart graph\">",
            "<title id=\"graph-\(id)\">\(XML.escaped(words))</title>",
            marker("wants"), marker("held"),
        ]
        // The ring lies on top: whoever is behind it would cover it with dozens of lines.
        parts += graph.edges.filter { !isOfRing($0) }.flatMap(line)
        for edge in graph.edges where isOfRing(edge) { parts += line(edge) + label(edge) }
        for index in 0..<drawn { parts += node(graph.nodes[index], boxes[index]) }
        parts.append("</svg>")
        if graph.nodes.count > drawn {
            parts.append(
                "<p class=\"note\">\(graph.nodes.count - drawn) more nodes are not drawn.</p>"
            )
        }
        return parts.joined(separator: "\n")
    }

    /// What the picture shows, for those who cannot see it.
    private var words: String {
        let sentences = graph.edges.filter { $0.from < drawn && $0.to < drawn }.map { edge in
            let (from, to) = (graph.nodes[edge.from].label, graph.nodes[edge.to].label)
            return edge.kind == .heldBy ? "\(from) is held by \(to)" : "\(from) wants \(to)"
        }
        return "Wait-for graph: " + sentences.joined(separator: "; ")
    }

    private func marker(_ name: String) -> String {
        "<marker id=\"\(name)-\(id)\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" "
            + "markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">"
            + "<path d=\"M0 0L10 5L0 10z\" class=\"arrow-\(name)\"/></marker>"
    }

    private func node(_ node: WaitGraph.Node, _ box: Box) -> [String] {
        let isSession = node.kind == .session
        let style = (isSession ? "session" : "resource") + (node.isInCycle ? " stuck" : "")
        let hasDetail = !node.detail.isEmpty
        var parts = [
            "<rect x=\"\(SVG.number(box.x - box.width / 2))\" "
                + "y=\"\(SVG.number(box.y - box.height / 2))\" "
                + "width=\"\(SVG.number(box.width))\" height=\"\(SVG.number(box.height))\" "
                + "rx=\"\(isSession ? 21 : 4)\" class=\"\(style)\"/>",
            SVG.text(
                Self.shortened(node.label),
                x: box.x,
                y: box.y + (hasDetail ? -2 : 5),
                anchor: "middle",
                style: "name"
            ),
        ]
        if hasDetail {
            let detail = Self.shortened(node.detail)
            parts.append(
                SVG.text(detail, x: box.x, y: box.y + 13, anchor: "middle", style: "tick")
            )
        }
        return parts
    }

    private static func shortened(_ text: String) -> String {
        text.count > 28 ? text.prefix(27) + "…" : text
    }

    private func isOfRing(_ edge: WaitGraph.Edge) -> Bool {
        graph.nodes[edge.from].isInCycle && graph.nodes[edge.to].isInCycle
    }

    private func isDrawn(_ edge: WaitGraph.Edge) -> Bool {
        edge.from < drawn && edge.to < drawn && edge.from != edge.to
    }

    private func ends(_ edge: WaitGraph.Edge) -> (start: Point, end: Point) {
        let (from, to) = (boxes[edge.from], boxes[edge.to])
        return (Self.border(of: from, towards: to), Self.border(of: to, towards: from))
    }

    private func line(_ edge: WaitGraph.Edge) -> [String] {
        guard isDrawn(edge) else { return [] }
        let (start, end) = ends(edge)
        let name = edge.kind == .heldBy ? "held" : "wants"
        let style = name + (edge.kind == .wantsAny ? " any" : "") + (isOfRing(edge) ? "" : " aside")
        return [
            "<line x1=\"\(SVG.number(start.x))\" y1=\"\(SVG.number(start.y))\" "
                + "x2=\"\(SVG.number(end.x))\" y2=\"\(SVG.number(end.y))\" "
                + "class=\"edge-\(style)\" marker-end=\"url(#\(name)-\(id))\"/>"
        ]
    }

    private func label(_ edge: WaitGraph.Edge) -> [String] {
        guard isDrawn(edge) else { return [] }
        let (start, end) = ends(edge)
        let words =
            edge.kind == .heldBy
            ? "held by" : edge.kind == .wantsAny ? "wants any of" : "wants"
        let label = edge.label.isEmpty ? words : "\(words), \(edge.label)"
        let (x, y) = ((start.x + end.x) / 2, (start.y + end.y) / 2)
        let width = Double(label.count) * 6.2 + 10
        return [
            "<rect x=\"\(SVG.number(x - width / 2))\" y=\"\(SVG.number(y - 9))\" "
                + "width=\"\(SVG.number(width))\" height=\"18\" class=\"edge-back\"/>",
            SVG.text(label, x: x, y: y + 4, anchor: "middle", style: "edge-label"),
        ]
    }

    private typealias Point = (x: Double, y: Double)

    /// Where the line from a box's middle to another's leaves the box.
    private static func border(of box: Box, towards other: Box) -> Point {
        let (dx, dy) = (other.x - box.x, other.y - box.y)
        let wide = dx == 0 ? .infinity : (box.width / 2 + 3) / abs(dx)
        let high = dy == 0 ? .infinity : (box.height / 2 + 3) / abs(dy)
        let share = min(wide, high, 0.5)
        return (box.x + dx * share, box.y + dy * share)
    }
}

/// Points of the unit circle without a library of functions.
enum Circle {
    /// The point after `turn` of a whole turn: cosine and sine.
    static func point(_ turn: Double) -> (x: Double, y: Double) {
        let quarter = Int(turn * 4) % 4
        let angle = (turn * 4 - (turn * 4).rounded(.down)) * .pi / 2
        let square = angle * angle
        // Taylor's series: six terms are right to nine digits within a quarter.
        var (cosine, sine) = (1.0, angle)
        var (even, odd) = (1.0, angle)
        for pair in stride(from: 2.0, through: 14, by: 2) {
            even *= -square / (pair * (pair - 1))
            odd *= -square / (pair * (pair + 1))
            cosine += even
            sine += odd
        }
        switch quarter {
        case 0: return (cosine, sine)
        case 1: return (-sine, cosine)
        case 2: return (-cosine, -sine)
        default: return (sine, -cosine)
        }
    }
}
