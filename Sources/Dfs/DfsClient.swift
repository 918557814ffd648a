package import Primitives
internal import SMBWire

/// What a Dfs client is told once.
package struct DfsSettings: Hashable, Sendable {
    /// How often a path may lead into another namespace before it counts as a loop; the
    /// specification sets no limit.
    package var hopLimit = 16
    /// Whom to ask about domains; nil on a machine that is in none.
    package var bootstrapDC: String?
    /// How long “this is no namespace” is remembered.
    package var negativeLife = Duration.seconds(300)
    /// The Active Directory site that referral requests tell by their EX form, which only newer
    /// servers know ([MS-DFSC] 3.1.4.2); nil asks with the plain form.
    package var siteName: String?

    package init() {}
}

/// The Dfs client of a terminal server: [MS-DFSC] 3.1, without input and output.
package struct DfsClient: Hashable, Sendable {
    package let settings: DfsSettings
    package internal(set) var referralCache = ReferralCache()
    package internal(set) var domainCache = DomainCache()
    /// `\\server\share` that are no namespaces, and until when that is believed.
    var negative: [UNCPath: Instant] = [:]
    var hasAskedForDomains = false

    package init(settings: DfsSettings) { self.settings = settings }

    /// Whether the next attempt is the probe of a root's target.
    package func triesRoot(_ resolution: Resolution) -> Bool {
        guard case .attempt(let prefix, _) = resolution.step else { return false }
        return referralCache.exact(prefix)?.isRoot ?? false
    }

    /// Forgets every referral that could be used for that path.
    package mutating func forget(_ path: UNCPath) {
        while let entry = referralCache.longest(path) { referralCache.remove(entry.prefix) }
    }

    package func begin(_ path: UNCPath) -> Resolution { Resolution(path) }

    /// Goes as far as is possible without the outside.
    ///
    /// May be called again at any time, for instance after waiting for somebody else's referral:
    /// what the cache has learnt meanwhile is used.
    package mutating func advance(_ resolution: inout Resolution, at now: Instant) -> DfsNeed {
        // Each round rewrites the path or moves to a step that returns; hops bound the rounds.
        while true {
            switch resolution.step {
            case .lookUp: lookUp(&resolution, at: now)
            case .domain:
                if hasAskedForDomains {
                    resolution.step = .lookUp
                    continue
                }
                return need(.domain, host: settings.bootstrapDC ?? "", resolution.path.prefix(1))
            case .domainControllers:
                guard domainCache.entry(resolution.path.server)?.controller == nil else {
                    byController(&resolution)
                    continue
                }
                let domain = resolution.path.prefix(1)
                return need(.domainController, host: settings.bootstrapDC ?? "", domain)
            case .rootReferral(let host):
                let prefix = resolution.path.prefix(2)
                if let entry = referralCache.exact(prefix), entry.softExpiry > now {
                    choose(entry, for: &resolution)
                    continue
                }
                if let until = negative[prefix], until > now, !resolution.isInNamespace {
                    resolution.step = .notDfs
                    continue
                }
                return need(.root, host: host, prefix)
            case .sysvolReferral(let host):
                return need(.sysvol, host: host, resolution.path.prefix(2))
            case .linkReferral(let root, let targets):
                if let entry = referralCache.longest(resolution.path), !entry.isRoot,
                    entry.softExpiry > now
                {
                    // 3.1.5.1: another session has learnt the link meanwhile.
                    choose(entry, for: &resolution)
                    continue
                }
                guard let host = self.host(of: root, targets) else {
                    fail(&resolution, .dfsUnavailable, "no root target is left to ask")
                    continue
                }
                return need(.link, host: host, resolution.path)
            case .attempt(let prefix, let targets):
                guard let entry = referralCache.exact(prefix), let index = targets.first,
                    index < entry.targets.count
                else {
                    // The entry was replaced while this session waited.
                    resolution.step = .lookUp
                    continue
                }
                let target = resolution.path.replacingPrefix(
                    of: prefix.components.count,
                    with: entry.targets[index].path
                )
                return .attempt(host: controller(for: target), target: target)
            case .notDfs: return .notDfs(resolution.path)
            case .failed(let failure): return .failed(failure)
            case .ended: preconditionFailure("advance() after the end of a resolution")
            }
        }
    }

    private func need(_ kind: ReferralKind, host: String, _ path: UNCPath) -> DfsNeed {
        .referral(
            ReferralNeed(kind: kind, host: host, path: path, siteName: settings.siteName)
        )
    }

    /// Steps 1, 2 and 5.
    private mutating func lookUp(_ resolution: inout Resolution, at now: Instant) {
        let path = resolution.path
        guard path.components.count > 1 else {
            resolution.step = .notDfs
            return
        }
        if let entry = referralCache.longest(path) {
            if entry.hardExpiry <= now {
                referralCache.remove(entry.prefix)
                return
            }
            resolution.isInNamespace = true
            if entry.softExpiry > now || resolution.isRefreshing {
                choose(entry, for: &resolution)
                return
            }
            resolution.isRefreshing = true
            if !entry.isRoot, let root = referralCache.exact(path.prefix(2)), root.isRoot {
                resolution.step = .linkReferral(root: root.prefix, targets: root.order)
                return
            }
        }
        if settings.bootstrapDC != nil, !hasAskedForDomains {
            resolution.step = .domain
        } else if domainCache.entry(path.server) != nil {
            resolution.step = .domainControllers
        } else {
            resolution.step = .rootReferral(host: path.server)
        }
    }

    /// Step 5.2.2 and 5.2.3: a controller is known.
    private func byController(_ resolution: inout Resolution) {
        let host = controller(for: resolution.path)
        let isSysvol = ["SYSVOL", "NETLOGON"].contains(resolution.path.folded[1])
        resolution.step = isSysvol ? .sysvolReferral(host: host) : .rootReferral(host: host)
    }

    /// Whom to connect to for a path: a domain's name stands for its controller.
    func controller(for path: UNCPath) -> String {
        domainCache.entry(path.server)?.controller ?? path.server
    }

    /// Steps 3, 4, 7 and 11: an entry is at hand.
    func choose(_ entry: ReferralCacheEntry, for resolution: inout Resolution) {
        let isSysvol = ["SYSVOL", "NETLOGON"].contains(entry.prefix.folded.last ?? "")
        guard entry.isInterlink, !entry.isRoot, !isSysvol else {
            resolution.step = .attempt(prefix: entry.prefix, targets: entry.order)
            return
        }
        follow(entry.hintPath, insteadOf: entry.prefix, &resolution)
    }

    /// Step 11: the rewritten path is a Dfs path again; a limit turns a ring into an error.
    func follow(_ target: UNCPath, insteadOf prefix: UNCPath, _ resolution: inout Resolution) {
        resolution.hops += 1
        guard resolution.hops <= settings.hopLimit else {
            let sentence =
                "\(prefix.text) leads in a circle: after \(settings.hopLimit) hops the "
                + "path is \(resolution.path.text)"
            fail(&resolution, .pathNotCovered, sentence, isCircle: true)
            return
        }
        resolution.path = resolution.path.replacingPrefix(
            of: prefix.components.count,
            with: target
        )
        resolution.isRefreshing = false
        resolution.step = .lookUp
    }

    func fail(
        _ resolution: inout Resolution,
        _ status: NTStatus,
        _ reason: String,
        isCircle: Bool = false
    ) {
        let sentence = "\(resolution.original.text): \(reason) (\(status))"
        resolution.step = .failed(
            DfsFailure(status: status, sentence: sentence, isCircle: isCircle)
        )
    }

    /// The server of the first of these targets of a root.
    func host(of root: UNCPath, _ targets: [Int]) -> String? {
        guard let entry = referralCache.exact(root), let index = targets.first,
            index < entry.targets.count
        else { return nil }
        return controller(for: entry.targets[index].path)
    }
}
