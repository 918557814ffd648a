package import Primitives

/// A whole emulated namespace: its servers, and the faults that strike between them and the wire.
///
/// Speaks bytes, as the servers on a real wire do: in memory, over TCP or in a simulated world. It
/// joins the servers of the plan and routes connections, which the caller numbers, to them; what a
/// message means is a server's business.
package struct Emulator: Hashable, Sendable {
    package typealias Effect = EmulatorEffect

    package let plan: NamespacePlan
    package internal(set) var servers: [FileServer]
    /// When each server's own timer is due: kept, for it is asked for more often than it moves.
    var serverDeadlines: [Instant?]
    /// In capitals, as faults name them.
    let serverNames: [String]
    var engine: FaultEngine
    var delayed = Delayed()
    /// For look-up only.
    var connections: [Int: EmulatedConnection] = [:]
    /// What comes to a frozen server waits here, by server.
    var frozen: [[FrozenInput]]
    var frozenSince: [Instant]
    /// Scratch of one input; empty between inputs.
    var serverEffects: [ServerEffect] = []

    package init(_ plan: NamespacePlan, seed: UInt64) {
        self.plan = plan
        let random = SplitMix64(seed: seed)
        servers = plan.servers.indices.map { index in
            var dice = random.stream(UInt64(index))
            return FileServer(plan, server: index, seed: dice.next())
        }
        serverDeadlines = servers.map(\.nextDeadline)
        serverNames = plan.servers.map { $0.name.uppercased() }
        engine = FaultEngine(
            plan.faults,
            servers: plan.servers.count,
            random: random.stream(.max)
        )
        frozen = Array(repeating: [], count: plan.servers.count)
        frozenSince = Array(repeating: .zero, count: plan.servers.count)
    }

    /// The index of the server of that name, whatever its case.
    package func server(named name: String) -> Int? {
        serverNames.firstIndex(of: name.uppercased())
    }

    /// All faults in the order of the plan, as they stand now.
    package var faultSwitches: [FaultSwitch] { engine.switches }

    /// Somebody opens a TCP connection to the server of that index: `.accepted` or `.refused`.
    package mutating func connect(
        _ connection: Int,
        toServer server: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        precondition(connections[connection] == nil, "connection \(connection) is open already")
        let name = serverNames[server]
        if let fault = engine.strike(.connect, server: server, named: name, nil, at: now).first {
            effects.append(.faulted(connection, fault: fault.name))
            effects.append(.refused(connection))
            return
        }
        connections[connection] = EmulatedConnection(server: server)
        // The operating system accepts also for a server that does nothing.
        effects.append(.accepted(connection))
        if freezes(server, .accepted(connection), at: now) { return }
        servers[server].accepted(connection, at: now, into: &serverEffects)
        pass(server, at: now, into: &effects)
    }

    /// Bytes came from the client, in any pieces.
    package mutating func received(
        _ connection: Int,
        _ bytes: [UInt8],
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = connections[connection]?.server else { return }
        guard !engine.isEmpty else {
            servers[server].received(connection, bytes, at: now, into: &serverEffects)
            pass(server, at: now, into: &effects)
            return
        }
        faultily(connection, bytes, at: now, into: &effects)
    }

    /// The client closed the connection, or it broke.
    package mutating func closed(
        _ connection: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = connections.removeValue(forKey: connection)?.server else { return }
        delayed.forget(connection)
        if freezes(server, .closed(connection), at: now) { return }
        servers[server].closed(connection, at: now, into: &serverEffects)
        pass(server, at: now, into: &effects)
    }

    /// When `timerFired` should be called next.
    package var nextDeadline: Instant? {
        var earliest = delayed.next
        for index in servers.indices {
            for due in [deadline(of: index), thaw(of: index)] {
                guard let due else { continue }
                earliest = min(earliest ?? due, due)
            }
        }
        return earliest
    }

    package mutating func timerFired(at now: Instant, into effects: inout [Effect]) {
        for index in servers.indices { melt(index, at: now, into: &effects) }
        while let item = delayed.due(at: now) { take(item, at: now, into: &effects) }
        for index in servers.indices {
            guard let deadline = deadline(of: index), deadline <= now else { continue }
            servers[index].timerFired(at: now, into: &serverEffects)
            pass(index, at: now, into: &effects)
        }
    }

    /// Switches a fault on or off; an unknown name changes nothing.
    package mutating func command(
        _ command: FaultCommand,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        engine.command(command)
        for index in servers.indices { melt(index, at: now, into: &effects) }
    }
}

/// A connection as the emulator sees it.
struct EmulatedConnection: Hashable, Sendable {
    let server: Int
    var requests = FrameBuffer()
    /// Nothing passes any more, in either direction.
    var isHalfOpen = false
    /// Until when what drips keeps the wire busy.
    var busyUntil = Instant.zero
    /// When the last of what is kept back for it goes out.
    var lastDue = Instant.zero
}

/// What the wire, real or simulated, must do for the emulator, in this order.
package enum EmulatorEffect: Hashable, Sendable {
    /// The connection stands.
    case accepted(Int)
    /// Nobody listens there.
    case refused(Int)
    /// One frame with its prefix, or with a fault a piece of one.
    case send(Int, [UInt8])
    /// The server closes the connection.
    case disconnect(Int, reason: String)
    /// The fault of that name took something from the connection.
    case faulted(Int, fault: String)
}
