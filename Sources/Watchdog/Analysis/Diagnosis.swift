internal import Primitives

/// The verdicts on one snapshot.
///
/// First the dead: reduction, components of what is left, the shortest ring of each, and holders
/// that will never give back. Then those who could move but do not: old requests, waiters that
/// nobody woke, loops, unfair queues.
package struct Diagnosis: Sendable {
    package private(set) var findings: [Finding] = []
    /// For the next reading.
    package private(set) var recollection = Recollection()
    /// Parties that can never move by themselves.
    package private(set) var deadCount = 0

    let snapshot: WaitSnapshot
    let index: WaitIndex
    let limits: Limits

    package init(
        _ snapshot: WaitSnapshot,
        limits: Limits = Limits(),
        previous: Recollection = Recollection()
    ) {
        self.snapshot = snapshot
        self.limits = limits
        index = WaitIndex(snapshot)
        let wide = Reduction(snapshot, index, .init(quietMove: false, timersFire: false))
        deadCount = wide.deadCount
        if deadCount > 0 { judgeDead(wide) }
        judgeLiving(wide, previous)
    }

    private mutating func judgeDead(_ wide: Reduction) {
        let rings = Rings(snapshot, index, wide)
        findings = rings.findings
        let stuck = stuckAtEnders(wide, rings)
        if !stuck.isEmpty { findings += stuck }
        rings.assignBehind(&findings, snapshot, index, wide)
    }

    private mutating func judgeLiving(_ wide: Reduction, _ previous: Recollection) {
        var progress = ProgressRules(snapshot, index, limits, wide)
        progress.judge(previous)
        recollection = progress.recollection
        var found = progress.findings
        found += AnswerRules(snapshot, index, limits).findings()
        guard !found.isEmpty else { return }
        let graph = DependencyGraph(snapshot, index)
        Followers(graph).assign(&found, snapshot, isPart: wide.isLive)
        findings += found
    }
}

/// Dead without a ring: the chain ends at somebody who does not give back.
extension Diagnosis {
    /// Orphans at once; what hangs on indefinite requests or on somebody outside only when it is
    /// a stall, for those may still give back.
    private func stuckAtEnders(_ wide: Reduction, _ rings: Rings) -> [Finding] {
        guard rings.hasQuiet else { return [] }
        var found: [Finding] = []
        for resource in snapshot.resources.indices
        where !index.queueOfResource[resource].isEmpty {
            let enders = self.enders(of: resource, wide)
            guard !enders.isEmpty, let waiter = firstStuck(at: resource, enders, wide) else {
                continue
            }
            if let finding = finding(resource, waiter, enders, rings) { found.append(finding) }
        }
        guard let served = index.waitsServedByParty else { return found }
        for party in snapshot.parties.indices where snapshot.parties[party].state == .ended {
            let stuck = served.items[served[party]].filter { !wide.isSatisfied[Int($0)] }
            guard let first = stuck.first else { continue }
            let resource = Int(snapshot.waits[Int(first)].resource)
            let ender = [Int32(party)]
            if let finding = finding(resource, Int(first), ender, rings) { found.append(finding) }
        }
        return found
    }

    private func enders(of resource: Int, _ wide: Reduction) -> [Int32] {
        index.holdsOfResource.items[index.holdsOfResource[resource]]
            .map { snapshot.holds[Int($0)].party }
            .filter { wide.isQuiet(Int($0)) }
    }

    /// The first waiter whom one of the enders really blocks.
    ///
    /// A wait that may last for ever by right is no stall, unless the holder is over.
    private func firstStuck(at resource: Int, _ enders: [Int32], _ wide: Reduction) -> Int? {
        let isOrphan = enders.contains { isEnded($0) }
        let hasExclusive = index.holdsOfResource.items[index.holdsOfResource[resource]].contains {
            let hold = snapshot.holds[Int($0)]
            return hold.mode == .exclusive && wide.isQuiet(Int(hold.party))
        }
        for place in index.queueOfResource[resource] {
            let wait = Int(index.queueOfResource.items[place])
            let party = Int(snapshot.waits[wait].party)
            guard !wide.isSatisfied[wait], wide.isDead(party),
                isOrphan || !snapshot.waits[wait].isIndefinite
            else { continue }
            switch snapshot.resources[resource].kind {
            case .lock:
                if snapshot.waits[wait].mode.isAlone || hasExclusive { return wait }
            case .ranges:
                guard let blockers = index.blockersOfWait else { continue }
                let isBlocked = blockers.items[blockers[wait]].contains {
                    wide.isQuiet(Int(snapshot.holds[Int($0)].party))
                }
                if isBlocked { return wait }
            case .credits, .pool, .marker, .leaseBreak, .answer: return wait
            }
        }
        return nil
    }

    private func finding(
        _ resource: Int,
        _ waiter: Int,
        _ enders: [Int32],
        _ rings: Rings
    ) -> Finding? {
        let states = enders.map { snapshot.parties[Int($0)].state }
        let kind = snapshot.resources[resource].kind
        let isCounting = kind.isCounting
        let hasAlive = states.contains(.alive)
        let isOrphan = states.contains(.ended) && !(isCounting && hasAlive)
        let party = snapshot.waits[waiter].party
        var finding = Finding(.deadlock)
        if isOrphan {
            finding.verdict = .orphanedLock
            finding.isProved = rings.isDeadStrictly(party)
        } else {
            let age = snapshot.age(snapshot.waits[waiter].since)
            guard age >= UInt64(max(0, limits.stallAfter.wholeNanoseconds)) else { return nil }
            finding.isProved = isCounting && !states.contains(.outside)
            if isCounting {
                finding.verdict = kind == .pool ? .poolExhaustion : .creditExhaustion
            }
        }
        finding.members = [party]
        finding.enders = isOrphan ? enders.filter { isEnded($0) } : enders
        finding.resource = Int32(resource)
        finding.isPermanent = isOrphan ? rings.isDeadForGood(party) : rings.isStuckForGood(party)
        if !finding.isPermanent {
            finding.timedWait = firstTimer(finding.members + enders)
            if finding.verdict == .deadlock { finding.verdict = .temporaryDeadlock }
        }
        return finding
    }

    private func isEnded(_ party: Int32) -> Bool {
        snapshot.parties[Int(party)].state == .ended
    }

    private func firstTimer(_ parties: [Int32]) -> Int32 {
        snapshot.firstTimer(of: parties, index)
    }
}

extension WaitSnapshot {
    /// The wait of these parties whose deadline comes first, or -1.
    func firstTimer(of parties: [Int32], _ index: WaitIndex) -> Int32 {
        var first: Int32 = -1
        for party in parties {
            for place in index.waitsOfParty[Int(party)] {
                let wait = index.waitsOfParty.items[place]
                let deadline = waits[Int(wait)].deadline
                guard !deadline.isNever else { continue }
                if first < 0 || deadline < waits[Int(first)].deadline { first = wait }
            }
        }
        return first
    }
}
