import Dfs
import Emulator
import Primitives
import SMBWire

/// One namespace of a domain on two servers, links of every kind, and two sites.
enum ExampleNamespace {
    static func path(_ text: String) -> UNCPath { UNCPath(referral: text) }

    static func target(
        _ text: String,
        priority: Int = 0,
        isOnline: Bool = true
    ) -> TargetPlan {
        var target = TargetPlan(path(text))
        target.priority = priority
        target.isOnline = isOnline
        return target
    }

    static func link(_ path: String, _ targets: TargetPlan...) -> LinkPlan {
        LinkPlan(path: path, targets: targets)
    }

    static func server(_ name: String, _ shares: String..., site: String? = nil) -> ServerPlan {
        var server = ServerPlan(name: name, shares: shares.map { SharePlan(name: $0) })
        server.site = site
        return server
    }

    static let links = [
        link("eng", target(#"\fs1\eng"#), target(#"\fs2\eng"#)),
        link(#"nested\deep"#, target(#"\fs1\deep\dir"#)),
        link("away", target(#"\ns3\other"#)),
        link("home", target(#"\example.test\pub\eng"#)),
        link("dark", target(#"\fs1\dark"#, isOnline: false)),
        link(
            "ranked",
            target(#"\fs1\low"#, priority: 9),
            target(#"\fs2\first"#),
            target(#"\fs1\first"#),
            target(#"\fs2\gone"#, isOnline: false)
        ),
    ]

    static let plan: NamespacePlan = {
        var root = RootPlan(
            name: "Pub",
            kind: .domain("example.test"),
            targets: [target(#"\ns1\pub"#), target(#"\ns2\pub"#)],
            links: links
        )
        root.targetFailback = true
        let other = RootPlan(
            name: "other",
            kind: .standalone,
            targets: [target(#"\ns3\other"#)],
            links: [link("back", target(#"\example.test\pub\eng"#))]
        )
        return NamespacePlan(
            servers: [
                server("dc1", "SYSVOL", "NETLOGON", site: "North"),
                server("dc2.example.test", "SYSVOL", "NETLOGON", site: "South"),
                server("ns1", "pub", site: "North"), server("ns2", "pub", site: "South"),
                server("ns3", "other"), server("fs1", "eng", "deep", "dark", site: "North"),
                server("fs2", "eng", site: "South"),
            ],
            roots: [root, other],
            domains: [
                DomainPlan(
                    dnsName: "example.test",
                    netbiosName: "EXAMPLE",
                    controllers: ["dc1", "dc2.example.test"]
                ),
                DomainPlan(dnsName: "far.test", netbiosName: "FAR", controllers: []),
            ]
        )
    }()

    static func service(_ name: String, _ plan: NamespacePlan = plan) -> NamespaceService {
        NamespaceService(plan, server: plan.index(ofServer: name) ?? 0)
    }
}

extension NamespaceService {
    struct Refused: Error, Equatable {
        let status: NTStatus
    }

    /// Asks with the plain form, or the EX form if there is a site.
    func ask(
        _ path: String,
        version: UInt16 = 4,
        site: String? = nil,
        outputMax: UInt32 = 4_096
    ) throws -> ReferralResponse {
        let request = ReferralRequest(maxReferralLevel: version, path: path, siteName: site)
        let reply = referral(
            site == nil ? request.bytes : request.extendedBytes,
            isExtended: site != nil,
            outputMax: outputMax
        )
        switch reply {
        case .refused(let status): throw Refused(status: status)
        case .bytes(let bytes):
            var reader = ByteReader(bytes)
            return try ReferralResponse(from: &reader)
        }
    }

    func status(_ path: String, version: UInt16 = 4) -> NTStatus {
        do {
            _ = try ask(path, version: version)
            return .success
        } catch {
            return (error as? Refused)?.status ?? .internalError
        }
    }
}

extension ReferralResponse {
    /// The targets' paths, or the names of a list.
    var targets: [String] {
        entries.flatMap { entry in
            switch entry.content {
            case .target(_, _, let address): [address]
            case .names(let special, let expanded): expanded.isEmpty ? [special] : expanded
            }
        }
    }

    var boundaries: [Bool] { entries.map(\.isSetBoundary) }
}
