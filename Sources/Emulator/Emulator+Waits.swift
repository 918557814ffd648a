package import Primitives

/// What is seen of all servers together, and who is reached by name.
extension Emulator {
    /// A request that waits on one of the servers.
    package struct Wait: Hashable, Sendable {
        /// Index of the server.
        package let server: Int
        package let request: ServerWait
    }

    /// The requests that wait on all servers, those of the first server first.
    package var waits: [Wait] {
        servers.indices.flatMap { index in
            servers[index].waits.map { Wait(server: index, request: $0) }
        }
    }

    /// The credits of a connection, as its server counts them; nil if it is not open.
    package func credits(of connection: Int) -> FileServer.CreditAccount? {
        connections[connection].flatMap { servers[$0.server].credits(of: connection) }
    }

    /// Somebody opens a TCP connection to a server by name: `.refused` if there is none of it.
    package mutating func connect(
        _ connection: Int,
        toServerNamed name: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = plan.index(ofServer: name) else {
            effects.append(.refused(connection))
            return
        }
        connect(connection, toServer: server, at: now, into: &effects)
    }
}
