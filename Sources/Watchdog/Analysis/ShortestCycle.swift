/// The shortest ring of parties inside one component, each waiting for the next.
///
/// Breadth first from one member after another; helpers cost nothing. In a big component not
/// every member is tried: those that others wait for through an exclusive hold come first, and
/// the search ends when a ring of two is found or the allowance of edges is used up.
struct ShortestCycle {
    private let graph: DependencyGraph
    private let component: Components
    private var from: [Int32]
    private var depth: [Int32]
    private var stamp: [Int32]
    private var round: Int32 = 0
    private var allowance: Int

    init(_ graph: DependencyGraph, _ component: Components, allowance: Int = 400_000) {
        self.graph = graph
        self.component = component
        self.allowance = allowance
        from = [Int32](repeating: -1, count: graph.nodeCount)
        depth = [Int32](repeating: 0, count: graph.nodeCount)
        stamp = [Int32](repeating: 0, count: graph.nodeCount)
    }

    /// `needsAll`: only rings that prove a deadlock by themselves, without "any one of".
    ///
    /// Starts with the smallest party number, so that the same ring always reads the same.
    mutating func find(among starts: [Int32], needsAll: Bool) -> [Int32] {
        var best: [Int32] = []
        for start in starts {
            guard allowance > 0 || best.isEmpty else { break }
            let limit = best.isEmpty ? Int32.max : Int32(best.count) - 1
            let ring = search(Int(start), within: limit, needsAll)
            if !ring.isEmpty { best = ring }
            if best.count == 1 || best.count == 2 { break }
        }
        guard let least = best.min(), let turn = best.firstIndex(of: least) else { return best }
        return Array(best[turn...] + best[..<turn])
    }

    private mutating func search(_ start: Int, within limit: Int32, _ needsAll: Bool) -> [Int32] {
        round += 1
        var queue = [Int32(start)]
        depth[start] = 1
        stamp[start] = round
        var place = 0
        while place < queue.count {
            let node = Int(queue[place])
            place += 1
            guard depth[node] <= limit else { break }
            if needsAll, graph.hasAlternatives[node] { continue }
            if reach(node, through: node, start, needsAll, &queue) { return ring(to: node) }
        }
        return []
    }

    /// Adds what `node` waits for; true when that is `start` again.
    private mutating func reach(
        _ node: Int,
        through source: Int,
        _ start: Int,
        _ needsAll: Bool,
        _ queue: inout [Int32]
    ) -> Bool {
        let row = graph.edges[source]
        allowance -= row.count
        for place in row {
            let target = Int(graph.edges.items[place])
            guard component.number[target] == component.number[start] else { continue }
            if target == start { return true }
            guard stamp[target] != round else { continue }
            if target >= graph.partyCount {
                if needsAll, graph.isAny[target - graph.partyCount] { continue }
                stamp[target] = round
                // A helper never leads to a helper: this goes one level deep.
                if reach(node, through: target, start, needsAll, &queue) { return true }
                continue
            }
            stamp[target] = round
            depth[target] = depth[node] + 1
            from[target] = Int32(node)
            queue.append(Int32(target))
        }
        return false
    }

    private func ring(to end: Int) -> [Int32] {
        var ring = [Int32(end)]
        while let last = ring.last, depth[Int(last)] > 1 { ring.append(from[Int(last)]) }
        return ring.reversed()
    }
}
