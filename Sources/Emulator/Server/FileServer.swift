internal import Crypto
package import Primitives
internal import SMBWire

/// One emulated server: the server's side of [MS-SMB2], section 3.3, over its connections.
///
/// Owns connections, SMB sessions, tree connects, credits, signing and encryption. Files are the
/// `FileSystem`'s business, referrals the `NamespaceService`'s, tokens the `Authentication`'s.
package struct FileServer: Hashable, Sendable {
    let settings: ServerPlan
    let guid: GUID
    /// The plan's shares, and those that roots and domains bring along.
    let shares: [SharePlan]
    /// Which of them are roots of a namespace.
    let dfsShares: [Bool]
    let authentication: Authentication.Settings
    let namespace: NamespaceService
    var staleNamespace: NamespaceService
    package internal(set) var files: FileSystem
    package var behaviour = ServerBehaviour()
    var random: SplitMix64
    var connections: [ServerConnection] = []
    var freeConnections: [Int] = []
    /// For look-up only, all three.
    var connectionSlots: [Int: Int] = [:]
    var requests: [FileTicket: FileRequest] = [:]
    var treeNames: [String: Int] = [:]
    /// Found by the lower half of their ids.
    var sessions: [ServerSession] = []
    var freeSessions: [Int] = []
    var sessionCount: UInt64 = 0
    var ticketCount: UInt64 = 0
    /// Scratch of one input; empty between inputs.
    var fileEffects: [FileEffect] = []
    /// The same: requests whose first answer somebody waits for, the last one first.
    var awaitedTickets: [FileTicket] = []
    var earlyAnswers: [EarlyAnswer] = []
    package internal(set) var counters = MessageCounters()

    package init(_ plan: NamespacePlan, server: Int, seed: UInt64) {
        settings = plan.servers[server]
        random = SplitMix64(seed: seed)
        guid = GUID(high: random.next(), low: random.next())
        shares = SharePlan.all(of: server, in: plan)
        var plan = plan
        plan.servers[server].shares = shares
        var authentication = Authentication.Settings(
            users: plan.users,
            serverName: settings.name,
            domainName: plan.domains.first { $0.controllers.contains(plan.servers[server].name) }?
                .dnsName ?? "",
            allowsAnonymous: settings.allowsAnonymous,
            strangers: settings.strangers
        )
        authentication.epoch = plan.epoch
        self.authentication = authentication
        let namespace = NamespaceService(plan, server: server)
        self.namespace = namespace
        dfsShares = shares.map { namespace.isDfs(share: $0.name) }
        staleNamespace = NamespaceService(plan.withStaleTargets, server: server)
        files = FileSystem(
            shares: shares,
            links: shares.map { [namespace] in namespace.linkPaths(share: $0.name) },
            breakLimit: settings.breakLimit,
            seed: random.next(),
            epoch: plan.epoch
        )
        for (index, share) in shares.enumerated() { treeNames[share.name.uppercased()] = index }
    }

    /// A TCP connection was accepted.
    package mutating func accepted(
        _ connection: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        let new = ServerConnection(number: connection, transferMax: settings.transferMax)
        if let free = freeConnections.popLast() {
            connections[free] = new
            connectionSlots[connection] = free
        } else {
            connectionSlots[connection] = connections.count
            connections.append(new)
        }
    }

    /// The connection is gone: its SMB sessions end, durable opens wait to be taken up again.
    package mutating func closed(
        _ connection: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let slot = connectionSlots.removeValue(forKey: connection) else { return }
        let gone = connections[slot]
        connections[slot] = ServerConnection(number: connection, transferMax: settings.transferMax)
        connections[slot].phase = .closed
        for ticket in gone.tickets { requests[ticket] = nil }
        for session in gone.sessions { sessions[session].phase = .ended }
        files.connectionLost(connection, at: now, into: &fileEffects)
        _ = drain(awaiting: nil, at: now, into: &effects)
        freeSessions += gone.sessions
        freeConnections.append(slot)
    }

    /// When `timerFired` should be called next.
    package var nextDeadline: Instant? { files.nextDeadline }

    package mutating func timerFired(at now: Instant, into effects: inout [ServerEffect]) {
        files.timerFired(at: now, into: &fileEffects)
        _ = drain(awaiting: nil, at: now, into: &effects)
    }

    /// Ends a connection whose peer broke the protocol ([MS-SMB2] 3.3.7.1).
    mutating func disconnect(
        _ slot: Int,
        _ reason: String,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        let number = connections[slot].number
        effects.append(.disconnect(number, reason: reason))
        closed(number, at: now, into: &effects)
    }
}

/// What a server wants done, in this order; connections are numbered by the caller.
package enum ServerEffect: Hashable, Sendable {
    /// One frame with its prefix.
    case send(Int, [UInt8])
    /// The peer broke the protocol, or the server had enough; nothing more comes on it.
    case disconnect(Int, reason: String)
}

/// What passed a server, by command: the outside count of a run's operations.
package struct MessageCounters: Hashable, Sendable {
    /// By the raw value of `Command`.
    package private(set) var requests = [UInt64](repeating: 0, count: Command.allCases.count)
    /// Last words; STATUS_PENDING is none.
    package private(set) var answers = [UInt64](repeating: 0, count: Command.allCases.count)
    package private(set) var referrals: UInt64 = 0

    mutating func requested(_ command: Command) { requests[Int(command.rawValue)] += 1 }
    mutating func answered(_ command: Command) { answers[Int(command.rawValue)] += 1 }
    mutating func referred() { referrals += 1 }
}

extension SharePlan {
    /// A server's shares: those of its plan, a root's share on each of its targets, and SYSVOL and
    /// NETLOGON on a domain controller.
    static func all(of server: Int, in plan: NamespacePlan) -> [SharePlan] {
        let name = plan.servers[server].name.uppercased()
        var shares = plan.servers[server].shares
        func add(_ share: String) {
            guard !shares.contains(where: { $0.name.uppercased() == share.uppercased() }) else {
                return
            }
            shares.append(SharePlan(name: share))
        }
        for target in plan.roots.flatMap(\.targets) where target.path.folded[0] == name {
            if let share = target.path.share { add(share) }
        }
        for domain in plan.domains
        where domain.controllers.contains(where: { $0.uppercased() == name }) {
            add("SYSVOL")
            add("NETLOGON")
        }
        return shares
    }
}

extension NamespacePlan {
    /// The same namespace as somebody would see it whose news are old: what is off line is named,
    /// what is on line is not.
    var withStaleTargets: NamespacePlan {
        var plan = self
        for root in plan.roots.indices {
            for link in plan.roots[root].links.indices {
                for target in plan.roots[root].links[link].targets.indices {
                    plan.roots[root].links[link].targets[target].isOnline.toggle()
                }
            }
        }
        return plan
    }
}
