/// One hang as the outputs tell of it; the watchdog's own words are in `dump`.
package struct HangRow: Hashable, Sendable {
    /// One who waits, and what it holds meanwhile.
    package struct Member: Hashable, Sendable {
        /// Nil for what is no session: a server, a worker.
        package let session: Int?
        /// `S17`.
        package let name: String
        package let operation: String?
        package let path: String?
        /// `CONN[ns1]`; nil for one who waits for nothing that we know.
        package let wants: String?
        package let mode: String?
        package let ageSeconds: Double?
        package let holds: [String]

        package init(
            session: Int?,
            name: String,
            operation: String? = nil,
            path: String? = nil,
            wants: String?,
            mode: String? = nil,
            ageSeconds: Double? = nil,
            holds: [String]
        ) {
            self.session = session
            self.name = name
            self.operation = operation
            self.path = path
            self.wants = wants
            self.mode = mode
            self.ageSeconds = ageSeconds
            self.holds = holds
        }
    }

    /// From 1.
    package let id: Int
    /// `deadlock`.
    package let verdict: String
    /// Seen in two readings, or read in one piece.
    package let isConfirmed: Bool
    package let isExpected: Bool
    /// 98 if it is proved and no timer ends it, else 97.
    package let exitCode: Int32
    /// Seconds since the run began.
    package let atSeconds: Double
    /// What happened, in one sentence.
    package let sentence: String
    /// The shortest cycle, in its order; empty where the verdict is none of a cycle.
    package let cycle: [Member]
    /// Session numbers of all who can no longer go on by themselves.
    package let component: [Int]
    /// How many sessions wait for those.
    package let behind: Int
    /// Below the run directory.
    package var files: [String]
    /// The text dump.
    package let dump: String
    package let graph: WaitGraph

    /// Without a graph of its own, a hang is drawn as its cycle.
    package init(
        id: Int,
        verdict: String,
        isConfirmed: Bool,
        isExpected: Bool = false,
        exitCode: Int32 = 98,
        atSeconds: Double,
        sentence: String,
        cycle: [Member],
        component: [Int],
        behind: Int,
        files: [String] = [],
        dump: String,
        graph: WaitGraph? = nil
    ) {
        self.id = id
        self.verdict = verdict
        self.isConfirmed = isConfirmed
        self.isExpected = isExpected
        self.exitCode = exitCode
        self.atSeconds = atSeconds
        self.sentence = sentence
        self.cycle = cycle
        self.component = component
        self.behind = behind
        self.files = files
        self.dump = dump
        self.graph = graph ?? WaitGraph(cycle: cycle)
    }
}

/// Who waits for what, and who holds it: nodes and edges to draw.
package struct WaitGraph: Hashable, Sendable {
    package struct Node: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case session
            case resource
        }

        package let kind: Kind
        /// `S17`, `CONN[ns1]`.
        package let label: String
        /// A second line, such as the operation; may be empty.
        package let detail: String
        package let isInCycle: Bool

        package init(kind: Kind, label: String, detail: String = "", isInCycle: Bool) {
            self.kind = kind
            self.label = label
            self.detail = detail
            self.isInCycle = isInCycle
        }
    }

    package struct Edge: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// A session needs this resource.
            case wants
            /// Any one of several such edges would do.
            case wantsAny
            /// This session has the resource.
            case heldBy
        }

        /// Indices of nodes.
        package let from: Int
        package let to: Int
        package let kind: Kind
        /// `exclusive, 30.0 s`; may be empty.
        package let label: String

        package init(from: Int, to: Int, kind: Kind, label: String = "") {
            self.from = from
            self.to = to
            self.kind = kind
            self.label = label
        }
    }

    package let nodes: [Node]
    package let edges: [Edge]

    package init(nodes: [Node], edges: [Edge]) {
        self.nodes = nodes
        self.edges = edges
    }

    /// A cycle: everybody wants what the next one holds.
    package init(cycle: [HangRow.Member]) {
        var nodes: [Node] = []
        var edges: [Edge] = []
        for (index, member) in cycle.enumerated() {
            let (own, resource) = (2 * index, 2 * index + 1)
            nodes.append(
                Node(
                    kind: .session,
                    label: member.name,
                    detail: member.operation ?? "",
                    isInCycle: true
                )
            )
            nodes.append(Node(kind: .resource, label: member.wants ?? "?", isInCycle: true))
            let mode = member.mode ?? ""
            edges.append(Edge(from: own, to: resource, kind: .wants, label: mode))
            let next = (resource + 1) % (2 * cycle.count)
            edges.append(Edge(from: resource, to: next, kind: .heldBy))
        }
        self.init(nodes: nodes, edges: edges)
    }
}
