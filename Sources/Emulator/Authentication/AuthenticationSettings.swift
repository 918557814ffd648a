internal import Primitives

extension Authentication {
    /// Who may log on to a server, and the names it says it has.
    package struct Settings: Hashable, Sendable {
        package let users: [UserPlan]
        package var serverName: String
        /// The DNS name of the server's domain; empty, or the server's own name, if it is in none.
        package var domainName: String
        package var allowsAnonymous: Bool
        package var strangers: ServerPlan.Strangers
        /// FILETIME of the run's beginning.
        package var epoch = FileSystem.defaultEpoch
        /// For look-up only, by names in capitals.
        private let places: [String: Int]

        package init(
            users: [UserPlan],
            serverName: String,
            domainName: String,
            allowsAnonymous: Bool,
            strangers: ServerPlan.Strangers
        ) {
            self.users = users
            self.serverName = serverName
            self.domainName = domainName
            self.allowsAnonymous = allowsAnonymous
            self.strangers = strangers
            let named = users.enumerated().map { ($0.element.name.uppercased(), $0.offset) }
            places = Dictionary(named) { first, _ in first }
        }

        /// The user of that name in any case, or of the form `user@domain`.
        ///
        /// The domain beside the name is not looked at: like Windows and Samba outside a domain,
        /// the server takes any for its own, and the proof decides.
        func index(ofUser name: String) -> Int? {
            let folded = name.uppercased()
            if let place = places[folded] { return place }
            guard let at = folded.lastIndex(of: "@") else { return nil }
            return places[String(folded[..<at])]
        }

        var isInDomain: Bool {
            !domainName.isEmpty && domainName.uppercased() != serverName.uppercased()
        }

        var netbiosServerName: String { Self.netbios(serverName) }
        var netbiosDomainName: String { isInDomain ? Self.netbios(domainName) : netbiosServerName }

        /// TargetInfo ([MS-NLMP] 3.2.5.1.1); with its time stamp clients send a MIC.
        func targetInfo(at now: Instant) -> AVPairs {
            var pairs = AVPairs()
            pairs.append(.netbiosDomain, netbiosDomainName)
            pairs.append(.netbiosComputer, netbiosServerName)
            pairs.append(.dnsDomain, isInDomain ? domainName : "")
            pairs.append(.dnsComputer, serverName)
            var time = ByteWriter(reserving: 8)
            time.uint64(epoch + now.nanoseconds / 100)
            pairs.append(.timestamp, time.bytes)
            return pairs
        }

        /// The first label in capitals, 15 characters at most.
        private static func netbios(_ name: String) -> String {
            String(name.prefix { $0 != "." }.prefix(15)).uppercased()
        }
    }
}
