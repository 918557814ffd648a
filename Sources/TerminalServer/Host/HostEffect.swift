package import Primitives
package import Redirector

/// What the shell must do for a host, in this order.
package enum HostEffect: Hashable, Sendable {
    /// Ask for the addresses of a name; `resolved` answers.
    case resolve(ConnectionNumber, name: String)
    /// Open TCP to a literal address.
    case connect(ConnectionNumber, address: String, port: UInt16)
    case send(ConnectionNumber, [UInt8])
    case disconnect(ConnectionNumber)
    case token(SMBSessionNumber, user: Int, server: String, input: [UInt8])
    case tokenEnd(SMBSessionNumber)
    /// Write the line down, and out of the program, before anything that follows is done.
    case manifest(ManifestEntry)
    /// All its sessions stand at a barrier; `releaseBarrier` lets them go on.
    case assembled
    /// Something a person wants to read.
    case event(HostEvent)
    /// The host has nothing left to do.
    case finished

    /// Holds the place of an effect that was moved out of its batch; nobody performs it.
    static let moved = Self.finished
}

/// Something that happened on a host.
package struct HostEvent: Hashable, Sendable {
    package let at: Instant
    /// Nil if it concerns the whole host.
    package let session: SessionNumber?
    package let sentence: String
}

/// How a host's run ended.
package enum HostOutcome: Hashable, Sendable {
    case completed
    /// The target could not be reached in set-up.
    case unreachable(String)
    /// Too many users were refused.
    case refused(String)
    /// A server outside the allowed scope was named, by the target or by a referral.
    case outsideScope(String)
    /// Stopped from outside.
    case stopped
    /// The grace was over and this many sessions had not ended.
    case stuck(Int)
    /// Cleaning up and logging off took too long.
    case overran(String)
}

extension [HostEffect] {
    /// Takes an effect out of a batch whose effects are done in turn: it may carry much.
    package mutating func move(_ index: Int) -> HostEffect {
        var effect = HostEffect.moved
        swap(&effect, &self[index])
        return effect
    }
}
