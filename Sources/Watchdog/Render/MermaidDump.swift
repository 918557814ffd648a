/// A hang as a Mermaid flow chart, which GitHub draws in a comment: the ring and its component,
/// at most 50 nodes.
package enum MermaidDump {
    static let nodesMax = 50

    package static func text(of hang: Hang) -> String {
        // One node is kept for the count of the rest.
        let graph = HangGraph(hang, nodesMax: nodesMax - 1)
        var text = "flowchart LR\n"
        for (place, node) in graph.nodes.enumerated() {
            let label = [node.label, node.detail].filter { !$0.isEmpty }.map(escape)
                .joined(separator: "<br/>")
            text += "  n\(place)"
            text += node.isResource ? "([\"\(label)\"])" : "[\"\(label)\"]"
            text += node.isCore ? ":::core\n" : "\n"
        }
        if graph.omitted > 0 { text += "  more[\"\(graph.omitted) more are not drawn\"]\n" }
        for edge in graph.edges {
            let arrow = edge.isWant ? "-->" : "-.->"
            text += "  n\(edge.from) \(arrow)|\"\(escape(edge.label))\"| n\(edge.to)\n"
        }
        return text + "  classDef core stroke:#c00,stroke-width:3px\n"
    }

    /// Mermaid's own entities (`#quot;`); everything that could end a label or start markup.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "#", "&", "<", ">", "`", "|", ";", "\\":
                escaped += "#\(scalar.value);"
            default:
                escaped.unicodeScalars.append(Format.isControl(scalar) ? " " : scalar)
            }
        }
        return escaped
    }
}
