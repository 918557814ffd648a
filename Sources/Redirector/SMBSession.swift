internal import Crypto
internal import Primitives
internal import SMBWire

/// One authenticated user on one connection ([MS-SMB2] 3.2.1.3).
struct SMBSession: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        /// The credentials work on the next token.
        case awaitingToken
        case awaitingResponse
        /// The server said yes; its last token and the signature are being checked.
        case verifying(response: [UInt8], SessionSetupResponse)
        case valid
        case ended
    }

    let connection: Int
    let user: Int
    var phase = Phase.awaitingToken
    /// Who asked for the log-on; nil while the redirector renews an expired one by itself.
    var opener: Pending?
    var deadline: Instant?
    var id = SMBSessionID.none
    var preauthHash: PreauthIntegrityHash
    /// What the next SESSION_SETUP carries.
    var token: [UInt8] = []
    var fullKey: [UInt8]?
    var isTokenComplete = false
    var keys: SessionKeys?
    var signs = false
    var encrypts = false
    /// Never repeats under one key ([MS-SMB2] 3.1.4.3).
    var nonce: UInt64 = 0
    /// Requests that wait until an expired session is authenticated again.
    var awaitingRenewal: [Pending] = []

    init(connection: Int, user: Int, opener: Pending, preauthHash: PreauthIntegrityHash) {
        self.connection = connection
        self.user = user
        self.opener = opener
        self.preauthHash = preauthHash
    }

    @inline(__always)
    var isValid: Bool { if case .valid = phase { true } else { false } }

    var isRenewal: Bool { keys != nil || phase == .valid }
}

/// A tree connect ([MS-SMB2] 3.2.1.4).
struct Tree: Hashable, Sendable {
    let session: Int
    let id: TreeID
    let isDfs: Bool
    let encrypts: Bool
}

/// An open ([MS-SMB2] 3.2.1.6).
struct Open: Hashable, Sendable {
    /// Slot of the tree; -1 once the connection is lost and the open is durable.
    var tree: Int
    var fileID: FileID
    var oplock: OplockLevel
    var leaseKey: GUID?
    /// What is needed to take a durable open up again; nil for others.
    var durable: Durable?

    struct Durable: Hashable, Sendable {
        let createGUID: GUID
        let parameters: CreateParameters
    }
}
