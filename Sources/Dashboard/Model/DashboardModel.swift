package import Primitives

/// Everything the dashboard shows of a run, at one moment: an immutable value that the run
/// publishes at most ten times a second.
///
/// Times and ages are nanoseconds; points in time count from the beginning of the run.
package struct DashboardModel: Hashable, Sendable {
    package var run: Run
    package var sessions: [Session] = []
    package var operations: [Operation] = []
    package var heatMap = HeatMap()
    package var hangs: [Hang] = []
    package var orderConflicts: [OrderConflict] = []
    package var events: [Event] = []
    package var faults: [Fault] = []
    /// The session that the view asked for by `ViewState.wanted`, in detail.
    package var detail: Detail?

    package init(run: Run) { self.run = run }

    /// What runs, how far it is, and what it has come to so far.
    package struct Run: Hashable, Sendable {
        package var profile: String
        package var target: String
        package var client: String
        package var seed: UInt64
        /// In the run's own words, such as `preparing` or `load`.
        package var phase = "starting"
        package var isPaused = false
        /// The clock is a simulated one, and runs as fast as it can.
        package var isVirtual = false
        package var isOver = false
        package var elapsed: UInt64 = 0
        /// How long the load shall last; 0 if nobody said.
        package var duration: UInt64 = 0
        package var hosts = 1
        /// Operations that ended in the last seconds, a second.
        package var rate: Double = 0
        package var operations: UInt64 = 0
        package var errors: UInt64 = 0
        /// The verdict so far in words, with the exit code that it would mean.
        package var verdict = "none"
        package var exitCode: Int32 = 0
        package var checks: [Check] = []
        /// How late the load generator's timers fire.
        package var lag: UInt64 = 0
        /// Arrivals that the generator had to leave out.
        package var dropped: UInt64 = 0
        /// From which age on a request is slow, and from which it is a stall.
        package var slowAfter: UInt64 = 1_000_000_000
        package var stallAfter: UInt64 = 10_000_000_000

        /// Younger requests come and go faster than anybody reads: lists leave them alone.
        var worthListing: UInt64 { slowAfter / 10 }

        package init(profile: String, target: String, client: String, seed: UInt64) {
            self.profile = profile
            self.target = target
            self.client = client
            self.seed = seed
        }
    }

    /// A threshold or an expectation, as it stands now.
    package struct Check: Hashable, Sendable {
        /// The expression, such as `p99<250ms`.
        package var label: String
        /// What it is now, such as `412ms`.
        package var value: String
        /// Nil as long as there is too little to judge.
        package var holds: Bool?

        package init(label: String, value: String, holds: Bool?) {
            self.label = label
            self.value = value
            self.holds = holds
        }
    }

    /// One kind of operation over all sessions.
    package struct Operation: Hashable, Sendable {
        package var name: String
        package var count: UInt64 = 0
        package var errors: UInt64 = 0
        /// Operations of this kind that ended in the last seconds, a second.
        package var rate: Double = 0
        package var p50: UInt64 = 0
        package var p95: UInt64 = 0
        package var p99: UInt64 = 0
        package var maximum: UInt64 = 0
        /// The worst latency of each of the last windows, oldest first.
        package var trend = Trend()

        package init(name: String) { self.name = name }
    }

    /// Something that happened once.
    package struct Event: Hashable, Sendable {
        package enum Level: UInt8, Hashable, Sendable, CaseIterable, Comparable {
            case information
            case warning
            case critical

            package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
        }

        package var at: UInt64
        package var level: Level
        /// Who says so, such as `watchdog`, `host`, `faults` or `stderr`.
        package var source: String
        package var text: String
        package var session: SessionNumber?

        package init(
            at: UInt64,
            level: Level,
            source: String,
            text: String,
            session: SessionNumber? = nil
        ) {
            self.at = at
            self.level = level
            self.source = source
            self.text = text
            self.session = session
        }
    }

    /// A fault of the emulated namespace, which the dashboard can switch.
    package struct Fault: Hashable, Sendable {
        package var name: String
        package var isOn: Bool

        package init(name: String, isOn: Bool) {
            self.name = name
            self.isOn = isOn
        }
    }

    /// Latencies over time: how many operations ended in which row of which column.
    package struct HeatMap: Hashable, Sendable {
        /// The greatest latency of each row but the last, which has no bound.
        package var bounds: [UInt64] = []
        /// Oldest first.
        package var columns: [Column] = []
        /// What is under way now, by its age: at least that long.
        package var underWay: [UInt64] = []

        package struct Column: Hashable, Sendable {
            /// Since the run began.
            package var start: UInt64
            package var end: UInt64
            package var ended: [UInt64]

            package init(start: UInt64, end: UInt64, ended: [UInt64]) {
                self.start = start
                self.end = end
                self.ended = ended
            }
        }

        package init() {}
    }
}
