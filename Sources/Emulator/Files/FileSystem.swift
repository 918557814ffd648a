package import Primitives
package import SMBWire

/// Everything below the shares of one emulated server: files, opens, share modes, byte-range locks,
/// oplocks, leases and change notifications ([MS-SMB2] 3.3.5.9 and what follows, [MS-FSA]).
///
/// It knows neither connections nor signatures: the server asks with a ticket, and each ticket ends
/// in exactly one `.answered`, at once or later.
package struct FileSystem: Hashable, Sendable {
    package init(shares: [SharePlan], breakLimit: Duration, seed: UInt64) {}

    /// CREATE in the share of that index; the request's name is relative to the share, without a
    /// leading backslash and with the Dfs part already taken off.
    package mutating func create(
        _ ticket: FileTicket,
        share: Int,
        _ request: CreateRequest,
        by owner: OpenOwner,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func close(
        _ ticket: FileTicket,
        _ request: CloseRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func flush(
        _ ticket: FileTicket,
        _ request: FlushRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func read(
        _ ticket: FileTicket,
        _ request: ReadRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func write(
        _ ticket: FileTicket,
        _ request: WriteRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func lock(
        _ ticket: FileTicket,
        _ request: LockRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func queryDirectory(
        _ ticket: FileTicket,
        _ request: QueryDirectoryRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func queryInfo(
        _ ticket: FileTicket,
        _ request: QueryInfoRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func setInfo(
        _ ticket: FileTicket,
        _ request: SetInfoRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    package mutating func changeNotify(
        _ ticket: FileTicket,
        _ request: ChangeNotifyRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    /// An oplock's or a lease's acknowledgement; leases are found by the owner's client GUID.
    package mutating func acknowledgeBreak(
        _ ticket: FileTicket,
        _ acknowledgement: OplockBreak,
        by owner: OpenOwner,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    /// CANCEL: the ticket is answered with STATUS_CANCELLED if it still waits.
    package mutating func cancel(
        _ ticket: FileTicket,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    /// Whether the open exists and belongs to that SMB session and tree.
    package func isOpen(_ file: FileID, session: SMBSessionID, tree: TreeID) -> Bool { false }

    /// TREE_DISCONNECT, LOGOFF, or an SMB session that ended: its opens close.
    ///
    /// `tree` nil means all of them.
    package mutating func closeAll(
        session: SMBSessionID,
        tree: TreeID?,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    /// The connection is lost: durable opens wait to be taken up again, the others close.
    package mutating func connectionLost(
        _ connection: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {}

    /// When `timerFired` should be called next: breaks and durable opens have limits.
    package var nextDeadline: Instant? { nil }

    package mutating func timerFired(at now: Instant, into effects: inout [FileEffect]) {}

    /// Who waits for what, in the order of the tickets.
    package var waits: [FileWait] { [] }
}
