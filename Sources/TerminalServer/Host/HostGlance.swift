package import Measurement
package import Primitives
internal import Redirector
internal import SMBWire

/// A host at a glance, for a person who watches: what has changed since the last glance, ten times
/// a second.
package struct HostGlance: Sendable {
    /// What a session is about.
    package enum Activity: UInt8, Hashable, Sendable {
        case waiting
        case thinking
        case working
        case refused
        case ended
    }

    /// One session that has changed; times are nanoseconds.
    package struct Session: Sendable {
        /// Index into the host's sessions.
        package let index: Int
        package let activity: Activity
        package let operations: UInt64
        package let errors: UInt64
        package let last: UInt64
        package let maximum: UInt64
        /// What is under way, on which path, and since when; nil if nothing is.
        package let kind: OperationKind?
        package let path: UNCPath?
        package let since: Instant?
    }

    /// The percentiles of one session, which cost more than all the rest: some sessions at a time.
    package struct Percentiles: Sendable {
        /// Index into the host's sessions.
        package let session: Int
        package let p50: UInt64
        package let p99: UInt64
    }

    /// A request of the operation under way.
    package struct Request: Sendable {
        package let record: RequestRecord
        package let server: String
        /// What there is to say of an old one: what it waits for, its ids.
        package let note: String
    }

    /// The one session that somebody wants to know all about.
    package struct Detail: Sendable {
        package let index: Int
        package let response: SessionHistogram
        package let lastError: String?
        /// Oldest first.
        package let requests: [Request]
        /// Newest first.
        package let recent: [EndedOperation]
    }

    /// What the glance is to tell besides what has changed.
    package struct Question: Hashable, Sendable {
        /// Counts the glances.
        package var number: Int
        /// The index of a session that is told in detail.
        package var wanted: Int?
        /// Who waits for what, which takes a search.
        package var asksForWaits = false

        package init(number: Int) { self.number = number }
    }

    package let at: Instant
    package let phase: String
    package let isPaused: Bool
    /// Sessions that were added since the last glance.
    package let newcomers: [SessionPlan]
    package let sessions: [Session]
    package let percentiles: [Percentiles]
    package let detail: Detail?
    package let waits: WaitsAndHolds?
}

extension Host {
    /// How many glances it takes at least until the percentiles of all sessions were told, and of
    /// how many sessions each glance tells them at most.
    private static var glancesPerRound: Int { 20 }
    private static var percentilesPerGlance: Int { 200 }
    /// Younger requests come and go faster than anybody reads what can be said of them.
    private static var oldRequest: UInt64 { 250_000_000 }

    /// What has changed since the last glance; there is one watcher.
    package mutating func glance(_ question: HostGlance.Question, at now: Instant) -> HostGlance {
        let changed = touched
        touched.removeAll(keepingCapacity: true)
        for index in changed { sessions[index].isTouched = false }
        let newcomers = sessions[told...].map(\.plan)
        told = sessions.count
        return HostGlance(
            at: now,
            phase: "\(phase)",
            isPaused: isPaused,
            newcomers: newcomers,
            sessions: changed.map { glance(atSession: $0) },
            percentiles: percentiles(question.number),
            detail: question.wanted.flatMap { detail(of: $0, at: now) },
            waits: question.asksForWaits
                ? interpreter.waitsAndHolds { scope, index in name(scope, index) } : nil
        )
    }

    /// Notes that a session is not as it was at the last glance.
    mutating func touch(_ session: Int) {
        guard !sessions[session].isTouched else { return }
        sessions[session].isTouched = true
        touched.append(session)
    }

    private func glance(atSession index: Int) -> HostGlance.Session {
        HostGlance.Session(
            index: index,
            activity: sessions[index].state.activity,
            operations: sessions[index].statistics.operations,
            errors: sessions[index].statistics.errors,
            last: sessions[index].statistics.last,
            maximum: sessions[index].statistics.response.maximum,
            kind: sessions[index].kind,
            path: sessions[index].workPath,
            since: sessions[index].intended
        )
    }

    private func percentiles(_ number: Int) -> [HostGlance.Percentiles] {
        let round = max(Self.glancesPerRound, sessions.count / Self.percentilesPerGlance)
        return stride(from: number % round, to: sessions.count, by: round).map { index in
            HostGlance.Percentiles(
                session: index,
                p50: sessions[index].statistics.response.percentile(50),
                p99: sessions[index].statistics.response.percentile(99)
            )
        }
    }

    private func detail(of index: Int, at now: Instant) -> HostGlance.Detail? {
        guard sessions.indices.contains(index) else { return nil }
        let session = sessions[index]
        let requests = session.work == nil ? [] : session.requests.oldestFirst
        return HostGlance.Detail(
            index: index,
            response: session.statistics.response,
            lastError: session.lastError,
            requests: requests.map { record in
                HostGlance.Request(
                    record: record,
                    server: name(.server, Int(record.server)),
                    note: note(on: record, of: index, at: now)
                )
            },
            recent: session.recent.newestFirst
        )
    }

    private func note(on record: RequestRecord, of session: Int, at now: Instant) -> String {
        guard record.answered == nil else {
            return record.status == .success ? "" : "\(record.status)"
        }
        let task = session * plan.model.lanes
        guard now.nanoseconds(since: record.began) >= Self.oldRequest,
            let request = redirector.outstanding.last(where: { $0.tag == task })
        else { return "" }
        guard let message = request.messageID else { return "waits for a credit" }
        let wire = tuples[request.connection.rawValue].map { ", \($0)" } ?? ""
        let interim = request.times.interim == nil ? "" : ", STATUS_PENDING came"
        return "message \(message.rawValue)\(wire)\(interim)"
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
