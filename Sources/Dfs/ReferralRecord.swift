package import Primitives
package import SMBWire

/// [MS-DFSC] 3.1.4.2: what a referral request asks for.
package enum ReferralKind: String, Hashable, Sendable {
    case domain
    case domainController = "DC"
    case sysvol
    case root
    case link
}

/// One step of a resolution that was seen from outside, for `gridlock resolve`.
package enum ReferralRecord: Hashable, Sendable {
    /// A referral was asked for; the answer is nil where the status is a failure.
    case referral(
        kind: ReferralKind,
        host: String,
        path: UNCPath,
        status: NTStatus,
        ReferralResponse?
    )
    /// The open was tried at a target.
    case attempt(target: UNCPath, status: NTStatus)
}
