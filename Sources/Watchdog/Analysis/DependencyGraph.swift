/// Who has to move before whom: the wait-for graph as edges, for cycles and for "who is behind".
///
/// Nodes are the parties, and beside them helpers so that edges stay linear in waits and holds:
/// "all holders of a resource", "its exclusive holders", "this run of shared waiters". An edge
/// leads from the one who waits to the one who must move.
struct DependencyGraph {
    let partyCount: Int
    private(set) var edges: Rows
    /// By node from `partyCount` on: any one of what follows is enough, so that a cycle through it
    /// proves nothing by itself.
    private(set) var isAny: [Bool] = []
    /// By party: it waits for any one of several, so that one of them proves nothing by itself.
    private(set) var hasAlternatives: [Bool]

    var nodeCount: Int { partyCount + isAny.count }

    /// The waits for which `include` says so; all others are as good as satisfied.
    init(_ snapshot: WaitSnapshot, _ index: WaitIndex, include: (Int) -> Bool) {
        var builder = EdgeBuilder(
            snapshot.parties.count,
            edgeCount: snapshot.holds.count + 2 * snapshot.waits.count
        )
        for resource in snapshot.resources.indices
        where !index.queueOfResource[resource].isEmpty {
            builder.add(resource, snapshot, index, include)
        }
        if let served = index.waitsServedByParty {
            for party in 0..<snapshot.parties.count {
                for place in served[party] where include(Int(served.items[place])) {
                    let waiting = snapshot.waits[Int(served.items[place])].party
                    builder.edge(Int(waiting), party)
                }
            }
        }
        partyCount = snapshot.parties.count
        isAny = builder.isAny
        hasAlternatives = (0..<partyCount).map { party in
            let row = index.waitsOfParty[party]
            return row.count > 1
                && row.contains { snapshot.waits[Int(index.waitsOfParty.items[$0])].isAlternative }
        }
        edges = Rows(rows: partyCount + isAny.count, from: builder.from, to: builder.to)
    }

    /// The same edges the other way.
    func reversed() -> Rows {
        var from: [Int32] = []
        from.reserveCapacity(edges.items.count)
        for node in 0..<nodeCount {
            for _ in edges[node] { from.append(Int32(node)) }
        }
        return Rows(rows: nodeCount, from: edges.items, to: from)
    }
}

private struct EdgeBuilder {
    var from: [Int32] = []
    var to: [Int32] = []
    var isAny: [Bool] = []
    private let partyCount: Int

    init(_ partyCount: Int, edgeCount: Int) {
        self.partyCount = partyCount
        from.reserveCapacity(edgeCount)
        to.reserveCapacity(edgeCount)
    }

    mutating func edge(_ waiting: Int, _ awaited: Int) {
        from.append(Int32(waiting))
        to.append(Int32(awaited))
    }

    private mutating func helper(isAny any: Bool = false) -> Int {
        isAny.append(any)
        return partyCount + isAny.count - 1
    }

    mutating func add(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        _ include: (Int) -> Bool
    ) {
        switch snapshot.resources[resource].kind {
        case .answer: break
        case .ranges: addRanges(resource, snapshot, index, include)
        case .marker, .leaseBreak:
            let holders = allHolders(resource, snapshot, index, isAny: false)
            for place in index.queueOfResource[resource] {
                let wait = Int(index.queueOfResource.items[place])
                if include(wait) { edge(Int(snapshot.waits[wait].party), holders) }
            }
        case .credits, .pool: addUnits(resource, snapshot, index, include)
        case .lock: addLock(resource, snapshot, index, include)
        }
    }

    private mutating func allHolders(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        isAny: Bool,
        exclusiveOnly: Bool = false
    ) -> Int {
        let row = index.holdsOfResource[resource]
        let node = helper(isAny: isAny && row.count > 1)
        for place in row {
            let hold = snapshot.holds[Int(index.holdsOfResource.items[place])]
            if !exclusiveOnly || hold.mode == .exclusive { edge(node, Int(hold.party)) }
        }
        return node
    }

    private mutating func addRanges(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        _ include: (Int) -> Bool
    ) {
        guard let blockers = index.blockersOfWait else { return }
        for place in index.queueOfResource[resource] {
            let wait = Int(index.queueOfResource.items[place])
            guard include(wait) else { continue }
            for blocker in blockers[wait] {
                let hold = Int(blockers.items[blocker])
                edge(Int(snapshot.waits[wait].party), Int(snapshot.holds[hold].party))
            }
        }
    }

    /// Any one holder will do, and the one before in the queue.
    private mutating func addUnits(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        _ include: (Int) -> Bool
    ) {
        let holders = allHolders(resource, snapshot, index, isAny: true)
        var before = -1
        for place in index.queueOfResource[resource] {
            if place == Int(index.ordinary[resource]) { before = -1 }
            let wait = Int(index.queueOfResource.items[place])
            let party = Int(snapshot.waits[wait].party)
            if include(wait) {
                edge(party, holders)
                if before >= 0 { edge(party, before) }
            }
            before = party
        }
    }

    /// Exclusive needs all holders and the whole group before it; shared needs the exclusive
    /// holder and the exclusive waiter before it.
    private mutating func addLock(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        _ include: (Int) -> Bool
    ) {
        var holders = -1
        var exclusiveHolders = -1
        /// Where the run of shared waiters began, and the last exclusive waiter before it.
        var runStart = index.queueOfResource[resource].lowerBound
        var alone = -1
        for place in index.queueOfResource[resource] {
            let wait = Int(index.queueOfResource.items[place])
            let mode = snapshot.waits[wait].mode
            let party = Int(snapshot.waits[wait].party)
            if include(wait) {
                if mode == .upgrade {
                    addUpgrade(wait, resource, snapshot, index)
                } else if mode == .exclusive {
                    if holders < 0 {
                        holders = allHolders(resource, snapshot, index, isAny: false)
                    }
                    edge(party, holders)
                } else {
                    if exclusiveHolders < 0 {
                        exclusiveHolders = allHolders(
                            resource,
                            snapshot,
                            index,
                            isAny: false,
                            exclusiveOnly: true
                        )
                    }
                    edge(party, exclusiveHolders)
                }
                if mode.isAlone, runStart < place {
                    edge(party, run(runStart..<place, snapshot, index))
                } else if alone >= 0, mode != .pass, mode != .sharedStarvingExclusive {
                    edge(party, alone)
                }
            }
            if mode.isAlone {
                runStart = place + 1
                alone = party
            }
        }
    }

    /// All of a run of waiters that tolerate one another.
    private mutating func run(
        _ places: Range<Int>,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) -> Int {
        let node = helper()
        for place in places {
            let wait = snapshot.waits[Int(index.queueOfResource.items[place])]
            if wait.mode != .pass { edge(node, Int(wait.party)) }
        }
        return node
    }

    private mutating func addUpgrade(
        _ wait: Int,
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) {
        let party = snapshot.waits[wait].party
        for place in index.holdsOfResource[resource] {
            let holder = snapshot.holds[Int(index.holdsOfResource.items[place])].party
            if holder != party { edge(Int(party), Int(holder)) }
        }
    }
}
