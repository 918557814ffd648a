package import Primitives
package import SMBWire

/// Names one request to the file system until it is answered; the server chooses it.
package struct FileTicket: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// Who makes an open: what oplocks, leases and durable opens need to know of it.
package struct OpenOwner: Hashable, Sendable {
    package var connection: Int
    package var session: SMBSessionID
    package var tree: TreeID
    /// The user's index in the plan; -1 for guests and the anonymous user.
    package var user: Int
    package var clientGUID: GUID
    package var dialect: Dialect

    package init(
        connection: Int,
        session: SMBSessionID,
        tree: TreeID,
        user: Int,
        clientGUID: GUID,
        dialect: Dialect
    ) {
        self.connection = connection
        self.session = session
        self.tree = tree
        self.user = user
        self.clientGUID = clientGUID
        self.dialect = dialect
    }
}

/// What a request to the file system brought.
package enum FileAnswer: Hashable, Sendable {
    case nothing
    case created(CreateResponse)
    case closed(CloseResponse)
    /// READ.
    case read([UInt8])
    /// WRITE: bytes written.
    case written(UInt32)
    /// QUERY_DIRECTORY, QUERY_INFO, CHANGE_NOTIFY. With STATUS_BUFFER_TOO_SMALL: the four bytes
    /// that ErrorData carries, the length that was needed.
    case buffer([UInt8])
    /// OPLOCK_BREAK: the response to an acknowledgement.
    case acknowledged(OplockBreak)
}

/// What the server must do for the file system, in this order.
package enum FileEffect: Hashable, Sendable {
    /// The request's last word. Warnings such as STATUS_BUFFER_OVERFLOW come with an answer.
    case answered(FileTicket, NTStatus, FileAnswer)
    /// It will be answered later: the server says STATUS_PENDING meanwhile.
    case pending(FileTicket)
    /// A break notification for the open's owner.
    case broke(OpenOwner, OplockBreak)
}

/// A request that waits inside the file system, for the wait-for graph.
package struct FileWait: Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// A byte range that others hold, from `offset`, `length` bytes.
        case range(path: String, offset: UInt64, length: UInt64, holders: [OpenOwner])
        /// Breaks that these owners have not acknowledged; the server gives up at `deadline`.
        case breaks(path: String, owners: [OpenOwner], deadline: Instant)
        /// A change of a directory that may never come.
        case change(path: String)
    }

    package var ticket: FileTicket
    package var since: Instant
    package var cause: Cause

    package init(ticket: FileTicket, since: Instant, cause: Cause) {
        self.ticket = ticket
        self.since = since
        self.cause = cause
    }
}
