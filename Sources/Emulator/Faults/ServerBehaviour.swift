package import SMBWire

/// What faults make of a server for the message that it is given next.
package struct ServerBehaviour: Hashable, Sendable {
    /// Requests are answered so instead of being carried out.
    package var forcedStatus: NTStatus?
    /// The SMB session of a request counts as expired until it authenticates again.
    package var expiresSession = false
    /// Nothing is granted but the credit that keeps a connection alive.
    package var starvesCredits = false
    /// Referrals name the targets that are off line, and not those that are on line.
    package var staleReferral = false
    /// Bytes that PathConsumed is wrong by.
    package var pathConsumedError = 0

    package init() {}
}
