extension LockOrder {
    /// A ring of classes each taken while the one before it was held: `PKT -> CONN -> PKT`.
    package struct Conflict: Hashable, Sendable {
        /// The edges in ring order, each wanting what the next one holds.
        package var edges: [Edge]

        /// `PKT -> CONN and CONN -> PKT both seen`.
        package var text: String {
            let pairs = edges.map { "\($0.held) -> \($0.wanted)" }
            guard pairs.count == 2 else { return pairs.joined(separator: ", ") + " all seen" }
            return pairs.joined(separator: " and ") + " both seen"
        }
    }

    /// The shortest ring through each class, every ring once, in the order of its first class.
    ///
    /// A class within itself (two instances of one class) is no conflict: instances may have an
    /// order of their own.
    package var conflicts: [Conflict] {
        var found: [Conflict] = []
        var seen: [[Int]] = []
        for start in classes.indices where isBlocking(start) {
            guard let ring = shortestRing(through: start) else { continue }
            let members = ring.sorted()
            guard !seen.contains(members) else { continue }
            seen.append(members)
            found.append(conflict(ring))
        }
        return found
    }

    private func conflict(_ ring: [Int]) -> Conflict {
        Conflict(
            edges: ring.indices.compactMap { edge(ring[$0], ring[($0 + 1) % ring.count]) }
        )
    }

    /// Breadth first over a few dozen classes.
    private func shortestRing(through start: Int) -> [Int]? {
        var from = [Int](repeating: -1, count: classes.count)
        var queue = [start]
        var place = 0
        while place < queue.count {
            let held = queue[place]
            place += 1
            for wanted in classes.indices
            where wanted != held && isBlocking(wanted) && hasEdge(held, wanted) {
                if wanted == start { return path(to: held, from) }
                guard from[wanted] < 0 else { continue }
                from[wanted] = held
                queue.append(wanted)
            }
        }
        return nil
    }

    private func path(to end: Int, _ from: [Int]) -> [Int] {
        var path = [end]
        while let last = path.last, from[last] >= 0 { path.append(from[last]) }
        return path.reversed()
    }
}
