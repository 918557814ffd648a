/// The command of an SMB2 message ([MS-SMB2] 2.2.1.2).
package enum Command: UInt16, Hashable, Sendable, CaseIterable {
    case negotiate = 0x00
    case sessionSetup = 0x01
    case logoff = 0x02
    case treeConnect = 0x03
    case treeDisconnect = 0x04
    case create = 0x05
    case close = 0x06
    case flush = 0x07
    case read = 0x08
    case write = 0x09
    case lock = 0x0A
    case ioctl = 0x0B
    case cancel = 0x0C
    case echo = 0x0D
    case queryDirectory = 0x0E
    case changeNotify = 0x0F
    case queryInfo = 0x10
    case setInfo = 0x11
    case oplockBreak = 0x12

    /// The one for all that have raw values is several calls, and every message has a command.
    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.rawValue == rhs.rawValue }

    /// The specification's name, as dumps and error sentences show it.
    package var name: String {
        switch self {
        case .negotiate: "NEGOTIATE"
        case .sessionSetup: "SESSION_SETUP"
        case .logoff: "LOGOFF"
        case .treeConnect: "TREE_CONNECT"
        case .treeDisconnect: "TREE_DISCONNECT"
        case .create: "CREATE"
        case .close: "CLOSE"
        case .flush: "FLUSH"
        case .read: "READ"
        case .write: "WRITE"
        case .lock: "LOCK"
        case .ioctl: "IOCTL"
        case .cancel: "CANCEL"
        case .echo: "ECHO"
        case .queryDirectory: "QUERY_DIRECTORY"
        case .changeNotify: "CHANGE_NOTIFY"
        case .queryInfo: "QUERY_INFO"
        case .setInfo: "SET_INFO"
        case .oplockBreak: "OPLOCK_BREAK"
        }
    }
}
