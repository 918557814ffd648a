package import Measurement
package import Primitives

/// A host at a glance, for a person who watches: as little as it takes, ten times a second.
package struct HostGlance: Sendable {
    /// What a session is about.
    package enum Activity: UInt8, Hashable, Sendable {
        case waiting
        case thinking
        case working
        case refused
        case ended
    }

    /// One session; times are nanoseconds.
    package struct Session: Sendable {
        package let activity: Activity
        package let operations: UInt64
        package let errors: UInt64
        package let last: UInt64
        package let maximum: UInt64
        /// What is under way, on which path, and since when; nil if nothing is.
        package let kind: OperationKind?
        package let path: UNCPath?
        package let age: UInt64
    }

    /// The percentiles of one session, which cost more than all the rest: some sessions at a time.
    package struct Percentiles: Sendable {
        /// Index into the host's sessions.
        package let session: Int
        package let p50: UInt64
        package let p99: UInt64
    }

    /// The one session that somebody wants to know all about.
    package struct Detail: Sendable {
        package let number: SessionNumber
        package let response: SessionHistogram
        package let lastError: String?
    }

    package let phase: String
    package let isPaused: Bool
    package let sessions: [Session]
    package let percentiles: [Percentiles]
    package let detail: Detail?
    /// Who waits for what; nil while nothing is old enough to be worth the search.
    package let waits: WaitsAndHolds?
}

extension Host {
    /// How many glances it takes until the percentiles of all sessions were told.
    private static var glancesPerRound: Int { 20 }
    /// Waits are listed from this age on, in nanoseconds, and not in every glance.
    private static var oldWait: UInt64 { 500_000_000 }
    private static var glancesPerWaits: Int { 5 }

    /// The host as it is at `now`; `number` counts the glances, `wanted` is told in detail.
    package func glance(_ number: Int, wanted: SessionNumber?, at now: Instant) -> HostGlance {
        var oldest: UInt64 = 0
        let shown = sessions.map { session in
            let age = session.work.map { now.nanoseconds(since: $0.intended) } ?? 0
            oldest = max(oldest, age)
            return HostGlance.Session(
                activity: session.state.activity,
                operations: session.statistics.operations,
                errors: session.statistics.errors,
                last: session.statistics.last,
                maximum: session.statistics.response.maximum,
                kind: session.work?.kind,
                path: session.work?.path ?? session.open?.path,
                age: age
            )
        }
        let first = number % Self.glancesPerRound
        let round = stride(from: first, to: sessions.count, by: Self.glancesPerRound)
        let listsWaits = oldest >= Self.oldWait && number.isMultiple(of: Self.glancesPerWaits)
        return HostGlance(
            phase: "\(phase)",
            isPaused: isPaused,
            sessions: shown,
            percentiles: round.map { index in
                let response = sessions[index].statistics.response
                return HostGlance.Percentiles(
                    session: index,
                    p50: response.percentile(50),
                    p99: response.percentile(99)
                )
            },
            detail: wanted.flatMap { wanted in
                sessions.first { $0.plan.number == wanted }.map { session in
                    HostGlance.Detail(
                        number: wanted,
                        response: session.statistics.response,
                        lastError: session.lastError
                    )
                }
            },
            waits: listsWaits
                ? interpreter.waitsAndHolds { scope, index in name(scope, index) } : nil
        )
    }

    /// The session of a task of the client model, by its number across all hosts.
    package func session(ofTask task: Int) -> SessionNumber? {
        let index = interpreter.session(of: task)
        return sessions.indices.contains(index) ? sessions[index].plan.number : nil
    }
}

extension HostSession.State {
    var activity: HostGlance.Activity {
        switch self {
        case .waiting, .assembled: .waiting
        case .thinking: .thinking
        case .working: .working
        case .refused: .refused
        case .ended: .ended
        }
    }
}
