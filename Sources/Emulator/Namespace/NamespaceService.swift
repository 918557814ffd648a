internal import Dfs
internal import Primitives
package import SMBWire

/// The Dfs service of one emulated server: its part of [MS-DFSC] 3.2, and of 3.3 if the server is a
/// domain controller.
///
/// It answers from the plan and keeps nothing; which site a client stands in it learns from the EX
/// form only. Targets of one set keep the plan's order, where Windows would shuffle them.
package struct NamespaceService: Hashable, Sendable {
    /// Where a path of a Dfs share leads ([MS-SMB2] 3.3.5.9, [MS-DFSC] 3.2.4.1 normalisation).
    package enum Coverage: Hashable, Sendable {
        /// Here: the path below the share.
        case local(share: String, path: String)
        /// A link lies on it: STATUS_PATH_NOT_COVERED.
        case notCovered
        /// It is no Dfs path: STATUS_INVALID_PARAMETER or STATUS_OBJECT_NAME_INVALID.
        case refused(NTStatus)
    }

    package enum Reply: Hashable, Sendable {
        case bytes([UInt8])
        case refused(NTStatus)
    }

    let plan: NamespacePlan
    /// Index of the server into the plan's.
    let server: Int
    /// DFSNamespaceList of [MS-DFSC] 3.2.1.
    let hosted: [HostedRoot]
    /// Indices of the domains that the server is a controller of.
    let controlled: [Int]

    package init(_ plan: NamespacePlan, server: Int) {
        self.plan = plan
        self.server = server
        var hosted: [HostedRoot] = []
        for (index, root) in plan.roots.enumerated() {
            for target in root.targets {
                guard let place = plan.place(of: target.path), place.server == server else {
                    continue
                }
                hosted.append(HostedRoot(root, index: index, share: place.share))
            }
        }
        self.hosted = hosted
        controlled = plan.domains.indices.filter { domain in
            plan.domains[domain].controllers.contains { plan.index(ofServer: $0) == server }
        }
    }

    /// Whether the server does Dfs at all: NEGOTIATE then says SMB2_GLOBAL_CAP_DFS.
    package var isCapable: Bool { !hosted.isEmpty || !controlled.isEmpty }

    /// FSCTL_DFS_GET_REFERRALS(_EX): the answer's bytes, which fit `outputMax`, or a status.
    package func referral(
        _ request: [UInt8],
        isExtended: Bool,
        outputMax: UInt32
    ) -> Reply {
        guard isCapable else { return .refused(.fsDriverRequired) }
        var reader = ByteReader(request)
        guard let request = try? ReferralRequest(from: &reader, isExtended: isExtended),
            request.maxReferralLevel > 0
        else { return .refused(.invalidParameter) }
        let question = ReferralQuestion(
            request,
            versionMax: plan.servers[server].referralVersionMax,
            outputMax: outputMax
        )
        do {
            return .bytes(try answer(question).bytes)
        } catch {
            return .refused(error.status)
        }
    }

    /// Which of the five kinds it is, by the number of components and what the first names.
    private func answer(
        _ question: ReferralQuestion
    ) throws(ReferralRefusal) -> ReferralResponse {
        switch question.path.components.count {
        case 0: return try domainReferral(question)
        case 1: return try controllerReferral(question)
        case 2 where question.isSysvol && hostedRoot(question.path) == nil:
            return try sysvolReferral(question)
        default: return try rootOrLinkReferral(question)
        }
    }

    /// The root that a path's first two components name, if this server is a target of it.
    ///
    /// The first may be the domain's name in either form, another root target's name, or anything
    /// that the server may be called, such as its address.
    func hostedRoot(_ path: UNCPath) -> HostedRoot? {
        guard path.folded.count >= 2 else { return nil }
        let name = path.folded[1]
        if let domain = plan.index(ofDomain: path.server) {
            return hosted.first { root in
                root.name == name && root.domain.flatMap(plan.index(ofDomain:)) == domain
            }
        }
        if let other = plan.index(ofServer: path.server), other != server {
            return hosted.first { root in
                plan.roots[root.index].targets.contains { target in
                    plan.place(of: target.path).map { $0 == (other, name) } ?? false
                }
            }
        }
        return hosted.first { $0.share == name } ?? hosted.first { $0.name == name }
    }
}

/// Why there is no referral.
struct ReferralRefusal: Error {
    let status: NTStatus
}

/// A referral request as the service looks at it.
struct ReferralQuestion {
    let path: UNCPath
    /// The smaller of what the client and the server know.
    let version: UInt16
    let siteName: String?
    /// Bytes; Windows allows 56 KiB, and the offsets inside have 16 bits.
    let sizeMax: Int
    private let text: String

    init(_ request: ReferralRequest, versionMax: UInt16, outputMax: UInt32) {
        text = request.path
        path = UNCPath(referral: request.path)
        version = min(request.maxReferralLevel, versionMax)
        siteName = request.siteName
        sizeMax = min(Int(outputMax), 57_344)
    }

    /// The second component is one of the shares that every controller has.
    var isSysvol: Bool { ["SYSVOL", "NETLOGON"].contains(path.folded[1]) }

    /// PathConsumed for so many components: bytes of the request as it was spelled.
    func bytes(ofComponents count: Int) -> UInt16 {
        var units = 0
        var seen = 0
        var isInside = false
        for unit in text.utf16 {
            let isSeparator = unit == 0x5C
            if isSeparator, isInside, seen == count { break }
            if !isSeparator, !isInside { seen += 1 }
            isInside = !isSeparator
            units += 1
        }
        return UInt16(truncatingIfNeeded: 2 * units)
    }
}
