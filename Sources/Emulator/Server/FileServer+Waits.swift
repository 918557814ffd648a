package import Primitives
package import SMBWire

/// What is seen from outside: for checkers, dumps and the wait-for graph.
extension FileServer {
    /// The credits of one connection, as the server counts them.
    package struct CreditAccount: Hashable, Sendable {
        /// All that were ever granted, the first one included.
        package let granted: UInt64
        /// Those that the client has not used yet.
        package let available: Int
        /// Requests that wait behind a STATUS_PENDING.
        package let waiting: Int
    }

    /// Nil if the connection is not open.
    package func credits(of connection: Int) -> CreditAccount? {
        guard let slot = connectionSlots[connection] else { return nil }
        return CreditAccount(
            granted: connections[slot].window.granted,
            available: connections[slot].window.available,
            waiting: connections[slot].tickets.count
        )
    }

    /// The connections that are open.
    package var openConnections: [Int] {
        connections.lazy.filter { $0.phase != .closed }.map(\.number)
    }

    /// How many SMB sessions there are, those that still authenticate included.
    package var sessionsAlive: Int { sessions.count - freeSessions.count }

    /// The requests that wait, and for what, in the order in which they came.
    package var waits: [ServerWait] {
        files.waits.compactMap { wait in
            guard let exchange = requests[wait.ticket]?.exchange else { return nil }
            return ServerWait(
                connection: connections[exchange.connection].number,
                command: exchange.request.command,
                messageID: exchange.request.messageID,
                asyncID: exchange.request.asyncID,
                session: exchange.request.sessionID,
                tree: exchange.request.treeID,
                since: wait.since,
                cause: wait.cause
            )
        }
    }
}

/// A request that waits on a server behind its STATUS_PENDING.
package struct ServerWait: Hashable, Sendable {
    package let connection: Int
    package let command: Command
    package let messageID: MessageID
    package let asyncID: AsyncID
    package let session: SMBSessionID
    package let tree: TreeID
    package let since: Instant
    package let cause: FileWait.Cause
}
