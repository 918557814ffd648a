internal import Crypto
internal import Emulator
internal import Primitives
internal import SMBWire

/// Reads one server of a profile's `namespace:`.
enum ServerReader {
    static func read(_ name: String, _ node: ProfileNode) throws(ProfileError) -> ServerPlan {
        var server = ServerPlan(name: name)
        for (key, value) in try node.mapping(of: ProfileShape.serverKeys) {
            switch key {
            case "shares":
                for (share, entry) in try value.mapping() {
                    server.shares.append(try self.share(share, entry.node))
                }
            case "dialects": server.dialects = try dialects(value)
            case "signing": server.requiresSigning = try value.choice(of: Demand.self) == .required
            case "encryption":
                server.requiresEncryption = try value.choice(of: Demand.self) == .required
            case "signing-algorithms":
                server.signingAlgorithms = try list(value, SigningAlgorithm.allCases, \.name)
            case "ciphers": server.ciphers = try list(value, Cipher.allCases, \.name)
            default: try limit(key, value, of: &server)
            }
        }
        return server
    }

    private static func limit(
        _ key: String,
        _ value: ProfileNode,
        of server: inout ServerPlan
    ) throws(ProfileError) {
        switch key {
        case "guest": server.strangers = try value.boolean() ? .guest : .refused
        case "anonymous": server.allowsAnonymous = try value.boolean()
        case "credits": server.creditsMax = try value.integer(in: 1...65_535)
        case "async-max": server.asyncMax = try value.integer(in: 0...65_535)
        case "virtual-circuit": server.isVirtualCircuit = try value.boolean()
        case "break-limit": server.breakLimit = try value.duration()
        case "session-life": server.sessionLife = try value.duration()
        case "referral-version":
            server.referralVersionMax = UInt16(try value.integer(in: 1...4))
        default: server.site = try value.text("the site's name")
        }
    }

    private enum Demand: String, CaseIterable {
        case optional
        case required
    }

    private static func dialects(_ node: ProfileNode) throws(ProfileError) -> [Dialect] {
        let chosen = try list(node, Dialect.all, \.description)
        return Dialect.all.filter { chosen.contains($0) }
    }

    private static func list<Value>(
        _ node: ProfileNode,
        _ known: [Value],
        _ name: (Value) -> String
    ) throws(ProfileError) -> [Value] {
        var values: [Value] = []
        for element in try node.sequence() {
            let word = try element.text()
            guard let value = known.first(where: { name($0) == word }) else {
                let hint = Suggestion.hint(for: word, among: known.map(name))
                throw element.error("unknown word “\(word)”\(hint)")
            }
            values.append(value)
        }
        guard !values.isEmpty else { throw node.error("the list is empty") }
        return values
    }

    private static func share(
        _ name: String,
        _ node: ProfileNode
    ) throws(ProfileError) -> SharePlan {
        var share = SharePlan(name: name)
        for (key, value) in try node.mapping(of: ProfileShape.shareKeys) {
            switch key {
            case "encrypted": share.isEncrypted = try value.boolean()
            case "read-only": share.isReadOnly = try value.boolean()
            default:
                for element in try value.sequence() { share.files += try files(element) }
            }
        }
        return share
    }

    /// One file, or `count` files whose path holds `{n}`.
    private static func files(_ node: ProfileNode) throws(ProfileError) -> [FilePlan] {
        var (path, size, seed, count) = (String?.none, 4_096, UInt64(0), Int?.none)
        if node.isScalar {
            path = try node.text("a path relative to the share")
        } else {
            for (key, value) in try node.mapping(of: ProfileShape.fileKeys) {
                switch key {
                case "path": path = try value.text("a path relative to the share")
                case "size": size = try value.size()
                case "seed": seed = try value.unsigned()
                default: count = try value.integer(in: 1...1_000_000)
                }
            }
        }
        guard let path else { throw node.error("`path:` is missing") }
        guard let count else { return [FilePlan(path: path, size: size, seed: seed)] }
        let parts = path.split(separator: "{n}", omittingEmptySubsequences: false)
        guard parts.count > 1 else {
            throw node.error("“\(path)” names one file only; put {n} where the number goes")
        }
        return (0..<count).map { number in
            let name = parts.joined(separator: "\(number)")
            return FilePlan(path: name, size: size, seed: seed &+ UInt64(number))
        }
    }
}
