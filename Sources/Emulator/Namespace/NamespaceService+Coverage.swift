internal import Primitives
internal import SMBWire

/// Path normalisation ([MS-DFSC] 3.2.4.1), and what the shares of a namespace show of it.
extension NamespaceService {
    /// Whether the share is a Dfs root or root target: its tree connect says SHI1005_FLAGS_DFS.
    package func isDfs(share: String) -> Bool { root(ofShare: share) != nil }

    /// Resolves the name of a CREATE with SMB2_FLAGS_DFS_OPERATIONS by itself: the first component
    /// is taken on trust, the second must name a namespace or a share of this server.
    package func coverage(ofDfsName name: String) -> Coverage {
        let path = UNCPath(referral: name)
        guard path.folded.count >= 2 else {
            return .refused(path.folded.isEmpty ? .invalidParameter : .badNetworkName)
        }
        let second = path.folded[1]
        guard !second.contains(":") else { return .refused(.objectNameInvalid) }
        if let root = hostedRoot(path), let share = shareName(root.share) {
            return coverage(of: path, below: root, share: share)
        }
        guard let share = shareName(second) else { return .refused(.badNetworkName) }
        return .local(share: share, path: path.relativePath)
    }

    /// The same on a tree connect: as Windows does, two components are taken off unseen, and less
    /// than three lead to the share itself.
    package func coverage(ofDfsName name: String, share: String) -> Coverage {
        let path = UNCPath(referral: name)
        guard !path.folded.isEmpty else { return .refused(.invalidParameter) }
        if path.folded.count >= 2, path.folded[1].contains(":") {
            return .refused(.objectNameInvalid)
        }
        guard let root = root(ofShare: share) else {
            return .local(share: share, path: path.relativePath)
        }
        return coverage(of: path, below: root, share: share)
    }

    /// Resolves the name of a CREATE without that flag on a Dfs share: links cover it as well.
    package func coverage(ofName name: String, share: String) -> Coverage {
        let path = UNCPath(referral: name)
        guard let root = root(ofShare: share), root.link(on: path.folded[...]) != nil else {
            return .local(share: share, path: name)
        }
        return .notCovered
    }

    private func coverage(of path: UNCPath, below root: HostedRoot, share: String) -> Coverage {
        guard root.link(on: path.folded.dropFirst(2)) == nil else { return .notCovered }
        return .local(share: share, path: path.relativePath)
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

    /// How the plan spells a share of this server.
    private func shareName(_ name: String) -> String? {
        let folded = name.uppercased()
        return plan.servers[server].shares.first { $0.name.uppercased() == folded }?.name
    }
}
