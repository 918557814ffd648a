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
    /// The path: a node and the next of its edges to look at.
    private var path: [(node: Int32, next: Int32)] = []
    private var seen: Int32 = 0

    init(_ graph: DependencyGraph, _ isPart: [Bool]) {
        number = [Int32](repeating: -1, count: graph.nodeCount)
        order = [Int32](repeating: -1, count: graph.nodeCount)
        low = [Int32](repeating: 0, count: graph.nodeCount)
        for node in 0..<graph.partyCount where isPart[node] && order[node] < 0 {
            visit(node, graph, isPart)
        }
    }

    private mutating func visit(_ start: Int, _ graph: DependencyGraph, _ isPart: [Bool]) {
        enter(start, graph)
        while let top = path.last {
            let node = Int(top.node)
            if Int(top.next) < graph.edges[node].upperBound {
                path[path.count - 1].next += 1
                let target = Int(graph.edges.items[Int(top.next)])
                if target < graph.partyCount, !isPart[target] { continue }
                if order[target] < 0 {
                    enter(target, graph)
                } else if number[target] < 0 {
                    low[node] = min(low[node], order[target])
                }
                continue
            }
            path.removeLast()
            if let above = path.last {
                low[Int(above.node)] = min(low[Int(above.node)], low[node])
            }
            if low[node] == order[node] { close(node) }
        }
    }

    private mutating func enter(_ node: Int, _ graph: DependencyGraph) {
        order[node] = seen
        low[node] = seen
        seen += 1
        stack.append(Int32(node))
        path.append((Int32(node), Int32(graph.edges[node].lowerBound)))
    }

    private mutating func close(_ node: Int) {
        while let last = stack.popLast() {
            number[Int(last)] = Int32(count)
            if Int(last) == node { break }
        }
        count += 1
    }
}
