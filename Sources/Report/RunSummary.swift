package import Measurement

/// Everything that is known about a run when it ends, or in its middle: the source of every output.
package struct RunSummary: Hashable, Sendable {
    package var version: String
    package var profile: String
    package var profileHash: String
    package var seed: UInt64
    /// `emulated`, or the UNC path.
    package var target: String
    package var client: String
    package var hosts: Int
    /// UTC, ISO 8601.
    package var startedAt: String
    package var finishedAt: String
    package var wallSeconds: Double
    package var exitCode: Int32
    /// Every reason for an exit code above 0, as sentences.
    package var reasons: [String]
    package var operations: [OperationRow]
    package var sessions: [SessionRow]
    package var generator: GeneratorRow

    /// Whether the clock was the world's own and not the wall's.
    package var isVirtualTime = false
    /// Equal for two runs in virtual time that did the same; nil in real time.
    package var traceHash: String?
    /// How long the load lasted; nil: as long as the run.
    package var loadSeconds: Double?
    /// What the figures leave out; nil if nothing.
    package var warmUp: WarmUpRow?
    /// False in the middle of a run: figures and verdicts are those so far.
    package var isComplete = true
    /// The verdict that the profile expects.
    package var expected: String?
    package var verdicts: [RunVerdict] = []
    /// Requests and waits that became older than the stall limit; nil where nobody watched.
    package var stallCount: UInt64?
    package var hangs: [HangRow] = []
    package var thresholds: [ThresholdResult] = []
    package var timeline = LatencyTimeline()
    package var connections: [ConnectionRow] = []

    package init(
        version: String,
        profile: String,
        profileHash: String,
        seed: UInt64,
        target: String,
        client: String,
        hosts: Int,
        startedAt: String,
        finishedAt: String,
        wallSeconds: Double,
        exitCode: Int32,
        reasons: [String],
        operations: [OperationRow],
        sessions: [SessionRow],
        generator: GeneratorRow
    ) {
        self.version = version
        self.profile = profile
        self.profileHash = profileHash
        self.seed = seed
        self.target = target
        self.client = client
        self.hosts = hosts
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.wallSeconds = wallSeconds
        self.exitCode = exitCode
        self.reasons = reasons
        self.operations = operations
        self.sessions = sessions
        self.generator = generator
    }

    package var operationCount: UInt64 { operations.reduce(0) { $0 + $1.statistics.count } }
    /// Of the measured load: neither set-up nor warm-up is in the time that it is divided by.
    package var operationsPerSecond: Double {
        let seconds = loadSeconds ?? wallSeconds
        return seconds > 0 ? Double(operationCount) / seconds : 0
    }
    package var errorCount: UInt64 { operations.reduce(0) { $0 + $1.statistics.errors } }

    /// The gravest verdict that somebody has to do something about, or the expected one that came,
    /// or `pass`; `incomplete` while nothing is certain yet.
    package var verdict: String {
        if let gravest = RunVerdict.gravest(of: verdicts) { return gravest.name }
        if !isComplete { return "incomplete" }
        return verdicts.first { $0.isExpected }?.name ?? "pass"
    }

    /// All operations together.
    package var whole: OperationStatistics {
        operations.reduce(into: OperationStatistics()) { $0.add($1.statistics) }
    }
}

/// The beginning of the load, which leaves no trace in the figures.
package struct WarmUpRow: Hashable, Sendable {
    package let seconds: Double
    package let operations: UInt64

    package init(seconds: Double, operations: UInt64) {
        self.seconds = seconds
        self.operations = operations
    }
}

/// One kind of operation over all sessions.
package struct OperationRow: Hashable, Sendable {
    package let name: String
    package let statistics: OperationStatistics
    /// How often each status ended it, by name.
    package let statuses: [StatusRow]

    package init(
        name: String,
        statistics: OperationStatistics,
        statuses: [StatusRow] = []
    ) {
        self.name = name
        self.statistics = statistics
        self.statuses = statuses
    }
}

/// How often a status was seen.
package struct StatusRow: Hashable, Sendable {
    /// `STATUS_OBJECT_NAME_NOT_FOUND`, or a number that has no name.
    package let name: String
    package let count: UInt64

    package init(name: String, count: UInt64) {
        self.name = name
        self.count = count
    }
}

/// One session over all operations.
package struct SessionRow: Hashable, Sendable {
    /// What a session was doing when the summary was made.
    package struct InFlight: Hashable, Sendable {
        package let operation: String
        package let path: String
        package let ageSeconds: Double

        package init(operation: String, path: String, ageSeconds: Double) {
            self.operation = operation
            self.path = path
            self.ageSeconds = ageSeconds
        }
    }

    package let id: Int
    package let user: String
    package let host: Int
    package let statistics: SessionStatistics
    package let state: String
    /// The name of its script; nil where all run the same.
    package let script: String?
    package let inFlight: InFlight?
    /// The last thing that went wrong, as a sentence.
    package let lastError: String?

    package init(
        id: Int,
        user: String,
        host: Int,
        statistics: SessionStatistics,
        state: String,
        script: String? = nil,
        inFlight: InFlight?,
        lastError: String?
    ) {
        self.id = id
        self.user = user
        self.host = host
        self.statistics = statistics
        self.state = state
        self.script = script
        self.inFlight = inFlight
        self.lastError = lastError
    }
}

/// The load generator about itself.
package struct GeneratorRow: Hashable, Sendable {
    /// The longest that a due timer had to wait for the event loop, in milliseconds.
    package let lagMillisecondsMax: Double
    package let cpuSeconds: Double
    /// Arrivals that could not be started when they were due; a closed loop has none.
    package let dropped: UInt64
    /// How late arrivals began although their sessions were idle; nil in a closed loop.
    package let arrivalLag: Histogram?

    package init(
        lagMillisecondsMax: Double,
        cpuSeconds: Double,
        dropped: UInt64 = 0,
        arrivalLag: Histogram? = nil
    ) {
        self.lagMillisecondsMax = lagMillisecondsMax
        self.cpuSeconds = cpuSeconds
        self.dropped = dropped
        self.arrivalLag = arrivalLag
    }
}

/// What connections to one server agreed on, and how their requests went out.
package struct ConnectionRow: Hashable, Sendable {
    package let server: String
    package let connections: Int
    package let dialect: String
    /// The algorithm, whether or not anything was signed.
    package let signing: String
    package let cipher: String?
    package let requests: UInt64
    package let signed: UInt64
    package let sealed: UInt64

    package init(
        server: String,
        connections: Int,
        dialect: String,
        signing: String,
        cipher: String?,
        requests: UInt64,
        signed: UInt64,
        sealed: UInt64
    ) {
        self.server = server
        self.connections = connections
        self.dialect = dialect
        self.signing = signing
        self.cipher = cipher
        self.requests = requests
        self.signed = signed
        self.sealed = sealed
    }
}
