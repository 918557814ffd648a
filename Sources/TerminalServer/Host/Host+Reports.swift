internal import Primitives
internal import Redirector
internal import SMBWire

/// Failures that were said once, and how often they have come again since.
struct FailureLog: Hashable, Sendable {
    struct Key: Hashable, Sendable {
        let server: String
        let status: NTStatus
        /// What it happened to; empty for an operation of the load.
        let place: String
    }

    struct Entry: Hashable, Sendable {
        let key: Key
        var repetitions: UInt64 = 0
        var saidAt: Instant
    }

    /// In the order of their first appearance.
    private(set) var entries: [Entry] = []
    /// For look-up only.
    private var indices: [Key: Int] = [:]

    static let pause = Duration.seconds(10)

    enum Remark: Hashable, Sendable {
        /// It is new: to be said in full.
        case first
        case again(UInt64)
        case nothing
    }

    /// Notes a failure, and says what is to be said of it now.
    mutating func note(_ key: Key, at now: Instant) -> Remark {
        guard let index = indices[key] else {
            indices[key] = entries.count
            entries.append(Entry(key: key, saidAt: now))
            return .first
        }
        entries[index].repetitions += 1
        guard now >= entries[index].saidAt + Self.pause else { return .nothing }
        return .again(take(index, at: now))
    }

    private mutating func take(_ index: Int, at now: Instant) -> UInt64 {
        defer { (entries[index].repetitions, entries[index].saidAt) = (0, now) }
        return entries[index].repetitions
    }

    /// What has come again and was not said yet.
    mutating func rest(at now: Instant) -> [(Key, UInt64)] {
        entries.indices.filter { entries[$0].repetitions > 0 }
            .map { (entries[$0].key, take($0, at: now)) }
    }
}

/// What a person is told: a broken server must not drown its reader.
extension Host {
    mutating func report(
        _ sentence: String,
        session: Int? = nil,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        let number = session.map { sessions[$0].plan.number }
        effects.append(.event(HostEvent(at: now, session: number, sentence: sentence)))
    }

    /// Says an operation's failure; the same one of the same server only once, and later how often.
    mutating func report(
        failureOf work: Work,
        _ session: Int,
        _ place: String = "",
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        let path = work.path.map { " \($0.text)" } ?? ""
        let reason = sessions[session].lastError ?? ""
        let sentence = "\(place)\(work.kind.name)\(path): \(reason)"
        let key = FailureLog.Key(server: work.details.failedAt, status: work.status, place: place)
        report(sentence, as: key, session: session, at: now, into: &effects)
    }

    mutating func report(
        _ sentence: String,
        as key: FailureLog.Key,
        session: Int? = nil,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        switch failures.note(key, at: now) {
        case .first: report(sentence, session: session, at: now, into: &effects)
        case .again(let count): report(count, of: key, at: now, into: &effects)
        case .nothing: break
        }
    }

    mutating func sayRepetitions(at now: Instant, into effects: inout [HostEffect]) {
        for (key, count) in failures.rest(at: now) {
            report(count, of: key, at: now, into: &effects)
        }
    }

    private mutating func report(
        _ count: UInt64,
        of key: FailureLog.Key,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        let server = key.server.isEmpty ? "" : "\(key.server): "
        let sentence = "\(key.place)\(server)\(key.status), \(count) times more"
        report(sentence, at: now, into: &effects)
    }
}
