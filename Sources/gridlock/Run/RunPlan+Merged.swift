internal import Yams

extension RunPlan {
    /// The merged settings and the script as a profile that runs the same again.
    func mergedProfile() throws -> String {
        var root: [(Node, Node)] = [(Node("summary"), Node("merged profile of one run"))]
        var nested: [(name: String, entries: [(Node, Node)])] = []
        for (key, setting) in table.rows {
            let value =
                key.isList
                ? Node(setting.elements.map { Node($0) }) : Node(setting.text)
            guard let dot = key.rawValue.firstIndex(of: ".") else {
                root.append((Node(key.rawValue), value))
                continue
            }
            let group = String(key.rawValue[..<dot])
            let name = String(key.rawValue[key.rawValue.index(after: dot)...])
            if let index = nested.firstIndex(where: { $0.name == group }) {
                nested[index].entries.append((Node(name), value))
            } else {
                nested.append((group, [(Node(name), value)]))
            }
        }
        // The seed that was drawn belongs to the run as much as one that was given.
        if table[.seed] == nil { root.append((Node("seed"), Node(String(settings.seed)))) }
        for (name, entries) in nested { root.append((Node(name), Node(entries))) }
        if let namespaceNode { root.append((Node("namespace"), namespaceNode.yaml)) }
        for (key, node) in loadNodes { root.append((Node(key), node.yaml)) }
        return try serialize(node: Node(root))
    }
}
