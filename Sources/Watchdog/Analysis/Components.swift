/// Strongly connected components of a part of the graph (Tarjan 1972), without recursion.
struct Components {
    /// By node: its component, or -1 for a node that is not of the part.
    ///
    /// Numbered from the innermost: what a component waits for has a lower number.
    private(set) var number: [Int32]
    private(set) var count = 0

    private var order: [Int32]
    private var low: [Int32]
    private var stack: [Int32] = []
    /// Above the node that is looked at: the nodes that led to it, and the next edge of each.
    private var path: [(node: Int, next: Int)] = []
    private var seen: Int32 = 0

    init(_ graph: DependencyGraph, _ isPart: [Bool]) {
        number = [Int32](repeating: -1, count: graph.nodeCount)
        order = [Int32](repeating: -1, count: graph.nodeCount)
        low = [Int32](repeating: 0, count: graph.nodeCount)
        stack.reserveCapacity(graph.nodeCount)
        path.reserveCapacity(graph.nodeCount)
        for node in 0..<graph.partyCount where isPart[node] && order[node] < 0 {
            visit(node, graph, isPart)
        }
    }

    private mutating func visit(_ start: Int, _ graph: DependencyGraph, _ isPart: [Bool]) {
        var node = start
        var edges = graph.edges[node]
        enter(node)
        while true {
            if let place = edges.popFirst() {
                let target = Int(graph.edges.items[place])
                if target < graph.partyCount, !isPart[target] { continue }
                if order[target] < 0 {
                    path.append((node, edges.lowerBound))
                    node = target
                    edges = graph.edges[node]
                    enter(node)
                } else if number[target] < 0 {
                    low[node] = min(low[node], order[target])
                }
                continue
            }
            let reached = low[node]
            if reached == order[node] { close(node) }
            guard let above = path.popLast() else { return }
            node = above.node
            edges = above.next..<graph.edges[node].upperBound
            low[node] = min(low[node], reached)
        }
    }

    private mutating func enter(_ node: Int) {
        order[node] = seen
        low[node] = seen
        seen += 1
        stack.append(Int32(node))
    }

    private mutating func close(_ node: Int) {
        while let last = stack.popLast() {
            number[Int(last)] = Int32(count)
            if Int(last) == node { break }
        }
        count += 1
    }
}
