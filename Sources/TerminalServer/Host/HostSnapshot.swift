internal import Dfs
package import Measurement
package import Primitives
package import Redirector

/// What a session was about when an operation of it failed.
package enum SessionFailure: Hashable, Sendable {
    /// The server could not be reached.
    case contact
    /// The server, or the credentials, refused the log-on.
    case logon
    case work

    init(of work: Work) {
        switch work.asked {
        case .connect(.server), .connect(.root): self = .contact
        case .logon(.server), .logon(.root):
            self = Failover.isRefusal(work.status) ? .logon : .work
        default: self = .work
        }
    }
}

/// What a host shows of itself, as values that can cross threads.
package struct HostSnapshot: Hashable, Sendable {
    package struct Session: Hashable, Sendable {
        package struct InFlight: Hashable, Sendable {
            package let operation: String
            package let path: UNCPath?
            /// Nanoseconds.
            package let age: UInt64
        }

        package let plan: SessionPlan
        package let statistics: SessionStatistics
        /// `waiting`, `thinking`, `working`, `refused` or `ended`.
        package let state: String
        package let inFlight: InFlight?
        package let lastError: String?
        package let lastFailure: SessionFailure?
    }

    package let phase: String
    package let outcome: HostOutcome
    package let isFinished: Bool
    package let sessions: [Session]
    /// By the raw value of `OperationKind`.
    package let operations: [OperationStatistics]
    /// Nanoseconds of load so far, without those in which it warmed up.
    package let loadDuration: UInt64
    /// Operations that the figures leave out, because they were due while it warmed up.
    package let warmUpOperations: UInt64
    /// Names of the manifest that are on the share still, as far as is known.
    package let uncleaned: Int
    /// Where they are: the run's folder.
    package let folder: UNCPath
    /// Operations of an open loop that were due and never began.
    package let dropped: UInt64
    /// How late the generator was with operations of an open loop, in nanoseconds.
    package let scheduleLag: Histogram
    package let connections: [ConnectionUse]
    package let trace: [ResolutionTrace]
}

extension Host {
    /// The host as it is at `now`.
    package func snapshot(at now: Instant) -> HostSnapshot {
        HostSnapshot(
            phase: "\(phase)",
            outcome: outcome,
            isFinished: isFinished,
            sessions: sessions.indices.map { shown(atSession: $0, at: now) },
            operations: statistics,
            loadDuration: measuredFrom.map { (loadEnded ?? now).nanoseconds(since: $0) } ?? 0,
            warmUpOperations: warmUpOperations,
            uncleaned: leftBehind,
            folder: plan.target.appending(plan.runFolder),
            dropped: dropped,
            scheduleLag: scheduleLag,
            connections: redirector.connectionUses,
            trace: trace
        )
    }

    /// Field by field: a copy of all that a session is costs more than what is shown of it.
    private func shown(atSession index: Int, at now: Instant) -> HostSnapshot.Session {
        HostSnapshot.Session(
            plan: sessions[index].plan,
            statistics: sessions[index].statistics,
            state: sessions[index].state.rawValue,
            inFlight: inFlight(atSession: index, at: now),
            lastError: sessions[index].lastError,
            lastFailure: sessions[index].lastFailure
        )
    }

    private func inFlight(
        atSession index: Int,
        at now: Instant
    ) -> HostSnapshot.Session.InFlight? {
        guard let intended = sessions[index].intended, let kind = sessions[index].kind else {
            return nil
        }
        return HostSnapshot.Session.InFlight(
            operation: kind.name,
            path: sessions[index].workPath,
            age: now.nanoseconds(since: intended)
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
