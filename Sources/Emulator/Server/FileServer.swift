package import Primitives

/// One emulated server: the server's side of [MS-SMB2], section 3.3, over its connections.
///
/// Owns connections, SMB sessions, tree connects, credits, signing and encryption. Files are the
/// `FileSystem`'s business, referrals the `NamespaceService`'s, tokens the `Authentication`'s.
package struct FileServer: Hashable, Sendable {
    package init(_ plan: NamespacePlan, server: Int, seed: UInt64) {}

    /// A TCP connection was accepted.
    package mutating func accepted(
        _ connection: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {}

    /// Bytes came, in any pieces.
    package mutating func received(
        _ connection: Int,
        _ bytes: [UInt8],
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {}

    /// The connection is gone.
    package mutating func closed(
        _ connection: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {}

    package var nextDeadline: Instant? { nil }

    package mutating func timerFired(at now: Instant, into effects: inout [ServerEffect]) {}
}

/// What a server wants done, in this order; connections are numbered by the caller.
package enum ServerEffect: Hashable, Sendable {
    /// One frame with its prefix.
    case send(Int, [UInt8])
    /// The peer broke the protocol, or the server had enough; nothing more comes on it.
    case disconnect(Int, reason: String)
}
