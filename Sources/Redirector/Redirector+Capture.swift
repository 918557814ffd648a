internal import Crypto
package import SMBWire

/// For captures: what goes over the wire, as others may read it.
extension Redirector {
    /// The message inside a sealed frame of one of the SMB sessions that are alive; nil if it is
    /// none of those.
    package func opened(
        _ bytes: [UInt8],
        in frame: Range<Int>,
        of connection: Int,
        isRequest: Bool
    ) -> [UInt8]? {
        guard let id = WireSession.id(of: bytes, in: frame) else { return nil }
        let slots = sessions.indices {
            $0.id == id && connections.number(at: $0.connection).rawValue == connection
        }
        guard let slot = slots.first, let keys = sessions.elements[slot].keys else { return nil }
        let key = isRequest ? keys.clientToServer : keys.serverToClient
        return key?.open(bytes, in: frame)
    }

    /// What the SMB session is called on the wire; nil when it is gone.
    package func wireSession(_ number: SMBSessionNumber) -> WireSession? {
        guard let slot = sessions.index(of: number) else { return nil }
        let session = sessions.elements[slot]
        return WireSession(
            connection: connections.number(at: session.connection).rawValue,
            id: session.id
        )
    }
}

/// An SMB session as it shows on the wire.
package struct WireSession: Hashable, Sendable {
    /// The connection's raw number.
    package let connection: Int
    package let id: SMBSessionID

    package init(connection: Int, id: SMBSessionID) {
        self.connection = connection
        self.id = id
    }

    /// The SessionId of a plain or sealed frame; nil if it has none.
    package static func id(of bytes: [UInt8], in frame: Range<Int>) -> SMBSessionID? {
        let offset: Int
        switch FrameKind.of(bytes, in: frame) {
        case .smb2: offset = 40
        case .transform: offset = 44
        case .compressed, .smb1, .unknown: return nil
        }
        guard frame.count >= offset + 8 else { return nil }
        let start = frame.lowerBound + offset
        let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
        return SMBSessionID(value)
    }
}
