/// A hang for Graphviz: parties are boxes, resources ellipses, the shortest ring is bold.
package enum DOTDump {
    /// Graphviz lays out a few hundred nodes well enough to be read.
    private static let nodesMax = 200

    package static func text(of hang: Hang) -> String {
        let graph = HangGraph(hang, nodesMax: nodesMax)
        var text = "digraph hang {\n"
        text += "  label=\(quote(title(hang, omitted: graph.omitted)));\n"
        text += "  labelloc=t;\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n"
        for (place, node) in graph.nodes.enumerated() {
            let label = node.detail.isEmpty ? node.label : node.label + "\n" + node.detail
            text += "  n\(place) [label=\(quote(label)), "
            text += "shape=\(node.isResource ? "ellipse" : "box")"
            text += node.isCore ? ", style=bold, color=red];\n" : "];\n"
        }
        for edge in graph.edges {
            text += "  n\(edge.from) -> n\(edge.to) [label=\(quote(edge.label))"
            text += edge.isWant ? "" : ", style=dashed"
            text += edge.isCore ? ", color=red, penwidth=2];\n" : "];\n"
        }
        return text + "}\n"
    }

    private static func title(_ hang: Hang, omitted: Int) -> String {
        var lines = ["hang #\(hang.id): \(hang.sentence)"]
        if omitted > 0 { lines.append("\(omitted) more of the component are not drawn") }
        lines.append("solid: wants; dashed: is held by")
        return lines.joined(separator: "\n")
    }

    /// A quoted string of the DOT language, in which labels also know escapes and entities.
    static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "&": quoted += "&amp;"
            default:
                // NUL would end the file for Graphviz, others would break the drawing.
                quoted.unicodeScalars.append(Format.isControl(scalar) ? "?" : scalar)
            }
        }
        return quoted + "\""
    }
}
