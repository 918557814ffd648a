internal import Crypto
internal import Emulator
internal import Foundation
internal import TerminalServer

/// The emulated side of a run: its servers, where they are, and who may log on.
struct Emulation {
    private(set) var plan: NamespacePlan
    /// One loopback address a server, in the order of the plan.
    private(set) var addresses: [String]
    private(set) var userNames: [String]
    private var hasOwnUsers = false

    /// No secret: whoever can reach an emulated server finds nothing on it.
    static let password = "emulated"

    /// A namespace with `users` users, `u0000` and so on.
    init(_ plan: NamespacePlan, users: Int) {
        let width = max(4, String(max(0, users - 1)).count)
        userNames = (0..<max(1, users)).map { number in
            let digits = String(number)
            return "u" + String(repeating: "0", count: width - digits.count) + digits
        }
        let hash = NTLMv2.ntHash(password: Self.password)
        self.plan = plan
        self.plan.users = userNames.map { UserPlan(name: $0, ntHash: hash) }
        addresses = []
        _ = move(to: "127.91.0.1")
    }

    /// Counts the servers' addresses up from `first`; false if it is no IPv4 address or they do not
    /// fit behind it.
    mutating func move(to first: String) -> Bool {
        guard let bytes = AddressBlock.bytes(of: first), bytes.count == 4 else { return false }
        let start = bytes.reduce(0) { $0 << 8 | Int($1) }
        guard start + plan.servers.count <= 0xFFFF_FFFF else { return false }
        addresses = plan.servers.indices.map { index in
            let value = start + index
            return [24, 16, 8, 0].map { String(value >> $0 & 0xFF) }.joined(separator: ".")
        }
        return true
    }

    /// The servers tell the true time, where clients of others look at their clocks.
    mutating func setClock(to now: Date) {
        // From 1601, where FILETIME begins, to 1970.
        let seconds = now.timeIntervalSince1970 + 11_644_473_600
        plan.epoch = UInt64(max(0, seconds) * 10_000_000)
    }

    /// These users instead of the invented ones.
    mutating func admit(_ users: [(name: String, password: String)]) {
        hasOwnUsers = true
        userNames = users.map(\.name)
        plan.users = users.map {
            UserPlan(name: $0.name, ntHash: NTLMv2.ntHash(password: $0.password))
        }
    }

    /// Whom a person can log on as.
    var welcome: String {
        guard !hasOwnUsers else { return "serving; log on as one of the users of --users" }
        return "serving; log on as \(userNames[0]) to \(userNames[userNames.count - 1]), "
            + "password “\(Self.password)”"
    }

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
