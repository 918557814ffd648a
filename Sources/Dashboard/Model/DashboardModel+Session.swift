package import Primitives

extension DashboardModel {
    /// One session in the list: what fits in a row, for ten thousand of them ten times a second.
    package struct Session: Hashable, Sendable {
        package var number: SessionNumber
        package var user: String
        package var host: Int
        package var state = SessionState.waiting
        package var operations: UInt64 = 0
        package var errors: UInt64 = 0
        package var last: UInt64 = 0
        package var p50: UInt64 = 0
        package var p99: UInt64 = 0
        package var maximum: UInt64 = 0
        /// Operations a second in the last seconds.
        package var rate: Double = 0
        /// The worst latency of each of the last windows, oldest first.
        package var trend = Trend()
        package var inFlight: InFlight?

        package init(number: SessionNumber, user: String, host: Int) {
            self.number = number
            self.user = user
            self.host = host
        }

        /// The age of what is under way; 0 if nothing is.
        var age: UInt64 { inFlight?.age ?? 0 }
    }

    /// What a session is doing and has not finished.
    package struct InFlight: Hashable, Sendable {
        package var operation: String
        package var path: UNCPath?
        package var age: UInt64
        /// The resource or the server it waits for; empty if it waits for nothing.
        package var waitsOn: String

        package init(operation: String, path: UNCPath?, age: UInt64, waitsOn: String = "") {
            self.operation = operation
            self.path = path
            self.age = age
            self.waitsOn = waitsOn
        }

        var pathText: String { path?.text ?? "" }
    }

    /// One session with all that is known of it.
    package struct Detail: Hashable, Sendable {
        package var session: SessionNumber
        /// The requests of the operation under way, oldest first.
        package var chain: [Request] = []
        package var waits: [Wait] = []
        package var holds: [Hold] = []
        /// What those wait for, one after the other, who have what the session waits for.
        package var onward: [Hop] = []
        /// What ended before, newest first.
        package var recent: [Request] = []
        /// Response latencies by the rows of the heat map: of this session, and of all.
        package var latencies: [UInt64] = []
        package var latenciesOfAll: [UInt64] = []
        package var p90: UInt64 = 0
        package var p999: UInt64 = 0
        /// What went wrong last, if anything did.
        package var lastError: String?

        package init(session: SessionNumber) { self.session = session }
    }

    /// A session on the way from one that waits to whoever keeps it waiting.
    package struct Hop: Hashable, Sendable {
        package var session: SessionNumber
        package var wait: Wait

        package init(session: SessionNumber, wait: Wait) {
            self.session = session
            self.wait = wait
        }
    }

    /// A request or an operation, under way or ended.
    package struct Request: Hashable, Sendable {
        package enum Outcome: Hashable, Sendable {
            case pending
            case good
            case failed
        }

        /// When it began.
        package var at: UInt64
        package var name: String
        package var path: String
        package var outcome: Outcome
        /// The latency, or the age of what is pending.
        package var took: UInt64
        /// What else there is to say: a status, ids, what a referral led to.
        package var note: String

        package init(
            at: UInt64,
            name: String,
            path: String,
            outcome: Outcome,
            took: UInt64,
            note: String = ""
        ) {
            self.at = at
            self.name = name
            self.path = path
            self.outcome = outcome
            self.took = took
            self.note = note
        }
    }

    /// A session queued for a resource.
    package struct Wait: Hashable, Sendable {
        package var resource: String
        /// `S`, `X`, or empty where the resource knows no modes.
        package var mode: String
        package var age: UInt64
        /// The line of the client model that waits.
        package var line: String
        /// Any holder may free it, as with credits; else all must.
        package var isAnyOf: Bool
        package var heldBy: [Holder]
        /// `1/12`: the place in the queue; empty if it has none.
        package var place: String

        package init(
            resource: String,
            mode: String = "",
            age: UInt64,
            line: String = "",
            isAnyOf: Bool = false,
            heldBy: [Holder] = [],
            place: String = ""
        ) {
            self.resource = resource
            self.mode = mode
            self.age = age
            self.line = line
            self.isAnyOf = isAnyOf
            self.heldBy = heldBy
            self.place = place
        }
    }

    /// Who has the resource that somebody waits for.
    package struct Holder: Hashable, Sendable {
        /// Nil if the holder is outside our view: the server, another client.
        package var session: SessionNumber?
        package var name: String
        package var mode: String
        package var age: UInt64

        package init(session: SessionNumber?, name: String, mode: String = "", age: UInt64 = 0) {
            self.session = session
            self.name = name
            self.mode = mode
            self.age = age
        }
    }

    /// A resource that a session has.
    package struct Hold: Hashable, Sendable {
        package var resource: String
        package var mode: String
        package var age: UInt64
        /// The line of the client model that took it.
        package var line: String

        package init(resource: String, mode: String = "", age: UInt64, line: String = "") {
            self.resource = resource
            self.mode = mode
            self.age = age
            self.line = line
        }
    }
}

/// How a session is, from harmless to worst; a letter says it where there is no colour.
package enum SessionState: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    case ended
    case waiting
    case thinking
    case working
    case slow
    case failed
    case behind
    case stalled
    case deadlocked

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The letter in the session map.
    package var letter: Unicode.Scalar {
        switch self {
        case .ended: "_"
        case .waiting: "w"
        case .thinking: "-"
        case .working: "."
        case .slow: "o"
        case .failed: "x"
        case .behind: "B"
        case .stalled: "S"
        case .deadlocked: "D"
        }
    }

    /// The word in the list, and in filters.
    package var word: String {
        switch self {
        case .ended: "done"
        case .waiting: "wait"
        case .thinking: "think"
        case .working: "run"
        case .slow: "slow"
        case .failed: "err"
        case .behind: "BEHIND"
        case .stalled: "STALL"
        case .deadlocked: "DEAD"
        }
    }

    var role: Role {
        switch self {
        case .ended: .ended
        case .waiting: .waiting
        case .thinking: .thinking
        case .working: .working
        case .slow: .slow
        case .failed: .failed
        case .behind: .behind
        case .stalled: .stalled
        case .deadlocked: .deadlocked
        }
    }
}
