internal import Primitives

/// Those who could move and do not: lost wake-up, livelock, starvation, convoy.
///
/// Standing still is only seen in two readings, so what could be suspicious is recollected for
/// the next one.
struct ProgressRules {
    private(set) var findings: [Finding] = []
    private(set) var recollection = Recollection()

    private let snapshot: WaitSnapshot
    private let index: WaitIndex
    private let limits: Limits
    private let wide: Reduction
    private let stallAfter: UInt64

    init(_ snapshot: WaitSnapshot, _ index: WaitIndex, _ limits: Limits, _ wide: Reduction) {
        self.snapshot = snapshot
        self.index = index
        self.limits = limits
        self.wide = wide
        stallAfter = UInt64(max(0, limits.stallAfter.wholeNanoseconds))
    }

    mutating func judge(_ previous: Recollection) {
        judgeGrantable(previous)
        judgeParties(previous)
        judgeQueues(previous)
    }

    /// The head of a queue could have been granted in both readings, and nothing was granted.
    private mutating func judgeGrantable(_ previous: Recollection) {
        let probeAfter = UInt64(max(0, limits.probeAfter.wholeNanoseconds))
        for wait in wide.grantable {
            let entry = snapshot.waits[Int(wait)]
            guard snapshot.age(entry.since) >= probeAfter, entry.deadline.isNever else {
                continue
            }
            let grants = snapshot.resources[Int(entry.resource)].grants
            let key = snapshot.key(ofParty: Int(entry.party)) &+ 1
            recollection.entries[key] = .init(
                generation: entry.generation,
                grants: grants,
                steps: 0
            )
            guard let before = previous.entries[key], before.generation == entry.generation,
                before.grants == grants
            else { continue }
            var finding = Finding(.lostWakeUp)
            finding.members = [entry.party]
            finding.resource = entry.resource
            finding.isProved = true
            finding.isPermanent = true
            finding.evidence =
                "\(snapshot.label(of: Int(entry.resource))) could have been granted in two"
                + " readings, and nothing was granted between them"
            findings.append(finding)
        }
    }

    private mutating func judgeParties(_ previous: Recollection) {
        var looping: [Int32] = []
        for party in snapshot.parties.indices {
            let entry = snapshot.parties[party]
            guard entry.state == .alive, !entry.started.isNever else { continue }
            if entry.repeats > limits.repeatsMax {
                looping.append(Int32(party))
                continue
            }
            guard snapshot.age(entry.started) >= stallAfter else { continue }
            let isIdle = index.waitsOfParty[party].isEmpty
            guard isIdle || entry.steps >= limits.stepsMax else { continue }
            let key = snapshot.key(ofParty: party) &+ 2
            recollection.entries[key] = .init(
                generation: UInt32(truncatingIfNeeded: entry.completed),
                grants: 0,
                steps: entry.steps
            )
            guard let before = previous.entries[key],
                before.generation == UInt32(truncatingIfNeeded: entry.completed)
            else { continue }
            if before.steps < entry.steps, entry.steps >= limits.stepsMax {
                looping.append(Int32(party))
            } else if before.steps == entry.steps, isIdle {
                appendForgotten(party)
            }
        }
        if let first = looping.first { appendLivelock(looping, first) }
    }

    /// An operation that waits for nothing, yet takes no step.
    private mutating func appendForgotten(_ party: Int) {
        var finding = Finding(.lostWakeUp)
        finding.members = [Int32(party)]
        finding.isPermanent = true
        finding.evidence = "it waits for nothing and took no step between two readings"
        findings.append(finding)
    }

    private mutating func appendLivelock(_ parties: [Int32], _ first: Int32) {
        let entry = snapshot.parties[Int(first)]
        var finding = Finding(.livelock)
        finding.members = parties
        finding.isPermanent = true
        finding.evidence =
            entry.repeats > limits.repeatsMax
            ? "the same path, status and target came back \(entry.repeats) times"
                + " (\(entry.steps) steps, nothing completed)"
            : "\(entry.steps) steps since \(Format.time(entry.started)), nothing completed"
        findings.append(finding)
    }

    /// Stalled waits of living parties at queues that move.
    private mutating func judgeQueues(_ previous: Recollection) {
        for resource in snapshot.resources.indices {
            var oldest = Instant.never
            var count = 0
            var starved: [Int32] = []
            for place in index.queueOfResource[resource] {
                let wait = snapshot.waits[Int(index.queueOfResource.items[place])]
                guard wide.isLive[Int(wait.party)], !wait.isIndefinite else { continue }
                count += 1
                oldest = min(oldest, wait.since)
                if wait.overtaken > limits.overtakenMax,
                    snapshot.age(wait.since) >= stallAfter
                {
                    starved.append(wait.party)
                }
            }
            guard count > 0, snapshot.age(oldest) >= stallAfter else { continue }
            let entry = snapshot.resources[resource]
            let key = snapshot.key(ofResource: resource)
            recollection.entries[key] = .init(generation: 0, grants: entry.grants, steps: 0)
            if !starved.isEmpty {
                appendStarvation(resource, starved)
            } else if let before = previous.entries[key], before.grants < entry.grants {
                judgeConvoy(resource, oldest: oldest, count: count)
            }
        }
    }

    private mutating func appendStarvation(_ resource: Int, _ parties: [Int32]) {
        var finding = Finding(.starvation)
        finding.members = parties
        finding.resource = Int32(resource)
        finding.evidence =
            "\(snapshot.label(of: resource)) was granted to others more than"
            + " \(limits.overtakenMax) times meanwhile"
        findings.append(finding)
    }

    private mutating func judgeConvoy(_ resource: Int, oldest: Instant, count: Int) {
        let entry = snapshot.resources[resource]
        let waited = snapshot.age(oldest)
        guard entry.queuedSince != .never, snapshot.age(entry.queuedSince) >= stallAfter,
            entry.meanHold > 0, waited / 10 > entry.meanHold
        else { return }
        var finding = Finding(.convoy)
        finding.members = index.queueOfResource.items[index.queueOfResource[resource]]
            .map { snapshot.waits[Int($0)].party }
        finding.resource = Int32(resource)
        finding.evidence =
            "the queue of \(snapshot.label(of: resource)) has not been empty since"
            + " \(Format.time(entry.queuedSince)); it is held for"
            + " \(Format.seconds(entry.meanHold)) and waited for \(Format.seconds(waited)),"
            + " \(entry.grants) grants so far"
        findings.append(finding)
    }
}
