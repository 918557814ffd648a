/// Who is behind a root: everybody who waits, directly or over others, for one of its members.
///
/// One pass from all roots at once over the edges turned round; whoever is behind several roots
/// is counted at the nearest.
struct Followers {
    private let graph: DependencyGraph
    private let waiting: Rows

    init(_ graph: DependencyGraph) {
        self.graph = graph
        waiting = graph.reversed()
    }

    func assign(_ findings: inout [Finding], _ snapshot: WaitSnapshot, isPart: [Bool]) {
        var owner = [Int32](repeating: -1, count: graph.nodeCount)
        var queue: [Int32] = []
        for (number, finding) in findings.enumerated() {
            for party in finding.members + finding.enders where owner[Int(party)] < 0 {
                owner[Int(party)] = Int32(number)
                queue.append(party)
            }
        }
        let rootCount = queue.count
        var place = 0
        while place < queue.count {
            let node = Int(queue[place])
            place += 1
            for edge in waiting[node] {
                let follower = Int(waiting.items[edge])
                guard owner[follower] < 0 else { continue }
                if follower < graph.partyCount, !isPart[follower] { continue }
                owner[follower] = owner[node]
                queue.append(Int32(follower))
            }
        }
        for follower in queue[rootCount...] where Int(follower) < graph.partyCount {
            findings[Int(owner[Int(follower)])].behind.append(follower)
        }
    }
}
