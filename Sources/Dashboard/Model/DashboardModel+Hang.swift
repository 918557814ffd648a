package import Primitives

extension DashboardModel {
    /// A stall that the watchdog has explained: one component of the wait-for graph.
    package struct Hang: Hashable, Sendable {
        package var id: Int
        /// In the watchdog's words, such as `deadlock` or `credit exhaustion`.
        package var verdict: String
        /// Nothing in it can ever move: the members are shown as deadlocked.
        package var isDeadlock = false
        package var isConfirmed = false
        /// `cycle` closes, its last waiting for its first; else it lists the evidence.
        package var isRing = false
        /// It has dissolved since.
        package var isOver = false
        /// When it closed.
        package var at: UInt64 = 0
        package var age: UInt64 = 0
        /// What the verdict rests on: `2 snapshots, 0.25 s`.
        package var evidence = ""
        /// Why, in a sentence.
        package var why = ""
        /// The shortest cycle in its order: each waits for the next, the last for the first.
        package var cycle: [Member] = []
        /// The component's other sessions.
        package var others: [SessionNumber] = []
        /// How many wait behind it, and the first of them.
        package var behindCount = 0
        package var behind: [SessionNumber] = []
        /// Since when the order conflict was known; nil if it was not.
        package var knownSince: UInt64?
        /// The dump, relative to the run directory.
        package var file: String?

        package init(id: Int, verdict: String) {
            self.id = id
            self.verdict = verdict
        }
    }

    /// A session in a cycle: what it wants, from whom, and what it has meanwhile.
    package struct Member: Hashable, Sendable {
        /// Nil for an agent of a host or a connection.
        package var session: SessionNumber?
        /// `s17`, `s17 break handler`.
        package var name: String
        package var operation: String
        package var path: String
        package var age: UInt64
        package var wants: Wait
        package var holds: [Hold]

        package init(
            session: SessionNumber?,
            name: String,
            operation: String,
            path: String,
            age: UInt64,
            wants: Wait,
            holds: [Hold]
        ) {
            self.session = session
            self.name = name
            self.operation = operation
            self.path = path
            self.age = age
            self.wants = wants
            self.holds = holds
        }
    }

    /// Two classes of resources that were taken in both orders: a deadlock that is possible.
    package struct OrderConflict: Hashable, Sendable {
        package var first: String
        package var second: String
        /// How often `first` was held when `second` was wanted, and the other way round.
        package var forward: UInt64
        package var backward: UInt64
        /// When the second order was first seen.
        package var since: UInt64

        package init(
            first: String,
            second: String,
            forward: UInt64,
            backward: UInt64,
            since: UInt64
        ) {
            self.first = first
            self.second = second
            self.forward = forward
            self.backward = backward
            self.since = since
        }
    }
}
