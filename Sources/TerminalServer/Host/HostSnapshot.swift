package import Measurement
package import Primitives

/// What a host shows of itself, as values that can cross threads.
package struct HostSnapshot: Hashable, Sendable {
    package struct Session: Hashable, Sendable {
        package struct InFlight: Hashable, Sendable {
            package let operation: String
            package let path: String
            /// Nanoseconds.
            package let age: UInt64
        }

        package let plan: SessionPlan
        package let statistics: SessionStatistics
        /// `waiting`, `thinking`, `working`, `refused` or `ended`.
        package let state: String
        package let inFlight: InFlight?
        package let lastError: String?
    }

    package let phase: String
    package let outcome: HostOutcome
    package let isFinished: Bool
    package let sessions: [Session]
    /// By the raw value of `OperationKind`.
    package let operations: [OperationStatistics]
    /// Nanoseconds of load so far.
    package let loadDuration: UInt64
    /// Manifest entries that could not be deleted.
    package let uncleaned: Int
    /// Operations of an open loop that were due and never began.
    package let dropped: UInt64
    /// How late the generator was with operations of an open loop, in nanoseconds.
    package let scheduleLag: Histogram
    package let trace: [ResolutionTrace]
    package let waits: WaitsAndHolds
}

extension Host {
    /// The host as it is at `now`.
    package func snapshot(at now: Instant) -> HostSnapshot {
        HostSnapshot(
            phase: "\(phase)",
            outcome: outcome,
            isFinished: isFinished,
            sessions: sessions.map { session in
                HostSnapshot.Session(
                    plan: session.plan,
                    statistics: session.statistics,
                    state: "\(session.state)",
                    inFlight: session.work.map { work in
                        .init(
                            operation: work.kind.name,
                            path: (work.path ?? session.open?.path)?.text ?? "",
                            age: now.nanoseconds(since: work.intended)
                        )
                    },
                    lastError: session.lastError
                )
            },
            operations: statistics,
            loadDuration: loadBegan.map { (loadEnded ?? now).nanoseconds(since: $0) } ?? 0,
            uncleaned: uncleaned,
            dropped: dropped,
            scheduleLag: scheduleLag,
            trace: trace,
            waits: interpreter.waitsAndHolds { scope, index in name(scope, index) }
        )
    }

    /// What an index of a scope stands for, for a person.
    func name(_ scope: Scope, _ index: Int) -> String {
        switch scope {
        case .host: ""
        case .file: files.indices.contains(index) ? files[index] : ""
        case .server, .root: servers.indices.contains(index) ? servers[index].name : ""
        case .junction: junctions.indices.contains(index) ? junctions[index] : ""
        }
    }
}
