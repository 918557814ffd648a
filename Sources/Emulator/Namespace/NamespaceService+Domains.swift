internal import Dfs
internal import Primitives
internal import SMBWire

/// What only domain controllers answer ([MS-DFSC] 3.3.5.2 to 3.3.5.4).
extension NamespaceService {
    /// The names of all domains, each in both forms.
    func domainReferral(
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        let own = try controller(of: question)
        let names = plan.domains.flatMap { [$0.netbiosName, $0.dnsName] }
        let response = ReferralResponse(
            pathConsumed: 0,
            flags: [],
            entries: names.map { name in
                nameList(special: name, expanded: [], timeToLive: own.domainTimeToLive)
            }
        )
        guard response.bytes.count <= question.sizeMax else {
            throw ReferralRefusal(status: .bufferOverflow)
        }
        return response
    }

    /// The controllers of a domain, in the form in which the domain was named.
    func controllerReferral(
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        _ = try controller(of: question)
        guard let index = plan.index(ofDomain: question.path.server) else {
            throw ReferralRefusal(status: .invalidParameter)
        }
        let domain = plan.domains[index]
        var names = controllers(of: domain, as: question)
        func response() -> ReferralResponse {
            let entry = nameList(
                special: question.path.server,
                expanded: names,
                timeToLive: domain.controllerTimeToLive
            )
            return ReferralResponse(pathConsumed: 0, flags: [], entries: [entry])
        }
        while names.count > 1, response().bytes.count > question.sizeMax { names.removeLast() }
        guard response().bytes.count <= question.sizeMax else {
            throw ReferralRefusal(status: .bufferOverflow)
        }
        return response()
    }

    /// `\controller\SYSVOL` or `\controller\NETLOGON` of all controllers of a domain.
    func sysvolReferral(
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        guard !controlled.isEmpty, let index = plan.index(ofDomain: question.path.server) else {
            throw ReferralRefusal(status: .notFound)
        }
        let domain = plan.domains[index]
        let share = question.path.folded[1]
        return try response(
            Subject(
                targets: controllers(of: domain, as: question).map {
                    TargetPlan(UNCPath(components: [$0, share]))
                },
                componentCount: 2,
                timeToLive: domain.sysvolTimeToLive,
                failsBack: false,
                isRoot: false,
                isInterlink: false
            ),
            question
        )
    }

    /// The domain in whose name this server speaks of domains: only controllers do, and only to
    /// clients of version 3.
    private func controller(
        of question: ReferralQuestion
    ) throws(ReferralRefusal) -> DomainPlan {
        guard let own = controlled.first else { throw ReferralRefusal(status: .invalidParameter) }
        guard question.version >= 3 else { throw ReferralRefusal(status: .unsuccessful) }
        return plan.domains[own]
    }

    /// The host names of a domain's controllers, those of the client's site first; DNS names for a
    /// domain's DNS name, NetBIOS names for its NetBIOS name.
    private func controllers(of domain: DomainPlan, as question: ReferralQuestion) -> [String] {
        let isNetBIOS = domain.netbiosName.uppercased() == question.path.folded[0]
        let targets = domain.controllers.map { TargetPlan(UNCPath(components: [$0])) }
        let near = sets(of: targets, siteName: question.siteName).flatMap { $0 }
        return near.map { target in
            let name = target.path.server
            if isNetBIOS { return NamespacePlan.firstLabel(name).uppercased() }
            return name.contains(".") ? name : name + "." + domain.dnsName
        }
    }

    /// Version 3 whatever was asked for: the fourth has nothing new to say here.
    private func nameList(
        special: String,
        expanded: [String],
        timeToLive: UInt32
    ) -> ReferralEntry {
        ReferralEntry(
            version: 3,
            isRoot: false,
            isSetBoundary: false,
            timeToLive: timeToLive,
            content: .names(special: "\\" + special, expanded: expanded.map { "\\" + $0 })
        )
    }
}
