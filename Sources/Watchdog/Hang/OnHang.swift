package import Primitives

/// What is to be done about a hang, beside saying so.
package enum OnHang: String, Hashable, Sendable, CaseIterable {
    case `continue`
    /// Ends the run, but only for what is proved and will not end by itself.
    case stop
    /// Cancels the cheapest member's operation, and goes on.
    case `break`

    package enum Reaction: Hashable, Sendable {
        case nothing
        case stop
        case cancel(SessionNumber)
    }

    /// What this hang calls for; temporary and remote ones end by themselves or with the run.
    package func reaction(to hang: Hang) -> Reaction {
        guard hang.isProved, hang.isPermanent else { return .nothing }
        switch self {
        case .continue: return .nothing
        case .stop: return .stop
        case .break: return hang.cheapest.map { .cancel($0) } ?? .nothing
        }
    }
}
