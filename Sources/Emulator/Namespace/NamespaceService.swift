package import SMBWire

/// The Dfs service of one emulated server: its part of [MS-DFSC] 3.2 and 3.3.
package struct NamespaceService: Hashable, Sendable {
    /// Where a path of a Dfs share leads ([MS-SMB2] 3.3.5.9, [MS-DFSC] 3.2.5.5 normalisation).
    package enum Coverage: Hashable, Sendable {
        /// Here: the path below the share.
        case local(share: String, path: String)
        /// A link lies on it: STATUS_PATH_NOT_COVERED.
        case notCovered
        /// The path names no share of this server: STATUS_BAD_NETWORK_NAME or what fits.
        case refused(NTStatus)
    }

    package enum Reply: Hashable, Sendable {
        case bytes([UInt8])
        case refused(NTStatus)
    }

    package init(_ plan: NamespacePlan, server: Int) {}

    /// FSCTL_DFS_GET_REFERRALS(_EX): the answer's bytes, which fit `outputMax`, or a status.
    package func referral(
        _ request: [UInt8],
        isExtended: Bool,
        outputMax: UInt32
    ) -> Reply { .refused(.fsDriverRequired) }

    /// Whether the share is a Dfs root or root target: its tree connect says SHI1005_FLAGS_DFS.
    package func isDfs(share: String) -> Bool { false }

    /// Resolves the name of a CREATE with SMB2_FLAGS_DFS_OPERATIONS.
    package func coverage(ofDfsName name: String) -> Coverage { .refused(.badNetworkName) }

    /// Resolves the name of a CREATE without that flag on a Dfs share: links cover it as well.
    package func coverage(ofName name: String, share: String) -> Coverage {
        .local(share: share, path: name)
    }
}
