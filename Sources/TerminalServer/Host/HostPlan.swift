package import Dfs
package import Primitives
package import Redirector

/// One simulated user of a host.
package struct SessionPlan: Hashable, Sendable {
    /// Its number across all hosts.
    package let number: SessionNumber
    /// Index into the run's users; sessions may share one.
    package let user: Int
    package let userName: String
    /// Index into the host's scripts.
    package let script: Int

    package init(number: SessionNumber, user: Int, userName: String, script: Int = 0) {
        self.number = number
        self.user = user
        self.userName = userName
        self.script = script
    }
}

/// Files that are made in the run's folder before the load.
package struct FilesPlan: Hashable, Sendable {
    package var count: Int
    /// Bytes.
    package var size: Int
    package var seed: UInt64

    package init(count: Int, size: Int, seed: UInt64) {
        self.count = count
        self.size = size
        self.seed = seed
    }

    /// The bytes of the file of that index from `offset` on: the same for everybody who knows the
    /// seed.
    package func content(of index: Int, offset: Int, count: Int) -> [UInt8] {
        var random = SplitMix64(seed: seed).stream(UInt64(index))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(offset + count + 8)
        while bytes.count < offset + count {
            let number = random.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return Array(bytes[offset..<offset + count])
    }
}

/// Everything one terminal server is to do.
package struct HostPlan: Hashable, Sendable {
    /// Who shares a connection to a server.
    package enum Sharing: String, Hashable, Sendable {
        /// All sessions of the host: the classic terminal server.
        case host
        case session
    }

    package var number: Int
    package var sessions: [SessionPlan]
    package var target: UNCPath
    /// One, or several that the sessions share.
    package var scripts: [Script]
    package var model: CompiledModel
    package var sharing = Sharing.host
    /// `gridlock-<run id>`, the only folder that is written to.
    package var runFolder: String
    /// Barriers are for the sessions of all hosts of the run.
    package var sharesBarriers = false
    package var files = FilesPlan(count: 0, size: 0, seed: 0)
    package var readOnly = false
    /// The load; what comes before and after it has its own time.
    package var duration = Duration.seconds(30)
    /// The beginning of the load that leaves no trace in the figures.
    package var warmUp = Duration.zero
    /// After the load, what is stuck is left behind so early that the rest has ended by then.
    package var grace = Duration.seconds(10)
    /// How long one step of set-up may take: proving a user, opening or writing a file.
    package var setupLimit = Duration.seconds(30)
    /// How long cleaning up and logging off may take.
    package var logoffLimit = Duration.seconds(30)
    package var seed: UInt64
    /// The host's load in an open loop; nil for a closed one.
    ///
    /// Each session starts its operations on a schedule of its own, whatever became of the last.
    package var operationsPerSecond: Double?
    /// How the load of the whole run rises and falls; nil: all of it from beginning to end.
    package var shape: LoadShape?
    /// The sessions of all hosts together, who share what the shape says; nil: those of this host.
    package var sessionsOfRun: Int?
    package var scope = AccessScope()
    package var map = HostMap()
    package var redirector: RedirectorSettings
    package var dfs = DfsSettings()
    /// Paths of an earlier run to be deleted, children first; then nothing else is done.
    package var cleaning: [ManifestEntry] = []
    /// Keeps what each resolution asked, for `gridlock resolve`.
    package var tracesResolutions = false
    /// Whether distinct users are proved one after the other before the load.
    package var provesUsers = true
    /// Whether the host notes since when everything waits and is held, and what was wanted with it.
    ///
    /// Without, nobody may ask who waits for whom: only a measurement of the cost does without.
    package var tracksWaits = true

    package init(
        number: Int,
        sessions: [SessionPlan],
        target: UNCPath,
        script: Script,
        model: CompiledModel,
        runFolder: String,
        seed: UInt64,
        redirector: RedirectorSettings
    ) {
        self.number = number
        self.sessions = sessions
        self.target = target
        scripts = [script]
        self.model = model
        self.runFolder = runFolder
        self.seed = seed
        self.redirector = redirector
    }
}
