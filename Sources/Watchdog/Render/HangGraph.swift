/// A hang to draw: parties and resources, each party pointing at what it wants, each resource at
/// those who have it.
package struct HangGraph: Hashable, Sendable {
    package struct Node: Hashable, Sendable {
        package var isResource: Bool
        /// Of the shortest ring, or what its members want.
        package var isCore: Bool
        /// `S17`, `CONN[fs2]`.
        package var label: String
        /// A second line; may be empty.
        package var detail: String
    }

    package struct Edge: Hashable, Sendable {
        /// Indices of nodes.
        package var from: Int
        package var to: Int
        /// Wants; otherwise "is held by".
        package var isWant: Bool
        package var isCore: Bool
        /// `X 30.0 s`.
        package var label: String
    }

    package private(set) var nodes: [Node] = []
    package private(set) var edges: [Edge] = []
    /// Members of ring and component that did not fit.
    package private(set) var omitted = 0

    private let nodesMax: Int
    /// For looking up only.
    private var places: [String: Int] = [:]

    /// The ring first, then its component, until `nodesMax` nodes are drawn.
    package init(_ hang: Hang, nodesMax: Int) {
        self.nodesMax = nodesMax
        for member in hang.cycle { add(member, isCore: true) }
        for member in hang.others { add(member, isCore: false) }
        let listed = hang.cycle.count + hang.others.count
        omitted += max(0, hang.rootCount - listed)
        for place in edges.indices where !edges[place].isWant {
            edges[place].isCore = nodes[edges[place].from].isCore && nodes[edges[place].to].isCore
        }
    }

    private func key(_ node: Int32) -> String { "party \(node)" }

    private mutating func add(_ member: Hang.Member, isCore: Bool) {
        let what = [member.operation, member.path].filter { !$0.isEmpty }
        let detail = what.joined(separator: " ") + member.state.note
        guard let party = place(key(member.node), member.name, detail, isCore) else {
            omitted += 1
            return
        }
        for want in member.wants {
            guard let resource = place(want.resource, isCore) else { continue }
            let label = "\(want.mode) \(Format.seconds(want.age))"
            edges.append(
                Edge(from: party, to: resource, isWant: true, isCore: isCore, label: label)
            )
            for holder in want.heldBy {
                let name = "\(holder.name)\(holder.state.note)"
                guard let end = place(key(holder.node), name, "", false) else { continue }
                let label = "\(holder.mode) \(Format.seconds(holder.age))"
                addHold(from: resource, to: end, label)
            }
        }
    }

    private mutating func addHold(from resource: Int, to party: Int, _ label: String) {
        let isThere = edges.contains { $0.from == resource && $0.to == party && !$0.isWant }
        guard !isThere else { return }
        edges.append(
            Edge(from: resource, to: party, isWant: false, isCore: false, label: label)
        )
    }

    private mutating func place(_ resource: String, _ isCore: Bool) -> Int? {
        place(
            "resource " + resource,
            Node(isResource: true, isCore: isCore, label: resource, detail: "")
        )
    }

    private mutating func place(
        _ key: String,
        _ name: String,
        _ detail: String,
        _ isCore: Bool
    ) -> Int? {
        place(key, Node(isResource: false, isCore: isCore, label: name, detail: detail))
    }

    /// Nil when the drawing is full.
    ///
    /// A node that was known by name only learns the rest.
    private mutating func place(_ key: String, _ node: Node) -> Int? {
        if let place = places[key] {
            if node.isCore { nodes[place].isCore = true }
            if nodes[place].detail.isEmpty { nodes[place].detail = node.detail }
            return place
        }
        guard nodes.count < nodesMax else { return nil }
        places[key] = nodes.count
        nodes.append(node)
        return nodes.count - 1
    }
}
