package import Primitives
package import SMBWire

/// What came back from outside ([MS-DFSC] 3.1.5).
extension DfsClient {
    /// The referral that `advance` needed: its status and, on success, the output buffer.
    package mutating func answered(
        _ resolution: inout Resolution,
        _ need: ReferralNeed,
        status: NTStatus,
        output: [UInt8],
        at now: Instant
    ) {
        var status = status
        var response: ReferralResponse?
        if status == .success {
            var reader = ByteReader(output)
            response = try? ReferralResponse(from: &reader)
            // 3.1.5.4: an ill-formed referral.
            if response == nil { status = .invalidNetworkResponse }
        }
        resolution.note(
            .referral(
                kind: need.kind,
                host: need.host,
                path: need.path,
                status: status,
                response
            )
        )
        if let response {
            accept(response, need, &resolution, at: now)
        } else {
            refused(need, status, &resolution, at: now)
        }
    }

    private mutating func accept(
        _ response: ReferralResponse,
        _ need: ReferralNeed,
        _ resolution: inout Resolution,
        at now: Instant
    ) {
        switch need.kind {
        case .domain:
            hasAskedForDomains = true
            for entry in response.entries {
                if case .names(let special, _) = entry.content { domainCache.add([special]) }
            }
            resolution.step = .lookUp
        case .domainController:
            let names = response.entries.first.map(\.content)
            guard case .names(_, let expanded) = names, !expanded.isEmpty else {
                fail(&resolution, .domainControllerNotFound, "the domain named no controller")
                return
            }
            domainCache.setControllers(expanded, of: need.path.server)
            resolution.step = .domainControllers
        case .sysvol, .root, .link:
            guard !response.entries.isEmpty else {
                fail(&resolution, .objectPathNotFound, "\(need.host) knows no target for it")
                return
            }
            guard let entry = cacheEntry(response, need, at: now) else {
                let reason = "the referral of \(need.host) is ill-formed"
                refused(need, .invalidNetworkResponse, &resolution, at: now, reason: reason)
                return
            }
            if need.kind == .link, entry.isRoot {
                // A root again: there is no such link any more. Asking on would be a circle.
                let reason =
                    "\(need.host) says it covers no link, and says it does not cover the path"
                fail(&resolution, .pathNotCovered, reason)
                return
            }
            resolution.isInNamespace = true
            resolution.isRefreshing = false
            if need.kind == .link, case .linkReferral(let root, let targets) = resolution.step,
                let index = targets.first
            {
                referralCache.setHint(index, of: root)
            }
            referralCache.insert(entry)
            choose(referralCache.exact(entry.prefix) ?? entry, for: &resolution)
        }
    }

    /// 3.1.5.4.3: the cache entry of a referral; nil if it contradicts its own request.
    private func cacheEntry(
        _ response: ReferralResponse,
        _ need: ReferralNeed,
        at now: Instant
    ) -> ReferralCacheEntry? {
        guard let prefix = need.path.consumed(bytes: Int(response.pathConsumed)),
            prefix.components.count >= 2
        else { return nil }
        var targets: [ReferralCacheEntry.Target] = []
        for entry in response.entries {
            guard case .target(_, _, let address) = entry.content else { return nil }
            let path = UNCPath(referral: address)
            guard path.components.count >= 2 else { return nil }
            targets.append(.init(path: path, isSetBoundary: entry.isSetBoundary))
        }
        let isRoot = response.entries[0].isRoot
        let seconds = response.entries[0].timeToLive ?? (isRoot ? 300 : 1_800)
        let isInterlink =
            response.flags.contains(.referralServers)
            && !response.flags.contains(.storageServers)
        let leadsToDomain =
            targets.count == 1
            && domainCache.entry(targets[0].path.server) != nil
        return ReferralCacheEntry(
            prefix: prefix,
            isRoot: isRoot,
            isInterlink: !isRoot && need.kind != .sysvol && (isInterlink || leadsToDomain),
            softExpiry: now + .seconds(Int64(seconds)),
            hardExpiry: now + .seconds(4 * Int64(seconds)),
            failsBack: response.flags.contains(.targetFailback),
            targets: targets
        )
    }

    /// 3.1.4.1 steps 6.1 to 6.3, 9, 10: the referral request failed.
    private mutating func refused(
        _ need: ReferralNeed,
        _ status: NTStatus,
        _ resolution: inout Resolution,
        at now: Instant,
        reason: String? = nil
    ) {
        let path = resolution.path
        let reason = reason ?? "\(need.host) gives no \(need.kind.rawValue) referral"
        if resolution.isRefreshing, let entry = referralCache.longest(path),
            entry.hardExpiry > now
        {
            choose(entry, for: &resolution)
            return
        }
        switch need.kind {
        case .domain:
            hasAskedForDomains = true
            resolution.step = .lookUp
        case .domainController, .sysvol: fail(&resolution, status, reason)
        case .root:
            if domainCache.entry(path.server) != nil {
                let isNext =
                    Failover.applies(toReferral: status)
                    && domainCache.advance(path.server)
                guard isNext else {
                    fail(&resolution, status, reason)
                    return
                }
                resolution.step = .domainControllers
            } else if resolution.isInNamespace || Failover.isRefusal(status) {
                // Going on without Dfs would try a refused log-on a second time.
                fail(&resolution, status, reason)
            } else {
                if !Failover.applies(toReferral: status) {
                    rememberNegative(need.path, at: now)
                }
                resolution.step = .notDfs
            }
        case .link:
            guard case .linkReferral(let root, let targets) = resolution.step,
                Failover.applies(toReferral: status), targets.count > 1
            else {
                fail(&resolution, status, reason)
                return
            }
            resolution.step = .linkReferral(root: root, targets: Array(targets.dropFirst()))
        }
    }

    private mutating func rememberNegative(_ path: UNCPath, at now: Instant) {
        // Names from profiles are few; a host that meets thousands forgets and asks again.
        if negative.count >= 4_096 { negative = [:] }
        negative[path] = now + settings.negativeLife
    }

    /// How the attempt that `advance` needed went: connect, log-on, tree connect and CREATE.
    package mutating func attempted(
        _ resolution: inout Resolution,
        _ target: UNCPath,
        status: NTStatus,
        at now: Instant
    ) {
        resolution.note(.attempt(target: target, status: status))
        guard case .attempt(let prefix, let targets) = resolution.step,
            let index = targets.first
        else {
            resolution.step = .ended
            return
        }
        if status.severity <= 1 {
            referralCache.setHint(index, of: prefix)
            resolution.step = .ended
        } else if status == .pathNotCovered {
            notCovered(&resolution, prefix, target, at: now)
        } else if Failover.applies(toAttempt: status) {
            let rest = Array(targets.dropFirst())
            if rest.isEmpty {
                fail(&resolution, status, "no target answers; the last was \(target.text)")
            } else {
                resolution.step = .attempt(prefix: prefix, targets: rest)
            }
        } else {
            resolution.step = .ended
        }
    }

    /// Step 8.1 and 3.1.5.1.
    private mutating func notCovered(
        _ resolution: inout Resolution,
        _ prefix: UNCPath,
        _ target: UNCPath,
        at now: Instant
    ) {
        guard let entry = referralCache.exact(prefix) else {
            resolution.step = .lookUp
            return
        }
        if entry.isRoot {
            if let link = referralCache.longest(resolution.path), !link.isRoot,
                link.softExpiry > now
            {
                choose(link, for: &resolution)
                return
            }
            resolution.step = .linkReferral(root: prefix, targets: entry.order)
            return
        }
        // The target lies in a namespace, though its referral did not say so (Samba never does):
        // an interlink all the same.
        follow(
            target.prefix(
                target.components.count - resolution.path.components.count
                    + prefix.components.count
            ),
            insteadOf: prefix,
            &resolution
        )
    }
}

extension UNCPath {
    /// The prefix that PathConsumed names; nil unless it ends where a component ends.
    func consumed(bytes: Int) -> UNCPath? {
        guard bytes % 2 == 0 else { return nil }
        var length = 0
        for (index, component) in components.enumerated() {
            length += 1 + component.utf16.count
            if length * 2 == bytes { return prefix(index + 1) }
            if length * 2 > bytes { return nil }
        }
        return nil
    }
}
