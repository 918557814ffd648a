internal import Measurement
package import Primitives
package import Watchdog

extension HangRow {
    /// A hang of the watchdog's for the outputs; `began` is when the run did.
    package init(
        _ hang: Hang,
        since began: Instant,
        expected: String?,
        files: [String],
        dump: String
    ) {
        self.init(
            id: hang.id,
            verdict: hang.verdict.rawValue,
            isConfirmed: hang.isProved,
            isExpected: hang.verdict.rawValue == expected,
            exitCode: hang.exitCode,
            atSeconds: Double(hang.instant.nanoseconds(since: began)) / 1e9,
            sentence: Self.sentence(hang),
            cycle: hang.cycle.map(Member.init),
            component: hang.component.map(\.rawValue),
            behind: hang.behind.count,
            files: files,
            dump: dump,
            graph: WaitGraph(hang)
        )
    }

    private static func sentence(_ hang: Hang) -> String {
        let behind = hang.behind.count
        let tail =
            behind == 0 ? "" : "; \(behind) session\(behind == 1 ? " waits" : "s wait") behind"
        guard hang.evidence.isEmpty else { return hang.evidence + tail }
        guard hang.isRing, hang.verdict == .deadlock || hang.verdict == .temporaryDeadlock else {
            return hang.explanation + tail
        }
        let names = hang.cycle.map(\.name)
        guard names.count > 1 else {
            return "\(names.first ?? "somebody") waits for what it holds itself\(tail)"
        }
        if names.count == 2 { return "\(names[0]) and \(names[1]) wait for each other\(tail)" }
        return "\(names.joined(separator: ", ")) wait for each other in a ring\(tail)"
    }
}

extension HangRow.Member {
    /// What it waits for first; the dump has all of it.
    init(_ member: Hang.Member) {
        let want = member.wants.first
        self.init(
            session: member.session?.rawValue,
            name: member.name,
            operation: member.operation.isEmpty ? nil : member.operation,
            path: member.path.isEmpty ? nil : member.path,
            wants: want?.resource,
            mode: want.flatMap { $0.mode.isEmpty ? nil : $0.mode },
            ageSeconds: want.map { Double($0.age) / 1e9 },
            holds: member.holds.map(\.resource)
        )
    }
}

extension WaitGraph {
    /// Members, what they wait for and who holds that; of a component as much as is listed.
    package init(_ hang: Hang) {
        var drawing = Drawing(hang)
        for member in hang.cycle { drawing.draw(member, isInCycle: hang.isRing) }
        for member in hang.others { drawing.draw(member, isInCycle: false) }
        self.init(nodes: drawing.nodes, edges: drawing.edges)
    }

    /// Nodes by the order in which they are met, so that a ring is drawn in its own order.
    private struct Drawing {
        private(set) var nodes: [Node] = []
        private(set) var edges: [Edge] = []
        private var keys: [String] = []
        private let ring: [Int32]

        init(_ hang: Hang) { ring = hang.isRing ? hang.cycle.map(\.node) : [] }

        mutating func draw(_ member: Hang.Member, isInCycle: Bool) {
            let own = party(
                member.node,
                name: member.name,
                detail: member.operation,
                isInCycle: isInCycle
            )
            for want in member.wants {
                let isOnRing = isInCycle && want.heldBy.contains { ring.contains($0.node) }
                let resource = node(
                    "r" + want.resource,
                    Node(kind: .resource, label: want.resource, isInCycle: isOnRing)
                )
                add(
                    Edge(
                        from: own,
                        to: resource,
                        kind: .wants,
                        label: want.mode
                    )
                )
                for holder in want.heldBy {
                    let other = party(
                        holder.node,
                        name: holder.name,
                        detail: "",
                        isInCycle: ring.contains(holder.node)
                    )
                    add(Edge(from: resource, to: other, kind: .heldBy, label: holder.mode))
                }
            }
        }

        private mutating func party(
            _ number: Int32,
            name: String,
            detail: String,
            isInCycle: Bool
        ) -> Int {
            let node = Node(kind: .session, label: name, detail: detail, isInCycle: isInCycle)
            let index = self.node("p\(number)", node)
            // A holder is often met before its own turn comes, when its operation is not known.
            if nodes[index].detail.isEmpty, !detail.isEmpty { nodes[index] = node }
            return index
        }

        private mutating func node(_ key: String, _ node: Node) -> Int {
            if let index = keys.firstIndex(of: key) { return index }
            keys.append(key)
            nodes.append(node)
            return nodes.count - 1
        }

        private mutating func add(_ edge: Edge) { if !edges.contains(edge) { edges.append(edge) } }
    }
}
