package import Primitives

/// A stall that the watchdog has explained: a value that stands by itself, for dumps, the summary
/// and the dashboard.
///
/// Texts are resolved, ages are taken at `instant`. What is too long to list is counted.
package struct Hang: Hashable, Sendable, Identifiable {
    /// How it is known that the waits existed at one and the same time.
    package enum Confirmation: Hashable, Sendable {
        /// All of it comes from one source's own array.
        case exact
        /// Several sources showed the same waits and holds in two readings this far apart.
        case readings(apart: Duration)
    }

    /// From 1, in the order in which hangs were found.
    package var id: Int
    package var verdict: Verdict
    package var confirmation: Confirmation
    /// Follows from the graph alone; otherwise it is suspected.
    package var isProved: Bool
    /// No timer will end it.
    package var isPermanent: Bool
    /// 98 for a deadlock or an exhaustion that is proved and permanent, else 97.
    package var exitCode: Int32
    /// When the reading was taken that all ages refer to.
    package var instant: Instant
    /// Since when its oldest wait has been there.
    package var since: Instant
    /// When its youngest wait began: for a ring, when it closed, and by whom.
    package var closedAt: Instant
    package var closedBy: String
    /// The shortest ring in order, each waiting for the next; else those whose waits are the
    /// evidence, then the holders at which the chain ends.
    package var cycle: [Member]
    /// True when `cycle` is a ring.
    package var isRing: Bool
    /// Members of the ring's component that are not of the shortest ring, as many as are listed.
    package var others: [Member]
    /// The sessions of the root, ascending: ring, component, evidence.
    package var component: [SessionNumber]
    /// How many parties the root has in all, agents and those outside included.
    package var rootCount: Int
    /// The sessions that cannot go on because of the root, ascending.
    package var behind: [SessionNumber]
    /// Where they queue, the longest queue first.
    package var queues: [Queue]
    /// All sessions that were looked at.
    package var sessionCount: Int
    /// The resources of the ring's lock order, one line a member.
    package var order: [OrderLine]
    /// Order conflicts known when this was found.
    package var conflicts: [LockOrder.Conflict]
    /// The timer that will break it first.
    package var timer: Timer?
    /// One sentence with the figures that led to the verdict; empty for a ring, which speaks for
    /// itself.
    package var evidence: String
    /// Whose operation to cancel if it must be broken: see `HangBuilder.cheapest`.
    package var cheapest: SessionNumber?
    /// The server that it is about, where it is about one; empty else.
    package var server: String

    /// Frames of its members that are kept of each host.
    package static let framesMax = 1_000

    /// `S17: PKT -> CONN[FS2]`.
    package struct OrderLine: Hashable, Sendable {
        package var name: String
        package var held: String
        package var wanted: String
    }

    package struct Timer: Hashable, Sendable {
        /// `OplockBreakWait (35 s)`.
        package var name: String
        package var at: Instant

        package init(name: String, at: Instant) {
            self.name = name
            self.at = at
        }
    }

    /// How many queue for one resource behind the root.
    package struct Queue: Hashable, Sendable {
        package var resource: String
        package var count: Int
        /// Of them, shared waiters that wait only because an exclusive one is queued before them.
        package var sharedBehindExclusive: Int
        /// That exclusive waiter.
        package var exclusive: String
        /// Some of them, in queue order.
        package var names: [String]
    }
}

extension Hang {
    /// The graph shows it, but a holder is outside our view or waits for ever by right.
    ///
    /// Verdicts that rest on figures (a lost response, a slow server) are neither proved nor
    /// suspected: their evidence is told.
    package var isSuspected: Bool { !isProved && evidence.isEmpty }

    /// One party of a hang with all that it waits for and has.
    package struct Member: Hashable, Sendable {
        /// Number of the party in its snapshot; identifies it within this hang.
        package var node: Int32
        /// `S17`, `S17 break handler`, `host 0 receiver[fs1]`.
        package var name: String
        package var session: SessionNumber?
        package var source: String
        package var state: WaitSnapshot.Party.State
        package var operation: String
        package var path: String
        /// Nanoseconds since its operation began, or nil when it has none.
        package var stalled: UInt64?
        package var wants: [Want]
        package var holds: [Holding]
    }

    package struct Want: Hashable, Sendable {
        package var resource: String
        package var mode: String
        /// Nanoseconds.
        package var age: UInt64
        package var site: String
        /// From 1; 0 when it does not queue.
        package var place: Int
        package var queueLength: Int
        package var heldBy: [Holder]
        /// Holders that are not listed.
        package var moreHolders: Int
        /// Whom it stands behind in the queue; empty at the head.
        package var behind: String
        package var timer: Timer?
        package var request: RequestFacts?
    }

    package struct Holder: Hashable, Sendable {
        package var node: Int32
        package var name: String
        package var mode: String
        /// Nanoseconds.
        package var age: UInt64
        package var state: WaitSnapshot.Party.State
    }

    package struct Holding: Hashable, Sendable {
        package var resource: String
        package var mode: String
        /// Nanoseconds.
        package var age: UInt64
        package var site: String
    }

    /// What identifies a request on the wire.
    package struct RequestFacts: Hashable, Sendable {
        package var operation: String
        package var path: String
        package var server: String
        package var tuple: String
        package var sessionID: UInt64
        package var treeID: UInt32
        package var messageID: UInt64
        package var asyncID: UInt64
        package var isInterim: Bool
        /// `.never` when it was not sent.
        package var sent: Instant
    }
}
