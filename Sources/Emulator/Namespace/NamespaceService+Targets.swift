internal import Dfs
internal import Primitives
internal import SMBWire

/// Root and link referrals ([MS-DFSC] 3.2.5.5 and 3.3.5.5), and how targets are put in order.
extension NamespaceService {
    func rootOrLinkReferral(
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        guard let hosted = hostedRoot(question.path) else { return try notHosted(question) }
        let root = plan.roots[hosted.index]
        guard let link = hosted.link(on: question.path.folded.dropFirst(2)) else {
            return try rootReferral(root, question)
        }
        let plan = root.links[link.index]
        return try response(
            Subject(
                targets: plan.targets,
                componentCount: link.count + 2,
                timeToLive: plan.timeToLive,
                failsBack: plan.targetFailback || root.targetFailback,
                isRoot: false,
                isInterlink: plan.targets.contains { self.plan.isInNamespace($0.path) }
            ),
            question
        )
    }

    private func rootReferral(
        _ root: RootPlan,
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        try response(
            Subject(
                targets: root.targets,
                componentCount: 2,
                timeToLive: root.timeToLive,
                failsBack: root.targetFailback,
                isRoot: true,
                isInterlink: false
            ),
            question
        )
    }

    /// A namespace that has no target here: a controller answers root referrals for its domain's.
    private func notHosted(
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        let domain = plan.index(ofDomain: question.path.server)
        guard !controlled.isEmpty else {
            throw ReferralRefusal(status: domain == nil ? .notFound : .dfsUnavailable)
        }
        guard question.path.components.count == 2, let domain else {
            throw ReferralRefusal(status: .notFound)
        }
        let root = plan.roots.first { root in
            root.domain.flatMap(plan.index(ofDomain:)) == domain
                && root.name.uppercased() == question.path.folded[1]
        }
        guard let root, controlled.contains(domain) else {
            throw ReferralRefusal(status: .noSuchFile)
        }
        return try rootReferral(root, question)
    }

    /// What a root, link or sysvol referral is about.
    struct Subject {
        var targets: [TargetPlan]
        /// Components of the request's path that it covers.
        var componentCount: Int
        /// Seconds.
        var timeToLive: UInt32
        var failsBack: Bool
        var isRoot: Bool
        var isInterlink: Bool
        /// A root is both; a link leads to storage, an interlink to another namespace's servers.
        var flags: ReferralResponse.Flags {
            if isRoot { return [.referralServers, .storageServers] }
            return isInterlink ? .referralServers : .storageServers
        }
    }

    /// The referral with as many targets as fit.
    func response(
        _ subject: Subject,
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        let dfsPath = question.path.prefix(subject.componentCount).referralText
        var flags = subject.flags
        if question.version == 1 { flags = [.referralServers, .storageServers] }
        if question.version >= 4, subject.failsBack { flags.insert(.targetFailback) }
        var response = ReferralResponse(
            pathConsumed: question.bytes(ofComponents: subject.componentCount),
            flags: flags,
            entries: sets(of: subject.targets, siteName: question.siteName).flatMap { set in
                set.enumerated().map { place, target in
                    ReferralEntry(
                        version: question.version,
                        isRoot: subject.isRoot,
                        isSetBoundary: question.version >= 4 && place == 0,
                        timeToLive: question.version == 1 ? nil : subject.timeToLive,
                        content: .target(
                            dfsPath: dfsPath,
                            alternatePath: dfsPath,
                            networkAddress: target.path.referralText
                        )
                    )
                }
            }
        )
        let hasTargets = !response.entries.isEmpty
        while response.bytes.count > question.sizeMax {
            guard response.entries.popLast() != nil else { break }
        }
        guard response.bytes.count <= question.sizeMax, response.entries.isEmpty != hasTargets
        else { throw ReferralRefusal(status: .bufferOverflow) }
        return response
    }

    /// The targets that are online in sets of equal preference, the most preferred set first: those
    /// of the client's site before the others, and each by priority ([MS-DFSC] 3.2.5.5).
    func sets(of targets: [TargetPlan], siteName: String?) -> [[TargetPlan]] {
        var sets: [(key: (Int, Int), targets: [TargetPlan])] = []
        for target in targets where target.isOnline {
            let key = (isNear(target, siteName) ? 0 : 1, target.priority)
            if let place = sets.firstIndex(where: { $0.key == key }) {
                sets[place].targets.append(target)
            } else {
                let place = sets.firstIndex { key < $0.key } ?? sets.endIndex
                sets.insert((key, [target]), at: place)
            }
        }
        return sets.map(\.targets)
    }

    private func isNear(_ target: TargetPlan, _ siteName: String?) -> Bool {
        guard let siteName, let server = plan.index(ofServer: target.path.server),
            let site = plan.servers[server].site
        else { return false }
        return site.uppercased() == siteName.uppercased()
    }
}
