internal import Primitives
internal import SMBWire

/// Path normalisation ([MS-DFSC] 3.2.4.1), and what the shares of a namespace show of it.
extension NamespaceService {
    /// Whether the share is a Dfs root or root target: its tree connect says SHI1005_FLAGS_DFS.
    package func isDfs(share: String) -> Bool { root(ofShare: share) != nil }

    /// Resolves the name of a CREATE with SMB2_FLAGS_DFS_OPERATIONS on a share.
    ///
    /// As Windows does, it takes two components off unseen; less than three lead to the share.
    package func coverage(ofDfsName name: String, share: String) -> Coverage {
        let path = UNCPath(referral: name)
        guard !path.folded.isEmpty else { return .refused(.invalidParameter) }
        if path.folded.count >= 2, path.folded[1].contains(":") {
            return .refused(.objectNameInvalid)
        }
        guard let root = root(ofShare: share) else {
            return .local(share: share, path: path.relativePath)
        }
        guard root.link(on: path.folded.dropFirst(2)) == nil else { return .notCovered }
        return .local(share: share, path: path.relativePath)
    }

    /// Resolves the name of a CREATE without that flag on a Dfs share: links cover it as well.
    package func coverage(ofName name: String, share: String) -> Coverage {
        let path = UNCPath(referral: name)
        guard let root = root(ofShare: share), root.link(on: path.folded[...]) != nil else {
            return .local(share: share, path: name)
        }
        return .notCovered
    }

    /// The links below a share, as the plan spells them: what a listing shows as directories with
    /// IO_REPARSE_TAG_DFS.
    package func linkPaths(share: String) -> [String] {
        root(ofShare: share).map { plan.roots[$0.index].links.map(\.path) } ?? []
    }

    private func root(ofShare share: String) -> HostedRoot? {
        let folded = share.uppercased()
        return hosted.first { $0.share == folded }
    }
}
