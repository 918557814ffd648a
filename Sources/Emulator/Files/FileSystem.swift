internal import Primitives
package import SMBWire

/// Everything below the shares of one emulated server: files, opens, share modes, byte-range locks,
/// oplocks, leases and change notifications ([MS-SMB2] 3.3.5.9 and what follows, [MS-FSA]).
///
/// It knows neither connections nor signatures: the server asks with a ticket, and each ticket ends
/// in exactly one `.answered`, at once or later.
package struct FileSystem: Hashable, Sendable {
    /// 2026-01-01 00:00 UTC as FILETIME.
    package static let defaultEpoch: UInt64 = 134_116_992_000_000_000
    /// How long a durable open waits for its client by default, and at most.
    static let durableTimeout = Duration.seconds(60)
    static let durableTimeoutMax = Duration.seconds(300)

    let shares: [SharePlan]
    let breakLimit: Duration
    /// The FILETIME of `Instant.zero`.
    let epoch: UInt64
    let volumes: [Volume]

    var tree: FileTree
    var opens = Slab<Open>()
    var rights = Slab<CachingRight>()
    /// Leases by name; for look-up only.
    var leases: [LeaseName: Int] = [:]
    /// The opens of an SMB session, in the order of their coming; for look-up only.
    var opensOfSession: [SMBSessionID: [Int]] = [:]
    /// Rights whose break waits for its acknowledgement, the oldest first.
    var breaking: [Int] = []
    /// Durable opens whose connection is gone.
    var orphans: [Int] = []
    /// Requests that wait for breaks, the oldest first.
    var waiting: [WaitingRequest] = []
    var lastPersistent: UInt64 = 0

    /// `epoch` is the FILETIME of `Instant.zero`; the seed tells volumes of several servers apart.
    ///
    /// `links` are the paths of each share's Dfs links, which listings show as directories.
    package init(
        shares: [SharePlan],
        links: [[String]] = [],
        breakLimit: Duration,
        seed: UInt64,
        epoch: UInt64 = Self.defaultEpoch
    ) {
        self.shares = shares
        self.breakLimit = breakLimit
        self.epoch = epoch
        tree = FileTree(shares: shares, links: links, at: epoch)
        let dice = SplitMix64(seed: seed)
        volumes = shares.enumerated().map { index, share in
            var stream = dice.stream(UInt64(index))
            return Volume(
                label: share.name,
                serial: stream.next() | 1,
                creationTime: epoch,
                isReadOnly: share.isReadOnly
            )
        }
    }

    /// Whether the open exists and belongs to that SMB session and tree.
    package func isOpen(_ file: FileID, session: SMBSessionID, tree: TreeID) -> Bool {
        guard let open = index(of: file) else { return false }
        let owner = opens[open].owner
        return owner.session == session && owner.tree == tree && opens[open].orphanedUntil == nil
    }

    /// The open of that id, whoever asks.
    func index(of file: FileID) -> Int? {
        let index = Int(truncatingIfNeeded: file.volatile & 0xFFFF_FFFF)
        let generation = UInt32(truncatingIfNeeded: file.volatile >> 32)
        guard opens.isLive(index, generation: generation), opens[index].id == file else {
            return nil
        }
        return index
    }

    /// The moment as FILETIME.
    func time(_ now: Instant) -> UInt64 { epoch + now.nanoseconds / 100 }
}

/// A request that breaks must let pass: a CREATE, or a SET_INFO that renames or deletes.
struct WaitingRequest: Hashable, Sendable {
    enum Request: Hashable, Sendable {
        case create(share: Int, CreateRequest, OpenOwner)
        case setInfo(SetInfoRequest)
    }

    var ticket: FileTicket
    var request: Request
    /// Whose breaks it waits for.
    var node: Int
    var since: Instant
}

/// How a request that may have to wait comes out.
enum Outcome: Hashable, Sendable {
    case answer(NTStatus, FileAnswer)
    /// Until breaks of that file are acknowledged.
    case wait(node: Int)

    static func status(_ status: NTStatus) -> Outcome { .answer(status, .nothing) }
}
