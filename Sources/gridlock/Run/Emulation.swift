internal import Crypto
internal import Emulator
internal import TerminalServer

/// The emulated side of a run: its servers, where they are, and who may log on.
struct Emulation {
    let plan: NamespacePlan
    /// One loopback address a server, in the order of the plan.
    let addresses: [String]
    let userNames: [String]

    /// No secret: whoever can reach an emulated server finds nothing on it.
    static let password = "emulated"

    /// A namespace with `users` users, `u0000` and so on.
    init(_ plan: NamespacePlan, users: Int, network: String = "127.91") {
        let width = max(4, String(max(0, users - 1)).count)
        userNames = (0..<max(1, users)).map { number in
            let digits = String(number)
            return "u" + String(repeating: "0", count: width - digits.count) + digits
        }
        let hash = NTLMv2.ntHash(password: Self.password)
        var plan = plan
        plan.users = userNames.map { UserPlan(name: $0, ntHash: hash) }
        self.plan = plan
        addresses = plan.servers.indices.map { index in
            "\(network).\(index / 250).\(index % 250 + 1)"
        }
    }

    /// The servers and their faults without the users, who follow from the number of sessions.
    var canonicalText: String { "\(plan.servers) \(plan.roots) \(plan.domains) \(plan.faults)" }

    /// Where each server's name leads; a controller is also found by its domain's names.
    var map: HostMap {
        var map = HostMap()
        for (server, address) in zip(plan.servers, addresses) {
            _ = map.add("\(server.name)=\(address)")
            for domain in plan.domains where domain.controllers.contains(server.name) {
                _ = map.add("\(server.name).\(domain.dnsName)=\(address)")
            }
        }
        for domain in plan.domains {
            guard let first = domain.controllers.first,
                let index = plan.servers.firstIndex(where: { $0.name == first })
            else { continue }
            _ = map.add("\(domain.dnsName)=\(addresses[index])")
            _ = map.add("\(domain.netbiosName)=\(addresses[index])")
        }
        return map
    }
}
