package import Primitives

/// A hang that has been reported and is still there.
struct KnownHang: Hashable, Sendable {
    var hang: Hang
    /// What it is recognised by in the next reading.
    var keys: [UInt64]
    /// When it or its growth was last reported.
    var reportedAt: Instant
}

/// A hang across sources that waits for its second reading.
struct Candidate: Hashable, Sendable {
    /// Every wait and hold of its root, by party, resource and generation.
    var records: [UInt64]
    var firstSeen: Instant
}

extension Watchdog {
    /// Tells new from known, known from gone.
    mutating func report(
        _ diagnosis: Diagnosis,
        isComplete: Bool,
        at now: Instant,
        _ effects: inout [Effect]
    ) {
        var isSeen = [Bool](repeating: false, count: known.count)
        var pending: [Candidate] = []
        let builder = HangBuilder(diagnosis)
        for finding in diagnosis.findings {
            let identity = FindingIdentity(finding, diagnosis.snapshot, diagnosis.index)
            let places = isSeen.indices.filter { identity.isSame(as: known[$0].keys) }
            if let place = places.first {
                for place in places { isSeen[place] = true }
                renew(place, finding, builder, at: now, &effects)
                continue
            }
            guard let confirmation = confirm(finding, identity, at: now, &pending) else {
                continue
            }
            let hang = builder.hang(
                finding,
                id: newID(),
                confirmation: confirmation,
                conflicts: conflicts
            )
            known.append(KnownHang(hang: hang, keys: identity.core, reportedAt: now))
            effects.append(.found(hang))
        }
        candidates = pending
        guard isComplete else { return }
        for place in isSeen.indices.reversed() where !isSeen[place] {
            effects.append(.cleared(clearance(known[place].hang, at: now)))
            known.remove(at: place)
        }
    }

    /// A member's operation was cancelled to break the hang of that id: what is left of it in the
    /// next reading is a hang of its own.
    package mutating func broke(
        _ id: Int,
        byCancelling session: SessionNumber,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let place = known.firstIndex(where: { $0.hang.id == id }) else { return }
        var clearance = clearance(known[place].hang, at: now)
        clearance.cause = "it was broken: the operation of S\(session.rawValue) was cancelled"
        effects.append(.cleared(clearance))
        known.remove(at: place)
    }

    /// Nil when a second reading has to show it again.
    private func confirm(
        _ finding: Finding,
        _ identity: FindingIdentity,
        at now: Instant,
        _ pending: inout [Candidate]
    ) -> Hang.Confirmation? {
        if settings.isAtomic || identity.isOfOneSource { return .exact }
        if let first = candidates.first(where: { identity.contains($0.records) }) {
            let apart = now.nanoseconds(since: first.firstSeen)
            return .readings(apart: .nanoseconds(Int64(clamping: apart)))
        }
        pending.append(Candidate(records: identity.records, firstSeen: now))
        return nil
    }

    private mutating func renew(
        _ place: Int,
        _ finding: Finding,
        _ builder: HangBuilder,
        at now: Instant,
        _ effects: inout [Effect]
    ) {
        let old = known[place].hang
        guard known[place].reportedAt + settings.growthEvery <= now else { return }
        let size = finding.members.count + finding.enders.count + finding.behind.count
        guard size > old.size || finding.verdict != old.verdict else { return }
        var hang = builder.hang(
            finding,
            id: old.id,
            confirmation: old.confirmation,
            conflicts: conflicts
        )
        guard hang.size > old.size || finding.verdict != old.verdict else { return }
        hang.since = min(old.since, hang.since)
        known[place].hang = hang
        known[place].reportedAt = now
        effects.append(.grew(hang))
    }

    /// The articles' own lengths: a stall that ends after 35 s or 45 s has a name.
    private func clearance(_ hang: Hang, at now: Instant) -> Clearance {
        let lasted = now.nanoseconds(since: hang.since)
        var cause = ""
        if let timer = hang.timer, timer.at <= now {
            cause = timer.name
        } else if Self.isAbout(35, lasted) {
            cause = "the server's oplock break timer (OplockBreakWait, 35 s: Q233082)"
        } else if Self.isAbout(45, lasted) {
            cause = "the redirector's SESSTIMEOUT (45 s: Q268817)"
        }
        return Clearance(
            id: hang.id,
            verdict: hang.verdict,
            lasted: .nanoseconds(Int64(clamping: lasted)),
            cause: cause
        )
    }

    /// The end is seen up to a second and a half late, the beginning may be seen a little late.
    private static func isAbout(_ seconds: UInt64, _ nanoseconds: UInt64) -> Bool {
        let milliseconds = nanoseconds / 1_000_000
        return milliseconds + 250 >= seconds * 1_000 && milliseconds <= seconds * 1_000 + 1_500
    }
}

extension Hang {
    /// Sessions that it holds up, and parties of its root.
    var size: Int { rootCount + behind.count }
}
