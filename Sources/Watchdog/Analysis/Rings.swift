/// The deadlocks among the dead: components, the shortest ring of each, what is proved.
struct Rings {
    private(set) var findings: [Finding] = []
    /// There is somebody who never gives back what he holds, by what is believed of the world.
    let hasQuiet: Bool
    private let graph: DependencyGraph
    private let components: Components
    private let isDead: [Bool]
    /// Dead even if everybody quiet gives back; and also if all timers fire.
    private let strict: Reduction
    private let strictForGood: Reduction
    /// Dead unless somebody quiet gives back, even if all timers fire.
    private let wideForGood: Reduction

    init(_ snapshot: WaitSnapshot, _ index: WaitIndex, _ wide: Reduction) {
        let parties = snapshot.parties.indices
        let dead = parties.map { wide.isDead($0) }
        hasQuiet = parties.contains { wide.isQuiet($0) }
        let hasTimers = snapshot.waits.contains { !$0.deadline.isNever }
        func reduced(_ quietMove: Bool, _ timersFire: Bool) -> Reduction {
            Reduction(snapshot, index, .init(quietMove: quietMove, timersFire: timersFire))
        }
        strict = hasQuiet ? reduced(true, false) : wide
        wideForGood = hasTimers ? reduced(false, true) : wide
        strictForGood =
            hasQuiet && hasTimers ? reduced(true, true) : (hasQuiet ? strict : wideForGood)
        isDead = dead
        graph = DependencyGraph(snapshot, index, without: wide.isSatisfied)
        components = Components(graph, dead)
        find(snapshot, index, wide)
    }

    func isDeadStrictly(_ party: Int32) -> Bool { strict.isDead(Int(party)) }
    func isDeadForGood(_ party: Int32) -> Bool { strictForGood.isDead(Int(party)) }
    func isStuckForGood(_ party: Int32) -> Bool { !wideForGood.isLive[Int(party)] }

    /// Whoever waits, directly or not, for the root of a finding.
    func assignBehind(
        _ findings: inout [Finding],
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        _ wide: Reduction
    ) {
        // Rings share no member: if they are all the dead, nobody is left to be behind.
        let isRingsOnly = findings.allSatisfy { $0.enders.isEmpty }
        let rooted = findings.reduce(0) { $0 + $1.members.count }
        guard !isRingsOnly || rooted != wide.deadCount else { return }
        Followers(graph).assign(&findings, snapshot, isPart: isDead)
    }

    private mutating func find(_ snapshot: WaitSnapshot, _ index: WaitIndex, _ wide: Reduction) {
        let nodes = Rows(rows: components.count, of: components.number)
        var shortest: ShortestCycle?
        for component in 0..<components.count {
            // A component's nodes come in order, so its parties come first.
            let row = nodes[component]
            guard let first = row.first, nodes.items[first] < graph.partyCount else { continue }
            let one = nodes.items[first]
            let all = nodes.items[row]
            guard row.count > 1 || waitsForItself(one) else {
                if isClosed(component, all, wide) { appendImpossible(one, snapshot, index) }
                continue
            }
            let parties = parties(of: all)
            var cycle = onlyRing(from: one, all)
            var isRing = !cycle.isEmpty
            if !isRing {
                var search = shortest ?? ShortestCycle(graph, components)
                shortest = nil
                let starts = starts(parties, snapshot, index)
                cycle = search.find(among: starts, needsAll: true)
                isRing = !cycle.isEmpty
                if !isRing, isClosed(component, all, wide) {
                    cycle = search.find(among: starts, needsAll: false)
                }
                shortest = search
            }
            let judged = finding(cycle, parties, isRing: isRing, snapshot, index)
            if let judged { findings.append(judged) }
        }
    }

    private func parties(of nodes: ArraySlice<Int32>) -> [Int32] {
        var end = nodes.startIndex
        while end < nodes.endIndex, nodes[end] < graph.partyCount { end += 1 }
        return Array(nodes[..<end])
    }

    /// It asks for more units than there are: nobody has them, and nobody ever will.
    private mutating func appendImpossible(
        _ party: Int32,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) {
        guard let place = index.waitsOfParty[Int(party)].first else { return }
        let wait = snapshot.waits[Int(index.waitsOfParty.items[place])]
        let kind = snapshot.resources[Int(wait.resource)].kind
        var finding = Finding(kind == .pool ? .poolExhaustion : .creditExhaustion)
        finding.members = [party]
        finding.resource = wait.resource
        finding.isProved = strict.isDead(Int(party))
        finding.isPermanent = strictForGood.isDead(Int(party))
        finding.timedWait = snapshot.firstTimer(of: [party], index)
        finding.evidence =
            "\(snapshot.label(of: Int(wait.resource))) has"
            + " \(snapshot.resources[Int(wait.resource)].units) units in all;"
            + " \(wait.units) are wanted at once"
        findings.append(finding)
    }

    private func waitsForItself(_ party: Int32) -> Bool {
        for place in graph.edges[Int(party)] where graph.edges.items[place] == party {
            return true
        }
        return false
    }

    /// The ring of a component that is nothing else, from its first party on; empty for others.
    ///
    /// As many edges as nodes: each node has one, so there is one ring, and everybody is of it.
    private func onlyRing(from first: Int32, _ nodes: ArraySlice<Int32>) -> [Int32] {
        var edgeCount = 0
        for node in nodes { edgeCount += graph.edges[Int(node)].count }
        guard edgeCount == nodes.count else { return [] }
        var ring: [Int32] = []
        ring.reserveCapacity(nodes.count)
        var node = Int(first)
        repeat {
            if node < graph.partyCount {
                if graph.hasAlternatives[node] { return [] }
                ring.append(Int32(node))
            } else if graph.isAny[node - graph.partyCount] {
                return []
            }
            node = Int(graph.edges.items[graph.edges[node].lowerBound])
        } while node != Int(first) && ring.count <= nodes.count
        return ring
    }

    /// Those who hold something exclusively that is queued for come first: every ring of a lock
    /// that one party has goes through that party.
    private func starts(
        _ parties: [Int32],
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) -> [Int32] {
        guard parties.count > 2 else { return parties }
        var first: [Int32] = []
        var rest: [Int32] = []
        for party in parties {
            let isWanted = index.holdsOfParty[Int(party)].contains {
                let hold = snapshot.holds[Int(index.holdsOfParty.items[$0])]
                return hold.mode == .exclusive
                    && !index.queueOfResource[Int(hold.resource)].isEmpty
            }
            if isWanted { first.append(party) } else { rest.append(party) }
        }
        return first + rest
    }

    /// Nothing outside the component could free it: it waits for no other dead, and for nobody
    /// quiet.
    private func isClosed(
        _ component: Int,
        _ nodes: ArraySlice<Int32>,
        _ wide: Reduction
    ) -> Bool {
        for node in nodes {
            for place in graph.edges[Int(node)] {
                let target = graph.edges.items[place]
                guard target >= graph.partyCount, !isMember(target, component) else {
                    if leads(target, outOf: component, wide) { return false }
                    continue
                }
                for end in graph.edges[Int(target)]
                where leads(graph.edges.items[end], outOf: component, wide) { return false }
            }
        }
        return true
    }

    private func isMember(_ node: Int32, _ component: Int) -> Bool {
        components.number[Int(node)] == component
    }

    private func leads(_ node: Int32, outOf component: Int, _ wide: Reduction) -> Bool {
        guard node < graph.partyCount else { return !isMember(node, component) }
        if !isDead[Int(node)] { return wide.isQuiet(Int(node)) }
        return !isMember(node, component)
    }

    private func finding(
        _ cycle: [Int32],
        _ parties: [Int32],
        isRing: Bool,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) -> Finding? {
        guard let first = cycle.first else { return nil }
        var finding = Finding(.deadlock)
        finding.cycle = cycle
        finding.isRing = isRing
        finding.members = parties
        finding.isProved = isRing || cycle.allSatisfy { strict.isDead(Int($0)) }
        finding.isPermanent = strictForGood.isDead(Int(first))
        if let pool = onlyPool(cycle, snapshot, index) {
            finding.resource = pool
            finding.verdict =
                snapshot.resources[Int(pool)].kind == .pool ? .poolExhaustion : .creditExhaustion
        }
        if !finding.isPermanent {
            finding.timedWait = snapshot.firstTimer(of: cycle, index)
            if finding.timedWait < 0 {
                finding.timedWait = snapshot.firstTimer(of: parties, index)
            }
            if finding.verdict == .deadlock { finding.verdict = .temporaryDeadlock }
        }
        return finding
    }

    /// The counting resource for which all of the ring wait, if it is one and the same.
    private func onlyPool(
        _ cycle: [Int32],
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) -> Int32? {
        var pool: Int32 = -1
        for party in cycle {
            for place in index.waitsOfParty[Int(party)] {
                let wait = Int(index.waitsOfParty.items[place])
                let resource = snapshot.waits[wait].resource
                guard snapshot.resources[Int(resource)].kind.isCounting,
                    pool < 0 || pool == resource
                else { return nil }
                pool = resource
            }
        }
        return pool < 0 ? nil : pool
    }
}
