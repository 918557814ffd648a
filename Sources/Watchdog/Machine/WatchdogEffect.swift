package import Primitives

extension Watchdog {
    /// What the watchdog wants done, or has to say.
    package enum Effect: Hashable, Sendable {
        /// Ask every source for a snapshot and hand each one in with `received`.
        case takeSnapshots
        case found(Hang)
        /// The same hang with more behind it, or with a new verdict on the same server.
        case grew(Hang)
        case cleared(Clearance)
        /// Two orders of the same classes have now both been seen: nothing hangs yet.
        case orderConflict(LockOrder.Conflict)
        case generatorStuck(GeneratorStall)
        case generatorResumed(GeneratorStall, after: Duration)
    }

    /// A hang that is over.
    package struct Clearance: Hashable, Sendable {
        package var id: Int
        package var verdict: Verdict
        /// Since its oldest wait began; right to half a second.
        package var lasted: Duration
        /// What ended it, if its length or a timer says so; empty else.
        package var cause: String

        package init(id: Int, verdict: Verdict, lasted: Duration, cause: String) {
            self.id = id
            self.verdict = verdict
            self.lasted = lasted
            self.cause = cause
        }
    }

    /// An event loop that has been silent: Gridlock's own trouble, never called a deadlock.
    package struct GeneratorStall: Hashable, Sendable {
        package var source: Int
        package var name: String
        /// When it was last heard of.
        package var since: Instant
        package var lastInput: String

        package init(source: Int, name: String, since: Instant, lastInput: String) {
            self.source = source
            self.name = name
            self.since = since
            self.lastInput = lastInput
        }

        /// `generator stuck: loop of host 0, last input READ response`.
        package var text: String {
            "generator stuck: loop of \(name), last input \(lastInput.isEmpty ? "none" : lastInput)"
        }
    }
}
