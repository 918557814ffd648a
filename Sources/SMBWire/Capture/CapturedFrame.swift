package import Primitives

/// A piece of one direction of a TCP connection, as a shell sent or received it.
package struct CapturedPiece: Hashable, Sendable {
    package var at: Instant
    /// The connection's raw number on its host.
    package var connection: Int
    package var isRequest: Bool
    /// Whole frames or any part of the stream.
    package var bytes: [UInt8]

    package init(at: Instant, connection: Int, isRequest: Bool, bytes: [UInt8]) {
        self.at = at
        self.connection = connection
        self.isRequest = isRequest
        self.bytes = bytes
    }
}

/// One frame of a connection: an SMB2 message, a compound, or a sealed one.
package struct CapturedFrame: Hashable, Sendable {
    package var at: Instant
    package var ends: ConnectionEnds
    package var isRequest: Bool
    /// Without the prefix of direct TCP.
    package var message: [UInt8]
    /// It was sealed on the wire, and is shown in plain.
    package var wasSealed: Bool

    package init(
        at: Instant,
        ends: ConnectionEnds,
        isRequest: Bool,
        message: [UInt8],
        wasSealed: Bool = false
    ) {
        self.at = at
        self.ends = ends
        self.isRequest = isRequest
        self.message = message
        self.wasSealed = wasSealed
    }
}

/// Where the two ends of a TCP connection are.
package struct ConnectionEnds: Hashable, Sendable {
    package struct End: Hashable, Sendable {
        /// Four bytes of IPv4 or sixteen of IPv6.
        package var address: [UInt8]
        package var port: UInt16

        package init(address: [UInt8], port: UInt16) {
            precondition(address.count == 4 || address.count == 16, "an IP address")
            self.address = address
            self.port = port
        }
    }

    package var client: End
    package var server: End
    /// `host 0: 127.0.0.1:50112 -> 127.0.0.2:445`: what it really was.
    package var note: String

    package init(client: End, server: End, note: String) {
        self.client = client
        self.server = server
        self.note = note
    }
}
