internal import Synchronization

/// What a loop was told last, for whoever asks from elsewhere why it is silent.
final class InputMark: Sendable {
    enum Kind: UInt64, Sendable {
        case none
        case timer
        case bytes
        case command
        case token
    }

    /// The kind above a connection's number.
    private let value = Atomic<UInt64>(0)
    private static let shift: UInt64 = 56

    func set(_ kind: Kind, _ connection: Int = 0) {
        let number = UInt64(truncatingIfNeeded: connection) & (1 << Self.shift - 1)
        value.store(kind.rawValue << Self.shift | number, ordering: .relaxed)
    }

    var text: String {
        let value = value.load(ordering: .relaxed)
        switch Kind(rawValue: value >> Self.shift) ?? .none {
        case .none: return ""
        case .timer: return "timer"
        case .bytes: return "bytes of connection \(value & (1 << Self.shift - 1))"
        case .command: return "command"
        case .token: return "token of a log-on"
        }
    }
}
