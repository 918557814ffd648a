internal import Crypto
internal import SMBWire

/// One TCP connection of a server ([MS-SMB2] 3.3.1.7).
struct ServerConnection: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case fresh
        /// The SMB1 NEGOTIATE was answered; the one of SMB2 follows.
        case wildcard
        case negotiated
    }

    /// As the outside numbers it.
    let number: Int
    var phase = Phase.fresh
    var assembler = FrameAssembler()
    var window = MessageWindow()
    var preauthHash = PreauthIntegrityHash()
    var dialect = Dialect.smb202
    var clientGUID = GUID.zero
    var clientCapabilities: GlobalCapabilities = []
    var clientSecurityMode: SecurityMode = []
    /// What the client offered, for the check against a downgrade.
    var clientDialects: [Dialect] = []
    var signingAlgorithm = SigningAlgorithm.hmacSHA256
    var cipher: Cipher?
    /// Requests behind a STATUS_PENDING.
    var asyncCount = 0
    /// Requests that the file system has not answered, in the order in which they came.
    var tickets: [FileTicket] = []

    init(number: Int) { self.number = number }

    var isMultiCredit: Bool { dialect >= .smb210 }
}

/// One authenticated user on one connection ([MS-SMB2] 3.3.1.8).
struct ServerSession: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case inProgress
        case valid
        case expired
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
    var trees: [Tree] = []
    var treeCount: UInt32 = 0
    var expiresAt: UInt64?

    init(id: SMBSessionID, connection: Int, preauthHash: PreauthIntegrityHash) {
        self.id = id
        self.connection = connection
        self.preauthHash = preauthHash
    }

    /// Index into the plan's users; -1 for guests and the anonymous user.
    var user: Int {
        if case .user(let index) = identity { index } else { -1 }
    }
}
