internal import Crypto
internal import Primitives
internal import SMBWire

/// One TCP connection of a server ([MS-SMB2] 3.3.1.7).
struct ServerConnection: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case fresh
        /// The SMB1 NEGOTIATE was answered; the one of SMB2 follows.
        case wildcard
        case negotiated
        /// The connection is gone; its slot waits for another one.
        case closed
    }

    /// As the outside numbers it.
    let number: Int
    var phase = Phase.fresh
    var assembler: FrameAssembler
    var window = MessageWindow()
    var preauthHash = PreauthIntegrityHash()
    var dialect = Dialect.smb202
    var clientGUID = GUID.zero
    var clientCapabilities: GlobalCapabilities = []
    var clientSecurityMode: SecurityMode = []
    var signingAlgorithm = SigningAlgorithm.hmacSHA256
    var cipher: Cipher?
    /// The slots of its SMB sessions, in the order of their coming.
    var sessions: [Int] = []
    /// Requests behind a STATUS_PENDING, in the order in which they came.
    var tickets: [FileTicket] = []

    /// Longer frames than what the largest transfer needs are nobody's.
    init(number: Int, transferMax: UInt32) {
        self.number = number
        let frameMax = Int(transferMax) + 131_072
        assembler = FrameAssembler(lengthMax: min(frameMax, DirectTCP.lengthMax))
    }
}

/// One authenticated user on one connection ([MS-SMB2] 3.3.1.8).
struct ServerSession: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case inProgress
        case valid
        case expired
        /// Its end has begun: nothing new is done for it, and its slot may be used again.
        case ended
    }

    struct Tree: Hashable, Sendable {
        let id: TreeID
        /// Index into the server's shares; nil for IPC$.
        let share: Int?
    }

    let id: SMBSessionID
    /// The slot of its connection.
    let connection: Int
    var phase = Phase.inProgress
    /// The exchange under way; nil when none is.
    var authentication: Authentication?
    var identity = Authentication.Identity.anonymous
    var preauthHash: PreauthIntegrityHash
    var keys: SessionKeys?
    var requiresSigning = false
    var encrypts = false
    /// Never repeats under one key ([MS-SMB2] 3.1.4.3).
    var nonce: UInt64 = 0
    /// In ascending order of their ids.
    private(set) var trees: [Tree] = []
    private var treeCount: UInt32 = 0
    var expiresAt: Instant?

    init(id: SMBSessionID, connection: Int, preauthHash: PreauthIntegrityHash) {
        self.id = id
        self.connection = connection
        self.preauthHash = preauthHash
    }

    /// Index into the plan's users; -1 for guests and the anonymous user.
    var user: Int {
        if case .user(let index) = identity { index } else { -1 }
    }

    /// Ids are not used again: a late message must not hit another share.
    mutating func connect(share: Int?) -> TreeID {
        treeCount &+= 1
        let id = TreeID(treeCount)
        trees.append(Tree(id: id, share: share))
        return id
    }

    mutating func disconnect(_ id: TreeID) {
        if let place = place(of: id) { trees.remove(at: place) }
    }

    func tree(_ id: TreeID) -> Tree? { place(of: id).map { trees[$0] } }

    private func place(of id: TreeID) -> Int? {
        var low = 0
        var high = trees.count
        while low < high {
            let middle = (low + high) / 2
            if trees[middle].id.rawValue < id.rawValue { low = middle + 1 } else { high = middle }
        }
        return low < trees.count && trees[low].id == id ? low : nil
    }
}

extension Dialect {
    /// Whether a request may take several credits, and so move more than 64 KiB.
    var isMultiCredit: Bool { self >= .smb210 }
}
