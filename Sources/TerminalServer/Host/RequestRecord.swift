internal import Dfs
package import Primitives
internal import Redirector
package import SMBWire

/// A request of an operation, for whoever looks at one session.
package struct RequestRecord: Hashable, Sendable {
    let request: ModelRequest
    /// Index into the host's servers.
    let server: Int32
    /// What is asked for; nil where the server says it all.
    package let path: UNCPath?
    /// When the client model asked for it.
    package let began: Instant
    /// Nil until it is answered.
    package var answered: Instant?
    package var status = NTStatus.success

    package var name: String { request.name }
}

/// An operation that ended.
package struct EndedOperation: Hashable, Sendable {
    package let kind: OperationKind
    package let path: UNCPath?
    package let began: Instant
    /// The response latency, in nanoseconds.
    package let took: UInt64
    package let status: NTStatus
}

/// The last operations of a session, in a ring: what is older is gone.
struct RecentOperations: Hashable, Sendable {
    private static let most = 8
    private var ring: [EndedOperation] = []
    private var oldest = 0

    mutating func add(_ operation: consuming EndedOperation) {
        guard ring.count == Self.most else {
            ring.append(operation)
            return
        }
        ring[oldest] = operation
        oldest = (oldest + 1) % Self.most
    }

    var newestFirst: [EndedOperation] {
        (ring[oldest...] + ring[..<oldest]).reversed()
    }
}

/// The requests of a session's last operation.
///
/// What earlier operations left is written over and not removed: an array that is emptied costs
/// more than a request's whole record.
struct RequestLog: Hashable, Sendable {
    /// A long listing asks hundreds of times: the last requests are kept.
    private static let most = 12
    private var records: [RequestRecord] = []
    private var count = 0

    /// Another operation begins.
    mutating func begin() { count = 0 }

    mutating func add(_ record: consuming RequestRecord) {
        if count == Self.most {
            records.removeFirst()
            count -= 1
        }
        if count < records.count { records[count] = record } else { records.append(record) }
        count += 1
    }

    /// The last request has its answer.
    mutating func answered(_ answer: Answer) {
        guard count > 0 else { return }
        records[count - 1].answered = answer.times.answered
        records[count - 1].status = answer.status
    }

    var oldestFirst: ArraySlice<RequestRecord> { records.prefix(count) }

    static func == (lhs: Self, rhs: Self) -> Bool { lhs.oldestFirst == rhs.oldestFirst }
    func hash(into hasher: inout Hasher) { hasher.combine(oldestFirst) }
}

/// What a session asked for during its operation.
extension Host {
    mutating func note(_ request: ModelRequest, _ session: Int, at now: Instant) {
        let key = interpreter.key(of: session * plan.model.lanes)
        let path: UNCPath? =
            switch request {
            case .getReferral: sessions.span[session].work?.details.need?.path
            case .treeConnect(.server), .create: sessions[session].work?.details.target?.path
            default: nil
            }
        sessions[session].requests.add(
            RequestRecord(
                request: request,
                server: request.end == .root ? key.root : key.server,
                path: path,
                began: now
            )
        )
    }
}

extension HostSession {
    /// A request of the operation under way is answered; false if there is none under way.
    mutating func noteAnswer(_ answer: Answer) -> Bool {
        guard kind != nil else { return false }
        if let sent = answer.times.sent {
            let latency = answer.times.answered.nanoseconds(since: sent)
            work?.service += latency
            work?.lastLatency = latency
        }
        requests.answered(answer)
        return true
    }

    /// How the operation stands now; closing well does not make up for what failed before it.
    mutating func noteStatus(_ answer: Answer) {
        if answer.isSuccess, isGood { return }
        if case .close? = asked, answer.isSuccess { return }
        work?.status = answer.status
        work?.sentence = answer.sentence
    }
}
