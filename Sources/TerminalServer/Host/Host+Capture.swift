package import Primitives
package import Redirector
package import SMBWire

/// What a host's sessions sent and received, for a capture file.
extension Host {
    /// The newest frames of these sessions, at most `limit`; of all sessions when none is named.
    package func frames(
        of ring: FrameRing,
        ends: [Int: ConnectionEnds],
        sessions numbers: [SessionNumber],
        limit: Int
    ) -> [CapturedFrame] {
        let wanted = numbers.isEmpty ? nil : wireSessions(of: numbers)
        var cutter = StreamCutter(resynchronizes: true)
        var cuts: [StreamCutter.Cut] = []
        for piece in ring.inOrder {
            cuts += cutter.cut(piece).filter { wanted?.concerns($0) ?? true }
        }
        return cuts.suffix(limit).compactMap { frame($0, ends: ends) }
    }

    /// A frame in plain where it was sealed and its keys are still there.
    package func frame(
        _ cut: StreamCutter.Cut,
        ends: [Int: ConnectionEnds]
    ) -> CapturedFrame? {
        let piece = cut.piece
        guard let ends = ends[piece.connection] else { return nil }
        let isSealed = FrameKind.of(piece.bytes, in: cut.frame) == .transform
        let opened =
            isSealed
            ? redirector.opened(
                piece.bytes,
                in: cut.frame,
                of: piece.connection,
                isRequest: piece.isRequest
            ) : nil
        return CapturedFrame(
            at: piece.at,
            ends: ends,
            isRequest: piece.isRequest,
            message: opened ?? Array(piece.bytes[cut.frame]),
            wasSealed: opened != nil
        )
    }

    private func wireSessions(of numbers: [SessionNumber]) -> WireSessions {
        var found = WireSessions()
        let numbers = Set(numbers)
        for session in sessions where numbers.contains(session.plan.number) {
            for number in session.links.compactMap(\.smbSession) {
                if let wire = redirector.wireSession(number) { found.insert(wire) }
            }
        }
        return found
    }

    /// The ends of a connection to `address` for a capture; `tuple` is what the socket said.
    package func ends(
        of connection: ConnectionNumber,
        to address: String,
        port: UInt16,
        tuple: String?
    ) -> ConnectionEnds {
        let number = plan.number + 1
        let slot = connection.rawValue
        // In memory there are no addresses: a host is given one, and a port by its connection.
        var client = ConnectionEnds.End(
            address: [10, UInt8(truncatingIfNeeded: number >> 16), UInt8(number >> 8 & 0xFF)]
                + [UInt8(number & 0xFF)],
            port: UInt16(49_152 + (slot ^ slot >> 32) % 16_384)
        )
        if let text = tuple?.split(separator: " -> ").first, let local = Self.end(text) {
            client = local
        }
        let server = AddressBlock.bytes(of: address) ?? [10, 255, 255, 255]
        let note = tuple ?? "in memory -> \(address):\(port)"
        return ConnectionEnds(
            client: client,
            server: .init(address: server, port: port),
            note: "host \(plan.number): \(note)"
        )
    }

    private static func end(_ text: Substring) -> ConnectionEnds.End? {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        let address = text[..<colon].filter { $0 != "[" && $0 != "]" }
        return AddressBlock.bytes(of: address).map { .init(address: $0, port: port) }
    }
}

/// SMB sessions whose frames are wanted; the sets are for look-up only.
private struct WireSessions {
    private var sessions: Set<WireSession> = []
    private var connections: Set<Int> = []

    mutating func insert(_ session: WireSession) {
        sessions.insert(session)
        connections.insert(session.connection)
    }

    /// Breaks of leases carry no SessionId: those of the sessions' connections belong here.
    func concerns(_ cut: StreamCutter.Cut) -> Bool {
        guard let id = WireSession.id(of: cut.piece.bytes, in: cut.frame) else { return false }
        let connection = cut.piece.connection
        if sessions.contains(WireSession(connection: connection, id: id)) { return true }
        return id == .none && connections.contains(connection) && isBreak(cut)
    }

    private func isBreak(_ cut: StreamCutter.Cut) -> Bool {
        var reader = ByteReader(cut.piece.bytes, in: cut.frame)
        return (try? Header(from: &reader))?.messageID == .unsolicited
    }
}
