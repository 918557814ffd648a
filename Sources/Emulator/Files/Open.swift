internal import Primitives
internal import SMBWire

/// An open of a file ([MS-SMB2] 3.3.1.10).
struct Open: Hashable, Sendable {
    /// What lets it outlive its connection ([MS-SMB2] 3.3.5.9.6, 3.3.5.9.10).
    struct Durability: Hashable, Sendable {
        /// Version 2 only.
        var createGUID: GUID?
        var timeout: Duration
    }

    var id: FileID
    var owner: OpenOwner
    var node: Int
    /// What was granted, without generic bits.
    var access: AccessMask
    var share: ShareAccess
    var options: CreateOptions
    var deletesOnClose: Bool
    /// Index of its oplock or lease.
    var right: Int?
    /// The key of the lease on its directory that this open does not break.
    var parentKey: GUID?

    var position: UInt64 = 0
    var hasWritten = false
    /// Times that were set through this open, which what it does no longer moves
    /// ([MS-FSA] 2.1.1.6 UserSetModificationTime, UserSetChangeTime).
    var keepsWriteTime = false
    var keepsChangeTime = false
    var scan: DirectoryScan?
    var watch: ChangeWatch?

    var durability: Durability?
    /// Set while its connection is gone: when it closes unless it is taken up again.
    var orphanedUntil: Instant?
    /// The last lock sequence number by index ([MS-SMB2] 3.3.5.14); empty until one comes.
    var lockSequence: [UInt8?] = []

    /// What stands in a place that is free.
    static let gone = Open(
        id: FileID(persistent: 0, volatile: 0),
        owner: OpenOwner(
            connection: -1,
            session: .none,
            tree: .none,
            user: -1,
            clientGUID: .zero,
            dialect: .smb202
        ),
        node: 0,
        access: [],
        share: [],
        options: [],
        deletesOnClose: false
    )
}
