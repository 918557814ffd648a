package import Primitives

/// Who is meant by a name: servers and domains have several.
extension NamespacePlan {
    /// The server of that name: as the plan spells it, without its domain, or with it; in any case.
    package func index(ofServer name: String) -> Int? {
        let folded = name.uppercased()
        if let index = servers.firstIndex(where: { $0.name.uppercased() == folded }) {
            return index
        }
        let label = Self.firstLabel(folded)
        let suffix = String(folded.dropFirst(label.count))
        return servers.firstIndex { server in
            let own = server.name.uppercased()
            guard Self.firstLabel(own) == label else { return false }
            // `ns1` for ns1.example.test, or ns1.example.test for `ns1`.
            return suffix.isEmpty || (own == label && domains.contains { suffix == $0.suffix })
        }
    }

    /// The domain of that name, DNS or NetBIOS, in any case.
    package func index(ofDomain name: String) -> Int? {
        let folded = name.uppercased()
        return domains.firstIndex {
            $0.dnsName.uppercased() == folded || $0.netbiosName.uppercased() == folded
        }
    }

    /// The path of the first root, by its server or its domain; nil if there is no root.
    package var firstRoot: UNCPath? {
        guard let root = roots.first else { return nil }
        return switch root.kind {
        case .standalone: root.targets.first?.path
        case .domain(let name): UNCPath(components: [name, root.name])
        }
    }

    /// The server that a path leads to, and the share in upper case; nil if it is none of the plan.
    func place(of path: UNCPath) -> (server: Int, share: String)? {
        guard path.folded.count >= 2, let server = index(ofServer: path.server) else { return nil }
        return (server, path.folded[1])
    }

    /// Whether a path leads into a namespace: one of a domain's, or a share that is a root target.
    func isInNamespace(_ path: UNCPath) -> Bool {
        if index(ofDomain: path.server) != nil { return true }
        guard let place = place(of: path) else { return false }
        return roots.contains { root in
            root.targets.contains { target in
                self.place(of: target.path).map { $0 == place } ?? false
            }
        }
    }

    /// Up to the first dot: what NetBIOS would call it.
    static func firstLabel(_ name: String) -> String { String(name.prefix { $0 != "." }) }
}

extension DomainPlan {
    /// What a server's DNS name ends with, in upper case.
    var suffix: String { "." + dnsName.uppercased() }
}
