internal import Primitives

/// One explained stall, in indices of the snapshot that showed it.
package struct Finding: Hashable, Sendable {
    package var verdict: Verdict
    /// The shortest ring of parties, each waiting for the next; empty when there is none.
    package var cycle: [Int32] = []
    /// Each of the ring needs the next, with no "any one of": it proves a deadlock by itself,
    /// without the rest of its component.
    package var isRing = false
    /// The root: all parties of the ring's component, or those whose waits are the evidence.
    package var members: [Int32] = []
    /// Holders at which the chain ends: an ended session, change notifies, somebody outside.
    package var enders: [Int32] = []
    /// The resource that the verdict is about, or -1.
    package var resource: Int32 = -1
    /// Everybody else who cannot go on because of the root.
    package var behind: [Int32] = []
    /// Follows from the graph alone; false where a holder is outside our view.
    package var isProved = false
    /// No timer will end it.
    package var isPermanent = false
    /// The wait whose timer will break it first, or -1.
    package var timedWait: Int32 = -1
    /// One sentence with the figures that led to the verdict.
    package var evidence = ""

    package init(_ verdict: Verdict) { self.verdict = verdict }

    /// 98 for a deadlock or an exhaustion that the graph proves and no timer ends, else 97.
    package var exitCode: Int32 {
        switch verdict {
        case .deadlock, .creditExhaustion, .poolExhaustion: isProved && isPermanent ? 98 : 97
        case .temporaryDeadlock, .orphanedLock, .lostWakeUp, .lostResponse, .neverSent,
            .slowServer, .deadServer, .livelock, .starvation, .convoy:
            97
        }
    }
}

/// From when on something old is worth a look, and a stall.
package struct Limits: Hashable, Sendable {
    /// A wait this old starts a snapshot.
    package var probeAfter: Duration
    /// A request or wait this old is a stall.
    package var stallAfter: Duration
    /// The same path, status and target this often in a row is a loop (KB832494, Q184835).
    package var repeatsMax: UInt32
    /// This many steps of one operation that is also stalled are a loop.
    package var stepsMax: UInt32
    /// Grants to others while one waits.
    package var overtakenMax: UInt32

    package init(
        probeAfter: Duration = .milliseconds(250),
        stallAfter: Duration = .seconds(10),
        repeatsMax: UInt32 = 8,
        stepsMax: UInt32 = 10_000,
        overtakenMax: UInt32 = 100
    ) {
        self.probeAfter = probeAfter
        self.stallAfter = stallAfter
        self.repeatsMax = repeatsMax
        self.stepsMax = stepsMax
        self.overtakenMax = overtakenMax
    }
}

/// What is kept of a reading so that the next one can tell standing still from moving.
package struct Recollection: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var generation: UInt32
        var grants: UInt64
        var steps: UInt32
    }

    /// For looking up only.
    var entries: [UInt64: Entry] = [:]

    package init() {}
}

extension WaitSnapshot {
    /// The same number for the same party in every reading.
    func key(ofParty party: Int) -> UInt64 {
        var hash = StableHash()
        hash.combine(UInt64(bitPattern: Int64(parties[party].session)))
        hash.combine(names[parties[party].agent])
        if parties[party].session < 0 {
            hash.combine(UInt64(bitPattern: Int64(section(ofParty: party).source)))
        }
        return hash.value
    }

    func key(ofResource resource: Int) -> UInt64 {
        var hash = StableHash()
        hash.combine(label(of: resource))
        return hash.value
    }

    /// Nanoseconds.
    func age(_ since: Instant) -> UInt64 { instant.nanoseconds(since: since) }
}
