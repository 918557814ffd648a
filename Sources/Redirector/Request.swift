package import Primitives
package import SMBWire

/// What may be asked of the redirector; each ends in exactly one `.answered`.
///
/// Requests are moved about with everything that happens to them: large ones are indirect.
package enum Request: Hashable, Sendable {
    /// TCP and NEGOTIATE.
    case connect(server: String)
    /// A whole SESSION_SETUP exchange for the user of that number.
    case logon(ConnectionNumber, user: Int)
    case logoff(SMBSessionNumber)
    case treeConnect(SMBSessionNumber, share: UNCPath)
    case treeDisconnect(TreeNumber)
    indirect case create(TreeNumber, CreateParameters)
    /// Takes up a durable open again after its connection was lost.
    case reopen(OpenNumber, TreeNumber)
    case close(OpenNumber)
    case flush(OpenNumber)
    /// `count` in bytes.
    case read(OpenNumber, offset: UInt64, count: UInt32)
    case write(OpenNumber, offset: UInt64, [UInt8])
    case lock(OpenNumber, [LockElement])
    indirect case queryDirectory(OpenNumber, pattern: String, restarts: Bool)
    case queryInfo(OpenNumber, InfoType, informationClass: UInt8)
    case setInfo(OpenNumber, InfoType, informationClass: UInt8, [UInt8])
    case changeNotify(OpenNumber, ChangeNotifyRequest.Filter, watchesTree: Bool)
    /// FSCTL_DFS_GET_REFERRALS(_EX) on any tree of the server; the answer holds the referral.
    case referral(TreeNumber, [UInt8], isExtended: Bool, outputMax: UInt32)
    case echo(ConnectionNumber)
    case acknowledgeBreak(OpenNumber, BreakAcknowledgement)
    /// CREATE, what is done with the open, and at the end CLOSE: one frame, one round trip.
    indirect case compound(TreeNumber, CreateParameters, [RelatedRequest])

    /// The specification's name, for dumps and sentences.
    package var name: String {
        switch self {
        case .connect: "CONNECT"
        case .logon: "SESSION_SETUP"
        case .logoff: "LOGOFF"
        case .treeConnect: "TREE_CONNECT"
        case .treeDisconnect: "TREE_DISCONNECT"
        case .create, .reopen, .compound: "CREATE"
        case .close: "CLOSE"
        case .flush: "FLUSH"
        case .read: "READ"
        case .write: "WRITE"
        case .lock: "LOCK"
        case .queryDirectory: "QUERY_DIRECTORY"
        case .queryInfo: "QUERY_INFO"
        case .setInfo: "SET_INFO"
        case .changeNotify: "CHANGE_NOTIFY"
        case .referral: "FSCTL_DFS_GET_REFERRALS"
        case .echo: "ECHO"
        case .acknowledgeBreak: "OPLOCK_BREAK"
        }
    }
}

/// A request inside a compound, on the open that the compound's CREATE makes.
package enum RelatedRequest: Hashable, Sendable {
    case read(offset: UInt64, count: UInt32)
    case write(offset: UInt64, [UInt8])
    case queryInfo(InfoType, informationClass: UInt8)
    /// Always the last one: no open outlives its compound.
    case close
}

/// What one accepts after a break ([MS-SMB2] 3.2.5.19).
package enum BreakAcknowledgement: Hashable, Sendable {
    case oplock(OplockLevel)
    case lease(LeaseState)
}

/// The parameters of a CREATE ([MS-SMB2] 2.2.13).
package struct CreateParameters: Hashable, Sendable {
    /// Share-relative without a leading backslash; on a Dfs share the whole Dfs path.
    package var name: String
    package var access: AccessMask
    package var share: ShareAccess
    package var disposition: CreateDisposition
    package var options: CreateOptions
    package var oplock: OplockLevel
    /// A lease instead of an oplock; its key is made from the open's number.
    package var lease: LeaseState?
    /// Asks for a durable open (version 2, dialect 3 and a batch oplock or handle lease only).
    package var isDurable: Bool
    /// Asks for the file's number on its volume (SMB2_CREATE_QUERY_ON_DISK_ID).
    package var asksDiskID = false
    /// Names a durable open for its reconnection; given with each sending.
    var createGUID: GUID?

    package init(
        name: String,
        access: AccessMask,
        share: ShareAccess = .all,
        disposition: CreateDisposition = .open,
        options: CreateOptions = [],
        oplock: OplockLevel = .none,
        lease: LeaseState? = nil,
        isDurable: Bool = false
    ) {
        self.name = name
        self.access = access
        self.share = share
        self.disposition = disposition
        self.options = options
        self.oplock = oplock
        self.lease = lease
        self.isDurable = isDurable
    }
}
