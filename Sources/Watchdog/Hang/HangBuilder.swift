internal import Primitives

/// Makes a hang, which stands by itself, of a finding and the snapshot that shows it.
package struct HangBuilder {
    /// Members of a component listed beside its shortest ring, holders listed of one resource,
    /// names listed of one queue.
    private static let othersMax = 50
    /// Members of a ring that are tried as the one to cancel.
    private static let victimsMax = 8
    /// With more hangs than these in one reading it is not tried who stays dead without a victim:
    /// each trial looks at everybody.
    private static let weighedMax = 8
    private static let holdersMax = 8
    private static let namesMax = 12

    private let snapshot: WaitSnapshot
    private let index: WaitIndex
    private let weighsVictims: Bool

    package init(_ diagnosis: Diagnosis) {
        snapshot = diagnosis.snapshot
        index = diagnosis.index
        weighsVictims = diagnosis.findings.count <= Self.weighedMax
    }

    package func hang(
        _ finding: Finding,
        id: Int,
        confirmation: Hang.Confirmation,
        conflicts: [LockOrder.Conflict]
    ) -> Hang {
        let isRing = !finding.cycle.isEmpty
        let core = isRing ? finding.cycle : listed(finding)
        let waits = coreWaits(isRing ? finding.cycle : finding.members)
        let youngest = waits.max { snapshot.waits[$0].since < snapshot.waits[$1].since }
        let oldest = waits.map { snapshot.waits[$0].since }.min()
        let begun = finding.members.map { snapshot.parties[Int($0)].started }.min() ?? .never
        return Hang(
            id: id,
            verdict: finding.verdict,
            confirmation: confirmation,
            isProved: finding.isProved,
            isPermanent: finding.isPermanent,
            exitCode: finding.exitCode,
            instant: snapshot.instant,
            since: oldest ?? (begun == .never ? snapshot.instant : begun),
            closedAt: youngest.map { snapshot.waits[$0].since } ?? snapshot.instant,
            closedBy: youngest.map { snapshot.label(ofParty: Int(snapshot.waits[$0].party)) } ?? "",
            cycle: core.map(member),
            isRing: isRing,
            others: others(finding, core).map(member),
            component: sessions(finding.members + finding.enders),
            rootCount: finding.members.count + finding.enders.count,
            behind: behind(finding),
            queues: queues(finding.behind),
            sessionCount: snapshot.sessionCount,
            order: isRing ? orderLines(finding.cycle) : [],
            conflicts: conflicts,
            timer: finding.timedWait < 0 ? nil : timer(Int(finding.timedWait)),
            evidence: finding.evidence,
            cheapest: cheapest(core),
            server: server(finding)
        )
    }

    private func listed(_ finding: Finding) -> [Int32] {
        Array(finding.members.prefix(Self.namesMax) + finding.enders.prefix(Self.namesMax))
    }

    private func others(_ finding: Finding, _ core: [Int32]) -> [Int32] {
        var isCore = [Bool](repeating: false, count: snapshot.parties.count)
        for party in core { isCore[Int(party)] = true }
        return Array(finding.members.lazy.filter { !isCore[Int($0)] }.prefix(Self.othersMax))
    }

    private func coreWaits(_ parties: [Int32]) -> [Int] {
        parties.flatMap { party in
            index.waitsOfParty.items[index.waitsOfParty[Int(party)]].map { Int($0) }
        }
    }

    private func sessions(_ parties: [Int32]) -> [SessionNumber] {
        var numbers = parties.map { snapshot.parties[Int($0)].session }.filter { $0 >= 0 }
        numbers.sort()
        var unique: [SessionNumber] = []
        unique.reserveCapacity(numbers.count)
        for number in numbers where unique.last?.rawValue != Int(number) {
            unique.append(SessionNumber(Int(number)))
        }
        return unique
    }

    /// A session of the root may wait behind its own agent: it is counted once.
    private func behind(_ finding: Finding) -> [SessionNumber] {
        let root = sessions(finding.members + finding.enders)
        var place = 0
        return sessions(finding.behind).filter { session in
            while place < root.count, root[place].rawValue < session.rawValue { place += 1 }
            return place == root.count || root[place] != session
        }
    }

    private func timer(_ wait: Int) -> Hang.Timer? {
        let entry = snapshot.waits[wait]
        guard entry.deadline != .never else { return nil }
        let name = snapshot.names[entry.timer]
        return Hang.Timer(name: name.isEmpty ? "a timer" : name, at: entry.deadline)
    }

    private func server(_ finding: Finding) -> String {
        for wait in coreWaits(Array(finding.members.prefix(1))) {
            if let facts = request(wait) { return facts.server }
        }
        return ""
    }

    /// The session to cancel so that the fewest operations are lost.
    ///
    /// Of the ring's sessions: the one without which the fewest parties stay dead, since whoever
    /// stays dead must be cancelled next; then the one with the fewest activities under way (its
    /// operation and its agents all end with it); then with the fewest holds; then with the
    /// youngest operation, which has done the least; then with the greatest number. Parties that
    /// belong to no session, are over or are outside cannot be cancelled.
    private func cheapest(_ core: [Int32]) -> SessionNumber? {
        let candidates = core.lazy.filter {
            snapshot.parties[Int($0)].session >= 0 && snapshot.parties[Int($0)].state == .alive
                && !index.waitsOfParty[Int($0)].isEmpty
        }
        let costs = candidates.prefix(Self.victimsMax).map { cost(of: $0) }
        return costs.min(by: { $0.precedes($1) }).map { SessionNumber(Int($0.session)) }
    }

    private func cost(of party: Int32) -> Cost {
        let entry = snapshot.parties[Int(party)]
        let beliefs = Reduction.Beliefs(quietMove: false, timersFire: false, cancelled: party)
        return Cost(
            stillDead: weighsVictims ? Reduction(snapshot, index, beliefs).deadCount : 0,
            activities: snapshot.parties.count { $0.session == entry.session },
            holds: index.holdsOfParty[Int(party)].count,
            started: entry.started,
            session: entry.session
        )
    }

    /// What is lost when one session's operation is cancelled.
    private struct Cost {
        var stillDead: Int
        var activities: Int
        var holds: Int
        var started: Instant
        var session: Int32

        func precedes(_ other: Cost) -> Bool {
            if stillDead != other.stillDead { return stillDead < other.stillDead }
            if activities != other.activities { return activities < other.activities }
            if holds != other.holds { return holds < other.holds }
            if started != other.started { return started > other.started }
            return session > other.session
        }
    }
}

/// Members in full.
extension HangBuilder {
    private func member(_ party: Int32) -> Hang.Member {
        let entry = snapshot.parties[Int(party)]
        return Hang.Member(
            node: party,
            name: snapshot.label(ofParty: Int(party)),
            session: entry.session < 0 ? nil : SessionNumber(Int(entry.session)),
            source: snapshot.section(ofParty: Int(party)).sourceName,
            state: entry.state,
            operation: snapshot.names[entry.operation],
            path: snapshot.names[entry.path],
            stalled: entry.started == .never ? nil : snapshot.age(entry.started),
            wants: index.waitsOfParty.items[index.waitsOfParty[Int(party)]].map { want(Int($0)) },
            holds: index.holdsOfParty.items[index.holdsOfParty[Int(party)]].map {
                holding(Int($0))
            }
        )
    }

    private func label(_ resource: Int32, range: Int32) -> String {
        let label = snapshot.label(of: Int(resource))
        guard snapshot.ranges.indices.contains(Int(range)) else { return label }
        let bytes = snapshot.ranges[Int(range)]
        return "\(label) \(bytes.offset)+\(bytes.length)"
    }

    private func letter(_ mode: WaitSnapshot.Mode, _ units: Int32) -> String {
        mode == .unit ? String(units) : mode.letter
    }

    private func holding(_ hold: Int) -> Hang.Holding {
        let entry = snapshot.holds[hold]
        return Hang.Holding(
            resource: label(entry.resource, range: entry.range),
            mode: letter(entry.mode, entry.units),
            age: snapshot.age(entry.since),
            site: snapshot.names[entry.site]
        )
    }

    private func want(_ wait: Int) -> Hang.Want {
        let entry = snapshot.waits[wait]
        let holds = blockers(wait)
        let queue = index.queueOfResource[Int(entry.resource)]
        let isQueue = snapshot.resources[Int(entry.resource)].kind.isQueued
        let place = queue.firstIndex { Int(index.queueOfResource.items[$0]) == wait }
        let before = isQueue ? predecessor(place, in: queue) : ""
        return Hang.Want(
            resource: label(entry.resource, range: entry.range),
            mode: letter(entry.mode, entry.units),
            age: snapshot.age(entry.since),
            site: snapshot.names[entry.site],
            place: isQueue ? (place ?? queue.lowerBound) - queue.lowerBound + 1 : 0,
            queueLength: isQueue ? queue.count : 0,
            heldBy: holds.prefix(Self.holdersMax).map { holder(Int($0)) } + server(of: wait),
            moreHolders: max(0, holds.count - Self.holdersMax),
            behind: before,
            timer: timer(wait),
            request: request(wait)
        )
    }

    private func predecessor(_ place: Int?, in queue: Range<Int>) -> String {
        guard let place, place > queue.lowerBound else { return "" }
        let wait = Int(index.queueOfResource.items[place - 1])
        return snapshot.label(ofParty: Int(snapshot.waits[wait].party))
    }

    /// The holds that are in the wait's way.
    private func blockers(_ wait: Int) -> [Int32] {
        let entry = snapshot.waits[wait]
        let resource = Int(entry.resource)
        if snapshot.resources[resource].kind == .ranges {
            return index.blockersOfWait.map { Array($0.items[$0[wait]]) } ?? []
        }
        guard snapshot.resources[resource].kind != .answer else { return [] }
        return index.holdsOfResource.items[index.holdsOfResource[resource]].filter {
            let hold = snapshot.holds[Int($0)]
            if entry.mode == .upgrade { return hold.party != entry.party }
            return entry.mode != .shared || hold.mode == .exclusive
        }
    }

    private func holder(_ hold: Int) -> Hang.Holder {
        let entry = snapshot.holds[hold]
        return Hang.Holder(
            node: entry.party,
            name: snapshot.label(ofParty: Int(entry.party)),
            mode: letter(entry.mode, entry.units),
            age: snapshot.age(entry.since),
            state: snapshot.parties[Int(entry.party)].state
        )
    }

    /// The party in whose hands the request is, as a holder of its answer.
    private func server(of wait: Int) -> [Hang.Holder] {
        let party = snapshot.server(ofWait: wait)
        guard party >= 0 else { return [] }
        return [
            Hang.Holder(
                node: Int32(party),
                name: snapshot.label(ofParty: party),
                mode: "-",
                age: snapshot.age(snapshot.waits[wait].since),
                state: snapshot.parties[party].state
            )
        ]
    }

    private func request(_ wait: Int) -> Hang.RequestFacts? {
        let place = Int(snapshot.waits[wait].request)
        guard snapshot.requests.indices.contains(place) else { return nil }
        let request = snapshot.requests[place]
        let isKnown = snapshot.connections.indices.contains(Int(request.connection))
        let connection = isKnown ? snapshot.connections[Int(request.connection)] : nil
        return Hang.RequestFacts(
            operation: snapshot.names[request.operation],
            path: snapshot.names[request.path],
            server: connection.map { snapshot.names[$0.server] } ?? "",
            tuple: connection.map { snapshot.names[$0.tuple] } ?? "",
            sessionID: request.sessionID,
            treeID: request.treeID,
            messageID: request.messageID,
            asyncID: request.asyncID,
            isInterim: request.isInterim,
            sent: request.sent
        )
    }
}

/// Order and queues.
extension HangBuilder {
    /// What each of the ring has that the one before it wants, and what it wants of the next.
    private func orderLines(_ cycle: [Int32]) -> [Hang.OrderLine] {
        cycle.indices.map { place in
            let before = cycle[(place + cycle.count - 1) % cycle.count]
            let after = cycle[(place + 1) % cycle.count]
            return Hang.OrderLine(
                name: snapshot.label(ofParty: Int(cycle[place])),
                held: link(from: before, to: cycle[place]),
                wanted: link(from: cycle[place], to: after)
            )
        }
    }

    /// The resource for which one party waits for another.
    private func link(from waiting: Int32, to awaited: Int32) -> String {
        var queued = ""
        for wait in coreWaits([waiting]) {
            let entry = snapshot.waits[wait]
            let isHolder = blockers(wait).contains { snapshot.holds[Int($0)].party == awaited }
            if isHolder { return snapshot.label(of: Int(entry.resource)) }
            if snapshot.server(ofWait: wait) == Int(awaited) {
                return request(wait)?.operation ?? snapshot.label(of: Int(entry.resource))
            }
            let queue = index.queueOfResource.items[index.queueOfResource[Int(entry.resource)]]
            if queue.contains(where: { snapshot.waits[Int($0)].party == awaited }) {
                queued = "the queue of " + snapshot.label(of: Int(entry.resource))
            }
        }
        return queued
    }

    private func queues(_ parties: [Int32]) -> [Hang.Queue] {
        var isBehind = [Bool](repeating: false, count: snapshot.parties.count)
        for party in parties { isBehind[Int(party)] = true }
        var found: [Hang.Queue] = []
        for resource in snapshot.resources.indices
        where !index.queueOfResource[resource].isEmpty {
            if let queue = queue(resource, isBehind) { found.append(queue) }
        }
        // Swift's sort is stable: equal lengths keep the snapshot's order.
        found.sort { $0.count > $1.count }
        return found
    }

    private func queue(_ resource: Int, _ isBehind: [Bool]) -> Hang.Queue? {
        var queue = Hang.Queue(
            resource: snapshot.label(of: resource),
            count: 0,
            sharedBehindExclusive: 0,
            exclusive: "",
            names: []
        )
        let isHeldAlone = index.holdsOfResource.items[index.holdsOfResource[resource]].contains {
            snapshot.holds[Int($0)].mode == .exclusive
        }
        var alone: Int32 = -1
        for place in index.queueOfResource[resource] {
            let wait = snapshot.waits[Int(index.queueOfResource.items[place])]
            if isBehind[Int(wait.party)] {
                queue.count += 1
                if wait.mode == .shared, alone >= 0, !isHeldAlone {
                    queue.sharedBehindExclusive += 1
                }
                if queue.names.count < Self.namesMax {
                    queue.names.append(snapshot.label(ofParty: Int(wait.party)))
                }
            }
            if wait.mode.isAlone, alone < 0 { alone = wait.party }
        }
        if queue.sharedBehindExclusive > 0 { queue.exclusive = snapshot.label(ofParty: Int(alone)) }
        return queue.count == 0 ? nil : queue
    }
}

extension WaitSnapshot.Resource.Kind {
    /// Waiters stand in an order that means something.
    var isQueued: Bool {
        switch self {
        case .lock, .credits, .pool: true
        case .marker, .answer, .ranges, .leaseBreak: false
        }
    }
}
