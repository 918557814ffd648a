package import Primitives
package import SMBWire

/// One path on its way to a server: the algorithm of [MS-DFSC] 3.1.4.1 as a value.
///
/// The client decides every step and does none of the input and output: it says what it needs
/// (`DfsClient.advance`), and is told how that went (`answered`, `attempted`). Between the two a
/// resolution can wait as long as it likes; it reads the cache anew each time.
package struct Resolution: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        /// Steps 1 and 2: the cache.
        case lookUp
        /// Step 5.2: the domain's controllers are to be asked for.
        case domain
        case domainControllers
        /// Step 6: is it a namespace at all?
        case rootReferral(host: String)
        /// Step 10.
        case sysvolReferral(host: String)
        /// Step 9, and 3.1.5.1 after PATH_NOT_COVERED.
        case linkReferral(root: UNCPath, targets: [Int])
        /// Step 8: targets of the entry still to be tried, as indices.
        case attempt(prefix: UNCPath, targets: [Int])
        /// Step 12.
        case notDfs
        /// Steps 13 and 14.
        case failed(DfsFailure)
        /// Step 8.3, or a failure that is the application's own business.
        case ended
    }

    /// What the application asked for.
    package let original: UNCPath
    /// The path as rewritten so far.
    package internal(set) var path: UNCPath
    var step = Step.lookUp
    /// A referral, or a hit, has shown that this is a namespace (step 6.2).
    var isInNamespace = false
    /// How often the path was rewritten to another namespace path.
    var hops = 0
    /// The expired entry may still serve if its refresh fails.
    var isRefreshing = false
    /// What was asked and tried, oldest first; at most `recordsMax`.
    package internal(set) var records: [ReferralRecord] = []

    static let recordsMax = 256

    /// Whether the last attempt was the end of it: well, or with a failure that is an answer.
    package var hasEnded: Bool { step == .ended }

    init(_ path: UNCPath) {
        original = path
        self.path = path
    }

    mutating func note(_ record: ReferralRecord) {
        if records.count < Self.recordsMax { records.append(record) }
    }
}

/// Why a path cannot be resolved.
package struct DfsFailure: Error, Hashable, Sendable {
    package let status: NTStatus
    /// Names the path, and what to look at.
    package let sentence: String
    /// The path was followed too often.
    package var isCircle = false
}

/// What a resolution needs from outside.
package enum DfsNeed: Hashable, Sendable {
    /// The answer to a referral request; `answered` takes it.
    case referral(ReferralNeed)
    /// An open at a target: `host` is whom to connect to, `target` the path there; `attempted`
    /// takes the status of whatever went wrong, or success.
    case attempt(host: String, target: UNCPath)
    /// No namespace: the redirector gets the path as it is.
    case notDfs(UNCPath)
    case failed(DfsFailure)
}

/// A referral request to be sent ([MS-DFSC] 3.1.4.2).
package struct ReferralNeed: Hashable, Sendable {
    package let kind: ReferralKind
    /// The server to ask, on its IPC$.
    package let host: String
    package let path: UNCPath
    /// The site that the EX form tells; nil asks with the plain form.
    package var siteName: String?

    package init(kind: ReferralKind, host: String, path: UNCPath, siteName: String? = nil) {
        self.kind = kind
        self.host = host
        self.path = path
        self.siteName = siteName
    }

    /// Whether the request is the input of FSCTL_DFS_GET_REFERRALS_EX.
    package var isExtended: Bool { siteName != nil }

    /// The input of FSCTL_DFS_GET_REFERRALS, or of its EX form.
    package var request: [UInt8] {
        let text = kind == .domain ? "" : path.referralText
        let request = ReferralRequest(path: text, siteName: siteName)
        return isExtended ? request.extendedBytes : request.bytes
    }

    /// The whole buffer that Windows allows, so that no answer needs a second request.
    package static let outputMax: UInt32 = 57_344
}
