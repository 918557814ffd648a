import Emulator
import Primitives

/// The namespaces that the public protocol test suite expects: one stand-alone, one of a domain, a
/// link and an interlink in each.
enum DFSCEnvironment {
    static let domain = "contoso.test"
    static let netbiosDomain = "CONTOSO"
    static let controller = "dc1"
    static let dfsServer = "ns1"
    static let site = "Main-Site"
    static let invalid = "Invalid"

    static let standaloneRoot = #"\ns1\Standalone"#
    static let domainRoot = #"\contoso.test\DomainBased"#
    static let domainRootTarget = #"\ns1\DomainBased"#
    static let link = "DFSLink"
    static let interlink = "Interlink"
    static let linkTarget = #"\node01\FileShare"#
    static let interlinkTarget = #"\node01\SMBDfs\SMBDfsLink"#

    /// `hostsOnController` makes the controller a root target of the domain's namespace as well.
    static func plan(hostsOnController: Bool = false) -> NamespacePlan {
        var controller = ServerPlan(
            name: controller,
            shares: ["SYSVOL", "NETLOGON"].map { SharePlan(name: $0) }
        )
        controller.site = site
        var targets = [domainRootTarget]
        if hostsOnController {
            controller.shares.append(SharePlan(name: "DomainBased"))
            targets.append(#"\dc1\DomainBased"#)
        }
        let root = ServerPlan(
            name: dfsServer,
            shares: ["Standalone", "DomainBased"].map { SharePlan(name: $0) }
        )
        let node = ServerPlan(
            name: "node01",
            shares: ["FileShare", "SMBDfs"].map { SharePlan(name: $0) }
        )
        let links = [
            LinkPlan(path: link, targets: [target(linkTarget)]),
            LinkPlan(path: interlink, targets: [target(interlinkTarget)]),
        ]
        return NamespacePlan(
            servers: [controller, root, node],
            roots: [
                RootPlan(
                    name: "Standalone",
                    kind: .standalone,
                    targets: [target(standaloneRoot)],
                    links: links
                ),
                RootPlan(
                    name: "DomainBased",
                    kind: .domain(domain),
                    targets: targets.map(target),
                    links: links
                ),
                RootPlan(
                    name: "SMBDfs",
                    kind: .standalone,
                    targets: [target(#"\node01\SMBDfs"#)],
                    links: [LinkPlan(path: "SMBDfsLink", targets: [target(linkTarget)])]
                ),
            ],
            domains: [
                DomainPlan(
                    dnsName: domain,
                    netbiosName: netbiosDomain,
                    controllers: [self.controller]
                )
            ],
            users: [Dialogue.alice]
        )
    }

    private static func target(_ path: String) -> TargetPlan {
        TargetPlan(UNCPath(referral: path))
    }
}
