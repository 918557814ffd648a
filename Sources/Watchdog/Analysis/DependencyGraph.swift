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

    /// Of all waits but those that are satisfied, if a reduction has told which.
    init(_ snapshot: WaitSnapshot, _ index: WaitIndex, without isSatisfied: [Bool] = []) {
        var builder = EdgeBuilder(
            snapshot.parties.count,
            edgeCount: snapshot.holds.count + 2 * snapshot.waits.count,
            without: isSatisfied
        )
        for resource in snapshot.resources.indices
        where !index.queueOfResource[resource].isEmpty {
            builder.add(resource, snapshot, index)
        }
        if let served = index.waitsServedByParty {
            for party in 0..<snapshot.parties.count {
                for place in served[party] where builder.includes(Int(served.items[place])) {
                    let waiting = snapshot.waits[Int(served.items[place])].party
                    builder.edge(Int(waiting), party)
                }
            }
        }
        partyCount = snapshot.parties.count
        isAny = builder.isAny
        hasAlternatives = Self.alternatives(snapshot, index)
        edges = Rows(rows: partyCount + isAny.count, from: builder.from, to: builder.to)
    }

    private static func alternatives(_ snapshot: WaitSnapshot, _ index: WaitIndex) -> [Bool] {
        var hasAlternatives = [Bool](repeating: false, count: snapshot.parties.count)
        for wait in snapshot.waits.indices
        where snapshot.waits[wait].isAlternative && index.waitParty[wait] >= 0 {
            let party = Int(index.waitParty[wait])
            hasAlternatives[party] = index.waitsOfParty[party].count > 1
        }
        return hasAlternatives
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
    /// By wait; empty where none is.
    private let isSatisfied: [Bool]

    init(_ partyCount: Int, edgeCount: Int, without isSatisfied: [Bool]) {
        self.partyCount = partyCount
        self.isSatisfied = isSatisfied
        from.reserveCapacity(edgeCount)
        to.reserveCapacity(edgeCount)
    }

    @inline(__always)
    func includes(_ wait: Int) -> Bool { isSatisfied.isEmpty || !isSatisfied[wait] }

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
        _ index: WaitIndex
    ) {
        switch snapshot.resources[resource].kind {
        case .answer: break
        case .ranges: addRanges(resource, snapshot, index)
        case .marker, .leaseBreak:
            let holders = allHolders(resource, snapshot, index, isAny: false)
            for place in index.queueOfResource[resource] {
                let wait = Int(index.queueOfResource.items[place])
                if includes(wait) { edge(Int(snapshot.waits[wait].party), holders) }
            }
        case .credits, .pool: addUnits(resource, snapshot, index)
        case .lock: addLock(resource, snapshot, index)
        }
    }

    /// The node of all holders; a single one needs none but his own.
    private mutating func allHolders(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        isAny: Bool,
        exclusiveOnly: Bool = false
    ) -> Int {
        let row = index.holdsOfResource[resource]
        if row.count == 1, let first = row.first {
            let hold = snapshot.holds[Int(index.holdsOfResource.items[first])]
            if !exclusiveOnly || hold.mode == .exclusive { return Int(hold.party) }
        }
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
        _ index: WaitIndex
    ) {
        guard let blockers = index.blockersOfWait else { return }
        for place in index.queueOfResource[resource] {
            let wait = Int(index.queueOfResource.items[place])
            guard includes(wait) else { continue }
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
        _ index: WaitIndex
    ) {
        let holders = allHolders(resource, snapshot, index, isAny: true)
        var before = -1
        for place in index.queueOfResource[resource] {
            if place == Int(index.ordinary[resource]) { before = -1 }
            let wait = Int(index.queueOfResource.items[place])
            let party = Int(snapshot.waits[wait].party)
            if includes(wait) {
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
        _ index: WaitIndex
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
            if includes(wait) {
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
