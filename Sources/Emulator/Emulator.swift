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
    /// The server of each connection; for look-up only.
    var serverOf: [Int: Int] = [:]
    /// Scratch of one input; empty between inputs.
    var serverEffects: [ServerEffect] = []

    package init(_ plan: NamespacePlan, seed: UInt64) {
        self.plan = plan
        let random = SplitMix64(seed: seed)
        servers = plan.servers.indices.map { index in
            var dice = random.stream(UInt64(index))
            return FileServer(plan, server: index, seed: dice.next())
        }
    }

    /// The index of the server of that name, whatever its case.
    package func server(named name: String) -> Int? {
        plan.servers.firstIndex { $0.name.uppercased() == name.uppercased() }
    }

    /// Somebody opens a TCP connection to the server of that index: `.accepted` or `.refused`.
    package mutating func connect(
        _ connection: Int,
        toServer server: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        precondition(serverOf[connection] == nil, "connection \(connection) is open already")
        serverOf[connection] = server
        effects.append(.accepted(connection))
        servers[server].accepted(connection, at: now, into: &serverEffects)
        pass(into: &effects)
    }

    /// Bytes came from the client, in any pieces.
    package mutating func received(
        _ connection: Int,
        _ bytes: [UInt8],
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = serverOf[connection] else { return }
        servers[server].received(connection, bytes, at: now, into: &serverEffects)
        pass(into: &effects)
    }

    /// The client closed the connection, or it broke.
    package mutating func closed(
        _ connection: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = serverOf.removeValue(forKey: connection) else { return }
        servers[server].closed(connection, at: now, into: &serverEffects)
        pass(into: &effects)
    }

    /// When `timerFired` should be called next.
    package var nextDeadline: Instant? {
        servers.lazy.compactMap(\.nextDeadline).min()
    }

    package mutating func timerFired(at now: Instant, into effects: inout [Effect]) {
        for index in servers.indices {
            guard let deadline = servers[index].nextDeadline, deadline <= now else { continue }
            servers[index].timerFired(at: now, into: &serverEffects)
        }
        pass(into: &effects)
    }

    /// Switches a fault on or off; an unknown name changes nothing.
    package mutating func command(
        _ command: FaultCommand,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        pass(into: &effects)
    }

    private mutating func pass(into effects: inout [Effect]) {
        for effect in serverEffects {
            switch effect {
            case .send(let connection, let bytes): effects.append(.send(connection, bytes))
            case .disconnect(let connection, let reason):
                serverOf[connection] = nil
                effects.append(.disconnect(connection, reason: reason))
            }
        }
        serverEffects.removeAll(keepingCapacity: true)
    }
}

/// What the wire, real or simulated, must do for the emulator, in this order.
package enum EmulatorEffect: Hashable, Sendable {
    /// The connection stands.
    case accepted(Int)
    /// Nobody listens there.
    case refused(Int)
    /// One frame with its prefix.
    case send(Int, [UInt8])
    /// The server closes the connection.
    case disconnect(Int, reason: String)
    /// The fault of that name took something from the connection.
    case faulted(Int, fault: String)
}
