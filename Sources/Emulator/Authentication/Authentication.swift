package import Primitives
package import SMBWire

/// The server's side of one SMB session's authentication: NTLM, raw or inside SPNEGO ([MS-NLMP],
/// [MS-SPNG]), for the users of the plan, guests and the anonymous user.
package struct Authentication: Hashable, Sendable {
    package struct Settings: Hashable, Sendable {
        package var users: [UserPlan]
        package var serverName: String
        package var domainName: String
        package var allowsAnonymous: Bool
        package var strangers: ServerPlan.Strangers

        package init(
            users: [UserPlan],
            serverName: String,
            domainName: String,
            allowsAnonymous: Bool,
            strangers: ServerPlan.Strangers
        ) {
            self.users = users
            self.serverName = serverName
            self.domainName = domainName
            self.allowsAnonymous = allowsAnonymous
            self.strangers = strangers
        }
    }

    package enum Identity: Hashable, Sendable {
        /// Index into the plan's users.
        case user(Int)
        case guest
        case anonymous
    }

    package enum Step: Hashable, Sendable {
        /// STATUS_MORE_PROCESSING_REQUIRED with this token.
        case more([UInt8])
        /// `sessionKey` has 16 bytes; guests and the anonymous user have none.
        case done([UInt8], Identity, sessionKey: [UInt8]?)
        /// STATUS_LOGON_FAILURE, or STATUS_INVALID_PARAMETER for what is no token.
        case refused(NTStatus)
    }

    package init(_ settings: Settings) {}

    /// The NegTokenInit2 that NEGOTIATE's response carries.
    package static func hint() -> [UInt8] { [] }

    /// The client's next token; `random` gives the challenge, `now` the time stamp.
    package mutating func received(
        _ token: [UInt8],
        random: inout SplitMix64,
        at now: Instant
    ) -> Step { .refused(.logonFailure) }
}
