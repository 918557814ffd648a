package import Primitives

extension WaitSnapshot {
    /// A request whose answer is awaited: what tells a lost answer from a slow server.
    package struct Request: Hashable, Sendable {
        /// `CREATE`, `READ`, `GET_REFERRAL`.
        package var operation: Name
        package var path: Name
        /// Index into `connections`.
        package var connection: Int32
        /// The party that works on it and must move before the answer comes, if it is in view.
        ///
        /// For instance the handler of a break that we have not acknowledged. -1 for a server out
        /// of view.
        package var servedBy: Int32
        package var created: Instant
        /// When it was written to the socket, or `.never` when it was not.
        package var sent: Instant
        /// STATUS_PENDING has come.
        package var isInterim: Bool
        package var sessionID: UInt64
        package var treeID: UInt32
        package var messageID: UInt64
        /// 0 before an interim response.
        package var asyncID: UInt64

        package init(
            operation: Name,
            path: Name = .none,
            connection: Int32,
            created: Instant,
            sent: Instant,
            isInterim: Bool = false,
            servedBy: Int32 = -1,
            sessionID: UInt64 = 0,
            treeID: UInt32 = 0,
            messageID: UInt64 = 0,
            asyncID: UInt64 = 0
        ) {
            self.operation = operation
            self.path = path
            self.connection = connection
            self.created = created
            self.sent = sent
            self.isInterim = isInterim
            self.servedBy = servedBy
            self.sessionID = sessionID
            self.treeID = treeID
            self.messageID = messageID
            self.asyncID = asyncID
        }
    }

    /// One TCP connection and how it gets on.
    package struct Connection: Hashable, Sendable {
        package var server: Name
        /// `127.0.0.1:50112 -> 127.0.0.2:445`.
        package var tuple: Name
        /// The same number wherever this connection is meant; a hash of the 4-tuple will do.
        package var key: UInt64
        package var requestsSent: UInt64
        /// Final answers.
        package var requestsAnswered: UInt64
        /// When bytes came last, or `.never`.
        package var lastReceived: Instant
        /// When the latest of all requests that are answered was sent, or `.never`: it tells
        /// whether later requests have been answered.
        package var latestAnsweredSent: Instant
        /// The 99th percentile of service times, in nanoseconds; 0 if not known.
        package var p99: UInt64

        package init(
            server: Name,
            tuple: Name,
            key: UInt64,
            requestsSent: UInt64 = 0,
            requestsAnswered: UInt64 = 0,
            lastReceived: Instant = .never,
            latestAnsweredSent: Instant = .never,
            p99: UInt64 = 0
        ) {
            self.server = server
            self.tuple = tuple
            self.key = key
            self.requestsSent = requestsSent
            self.requestsAnswered = requestsAnswered
            self.lastReceived = lastReceived
            self.latestAnsweredSent = latestAnsweredSent
            self.p99 = p99
        }
    }

    /// An emulator's word: request `messageID` of this connection is in `party`'s hands.
    package struct Served: Hashable, Sendable {
        package var connectionKey: UInt64
        package var messageID: UInt64
        package var party: Int32

        package init(connectionKey: UInt64, messageID: UInt64, party: Int32) {
            self.connectionKey = connectionKey
            self.messageID = messageID
            self.party = party
        }
    }

    /// Who an SMB session is.
    ///
    /// A host says it with `session`; an emulator, which knows only the SMB
    /// session, says it with the `party` that stands for that session's locks and leases.
    package struct Alias: Hashable, Sendable {
        package var connectionKey: UInt64
        package var sessionID: UInt64
        package var party: Int32

        package init(connectionKey: UInt64, sessionID: UInt64, party: Int32) {
            self.connectionKey = connectionKey
            self.sessionID = sessionID
            self.party = party
        }
    }
}
