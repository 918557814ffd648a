internal import Crypto
internal import Emulator
internal import Primitives
internal import SMBWire

/// Reads the `namespace:` of a profile: what the emulated servers are and what lies on them.
///
/// Says where and why when something does not fit, names that lead nowhere included.
enum NamespaceReader {
    static func read(_ node: ProfileNode) throws(ProfileError) -> NamespacePlan {
        var plan = NamespacePlan()
        var roots: ProfileNode?
        for (key, value) in try node.mapping(of: ProfileShape.namespaceKeys) {
            switch key {
            case "servers":
                for (name, entry) in try value.mapping() {
                    plan.servers.append(try ServerReader.read(name, entry.node))
                }
            case "roots": roots = value
            case "domains":
                for (name, entry) in try value.mapping() {
                    plan.domains.append(try domain(name, entry.node))
                }
            default: plan.faults = try FaultReader.read(value)
            }
        }
        guard !plan.servers.isEmpty else { throw node.error("`servers:` is missing or empty") }
        for (path, entry) in try roots?.mapping() ?? [] {
            plan.roots.append(try root(path, entry.node, in: plan))
        }
        for domain in plan.domains {
            for controller in domain.controllers {
                try insist(on: controller, in: plan, at: node)
            }
        }
        return plan
    }

    private static func domain(
        _ name: String,
        _ node: ProfileNode
    ) throws(ProfileError) -> DomainPlan {
        var netbios = String(name.prefix { $0 != "." }).uppercased()
        var controllers: [String] = []
        for (key, value) in try node.mapping(of: ProfileShape.domainKeys) {
            if key == "netbios" {
                netbios = try value.text("the domain's short name")
            } else {
                for element in try value.sequence() { controllers.append(try element.text()) }
            }
        }
        guard !controllers.isEmpty else { throw node.error("`controllers:` is missing or empty") }
        return DomainPlan(dnsName: name, netbiosName: netbios, controllers: controllers)
    }

    private static func root(
        _ text: String,
        _ node: ProfileNode,
        in plan: NamespacePlan
    ) throws(ProfileError) -> RootPlan {
        let path = try unc(text, node)
        guard path.components.count == 2, let name = path.share else {
            throw node.error(
                "a root is named \\\\server\\root or \\\\domain\\root, found “\(text)”"
            )
        }
        let domain = plan.domains.first { $0.dnsName.uppercased() == path.folded[0] }
        var root = RootPlan(
            name: name,
            kind: domain.map { .domain($0.dnsName) } ?? .standalone,
            targets: domain == nil ? [TargetPlan(path)] : []
        )
        for (key, value) in try node.mapping(of: ProfileShape.rootKeys) {
            switch key {
            case "targets": root.targets = try targets(value, in: plan)
            case "ttl": root.timeToLive = try seconds(value)
            case "failback": root.targetFailback = try value.boolean()
            default:
                for (link, entry) in try value.mapping() {
                    root.links.append(try self.link(link, entry.node, in: plan))
                }
            }
        }
        guard !root.targets.isEmpty else { throw node.error("`targets:` is missing or empty") }
        for target in root.targets { try insist(on: target.path.server, in: plan, at: node) }
        return root
    }

    private static func link(
        _ path: String,
        _ node: ProfileNode,
        in plan: NamespacePlan
    ) throws(ProfileError) -> LinkPlan {
        let parts = path.split { $0 == "\\" || $0 == "/" }
        guard !parts.isEmpty else { throw node.error("a link has a name") }
        var link = LinkPlan(path: parts.joined(separator: "\\"), targets: [])
        if node.isScalar {
            link.targets = [TargetPlan(try unc(try node.text(), node))]
            return link
        }
        for (key, value) in try node.mapping(of: ProfileShape.linkKeys) {
            switch key {
            case "targets": link.targets = try targets(value, in: plan)
            case "ttl": link.timeToLive = try seconds(value)
            default: link.targetFailback = try value.boolean()
            }
        }
        guard !link.targets.isEmpty else { throw node.error("`targets:` is missing or empty") }
        return link
    }

    /// Targets may lead to servers that do not exist: that is what fail-over is for.
    private static func targets(
        _ node: ProfileNode,
        in plan: NamespacePlan
    ) throws(ProfileError) -> [TargetPlan] {
        var targets: [TargetPlan] = []
        for element in try node.sequence() {
            guard !element.isScalar else {
                targets.append(TargetPlan(try unc(try element.text(), element)))
                continue
            }
            var path: UNCPath?
            var (priority, isOnline) = (0, true)
            for (key, value) in try element.mapping(of: ProfileShape.targetKeys) {
                switch key {
                case "path": path = try unc(try value.text(), value)
                case "priority": priority = try value.integer(in: 0...31)
                default: isOnline = try value.boolean()
                }
            }
            guard let path else { throw element.error("`path:` is missing") }
            var target = TargetPlan(path)
            (target.priority, target.isOnline) = (priority, isOnline)
            targets.append(target)
        }
        return targets
    }

    private static func unc(
        _ text: String,
        _ node: ProfileNode
    ) throws(ProfileError) -> UNCPath {
        do {
            let path = try UNCPath(parsing: text)
            guard path.share != nil else {
                throw node.error("expected \\\\server\\share\\…, found “\(text)”")
            }
            return path
        } catch let error as PathError {
            throw node.error(error.sentence)
        } catch let error as ProfileError {
            throw error
        } catch {
            throw node.error("\(error)")
        }
    }

    private static func seconds(_ node: ProfileNode) throws(ProfileError) -> UInt32 {
        let seconds = try node.duration().components.seconds
        guard (1...Int64(UInt32.max)).contains(seconds) else {
            throw node.error("a TTL is one second or more")
        }
        return UInt32(seconds)
    }

    private static func insist(
        on server: String,
        in plan: NamespacePlan,
        at node: ProfileNode
    ) throws(ProfileError) {
        let names = plan.servers.map(\.name)
        guard names.contains(where: { $0.uppercased() == server.uppercased() }) else {
            let hint = Suggestion.hint(for: server, among: names)
            throw node.error("there is no server “\(server)” below `servers:`\(hint)")
        }
    }
}
