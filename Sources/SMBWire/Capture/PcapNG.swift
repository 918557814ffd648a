internal import Primitives

/// Frames as a pcapng file (draft-ietf-opsawg-pcapng): what was sent, for others' tools.
///
/// The frames are given headers of IP and TCP: addresses as connected, the server's port always
/// 445, by which Wireshark knows SMB2; a comment on a connection's first packet says what it was.
/// Sequence numbers count the frames that are in the file, so what was left out is no gap.
package struct PcapNG: Sendable {
    private struct Flow: Hashable {
        let client: ConnectionEnds.End
        let server: ConnectionEnds.End
    }

    /// The next sequence number of either direction.
    private struct Numbers {
        var request: UInt32 = 1
        var answer: UInt32 = 1
    }

    private enum BlockType {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let enhancedPacket: UInt32 = 6
    }

    private static let serverPort: UInt16 = 445
    /// Bytes of a frame in one segment: below what an IP header can say.
    private static let segmentMax = 65_000
    /// Packets begin with an IP header (LINKTYPE_RAW).
    private static let linkType: UInt16 = 101

    /// Of `Instant.zero`, in nanoseconds since 1970.
    private let origin: UInt64
    private var flows: [Flow: Numbers] = [:]

    /// `origin` is `Instant.zero` in nanoseconds since 1970, 0 in virtual time.
    package init(origin: UInt64) { self.origin = origin }

    /// A whole file.
    package static func file(_ frames: [CapturedFrame], origin: UInt64) -> [UInt8] {
        var encoder = PcapNG(origin: origin)
        var bytes = header
        for frame in frames { bytes += encoder.packets(of: frame) }
        return bytes
    }

    /// What a file begins with: a section and its only interface.
    package static var header: [UInt8] {
        var section = ByteWriter()
        section.uint32(0x1A2B_3C4D)
        section.uint16(1)
        section.uint16(0)
        section.uint64(.max)
        option(4, Array("gridlock".utf8), to: &section)
        option(0, [], to: &section)
        var interface = ByteWriter()
        interface.uint16(linkType)
        interface.uint16(0)
        interface.uint32(0)
        option(2, Array("gridlock".utf8), to: &interface)
        // Time stamps count 10^-9 s.
        option(9, [9], to: &interface)
        option(0, [], to: &interface)
        return block(BlockType.section, section) + block(BlockType.interface, interface)
    }

    /// The packets of the next frame.
    package mutating func packets(of frame: CapturedFrame) -> [UInt8] {
        let flow = Flow(client: frame.ends.client, server: frame.ends.server)
        var comment = frame.wasSealed ? "sealed on the wire, shown in plain" : ""
        if flows[flow] == nil {
            comment = [frame.ends.note, comment].filter { !$0.isEmpty }.joined(separator: "; ")
        }
        var numbers = flows[flow] ?? Numbers()
        let payload = DirectTCP.prefix(length: frame.message.count) + frame.message
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: payload.count, by: Self.segmentMax) {
            let part = payload[start..<min(start + Self.segmentMax, payload.count)]
            let packet = Self.packet(part, frame, numbers)
            bytes += enhanced(packet, at: frame.at, comment: start == 0 ? comment : "")
            if frame.isRequest {
                numbers.request &+= UInt32(part.count)
            } else {
                numbers.answer &+= UInt32(part.count)
            }
        }
        flows[flow] = numbers
        return bytes
    }

    private func enhanced(_ packet: [UInt8], at instant: Instant, comment: String) -> [UInt8] {
        let time = origin &+ instant.nanoseconds
        var body = ByteWriter(reserving: packet.count + 64)
        body.uint32(0)
        body.uint32(UInt32(truncatingIfNeeded: time >> 32))
        body.uint32(UInt32(truncatingIfNeeded: time))
        body.uint32(UInt32(packet.count))
        body.uint32(UInt32(packet.count))
        body.append(packet)
        body.align(to: 4)
        if !comment.isEmpty {
            Self.option(1, Array(comment.utf8.prefix(4_000)), to: &body)
            Self.option(0, [], to: &body)
        }
        return Self.block(BlockType.enhancedPacket, body)
    }

    private static func option(_ code: UInt16, _ value: [UInt8], to writer: inout ByteWriter) {
        writer.uint16(code)
        writer.uint16(UInt16(value.count))
        writer.append(value)
        writer.align(to: 4)
    }

    private static func block(_ type: UInt32, _ body: ByteWriter) -> [UInt8] {
        var writer = ByteWriter(reserving: body.bytes.count + 12)
        let length = UInt32(body.bytes.count + 12)
        writer.uint32(type)
        writer.uint32(length)
        writer.append(body.bytes)
        writer.uint32(length)
        return writer.take()
    }
}

/// Headers of IP and TCP, in network order.
extension PcapNG {
    private static func packet(
        _ payload: ArraySlice<UInt8>,
        _ frame: CapturedFrame,
        _ numbers: Numbers
    ) -> [UInt8] {
        var (from, to) = (frame.ends.client, frame.ends.server)
        to.port = serverPort
        var (sequence, acknowledged) = (numbers.request, numbers.answer)
        if !frame.isRequest {
            swap(&from, &to)
            swap(&sequence, &acknowledged)
        }
        let isLong = from.address.count == 16 || to.address.count == 16
        let (source, target) =
            isLong ? (mapped(from.address), mapped(to.address)) : (from.address, to.address)
        var segment: [UInt8] = []
        segment.reserveCapacity(20 + payload.count)
        append(from.port, to: &segment)
        append(to.port, to: &segment)
        append(sequence, to: &segment)
        append(acknowledged, to: &segment)
        // Five words of header; PSH and ACK; the whole window; the sum, later; no urgent data.
        segment += [0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0]
        segment += payload
        let sum = checksum(source + target + word(6) + word(UInt32(segment.count)) + segment)
        segment[16] = UInt8(sum >> 8)
        segment[17] = UInt8(sum & 0xFF)
        let header = isLong ? header6(segment.count) : header4(segment.count, source + target)
        return header + (isLong ? source + target : []) + segment
    }

    /// Without its addresses, which follow.
    private static func header6(_ length: Int) -> [UInt8] {
        var header: [UInt8] = [0x60, 0, 0, 0]
        append(UInt16(length), to: &header)
        return header + [6, 64]
    }

    private static func header4(_ length: Int, _ addresses: [UInt8]) -> [UInt8] {
        var header: [UInt8] = [0x45, 0]
        append(UInt16(20 + length), to: &header)
        // No fragments; 64 hops; TCP; the sum, later.
        header += [0, 0, 0x40, 0, 64, 6, 0, 0]
        header += addresses
        let sum = checksum(header)
        header[10] = UInt8(sum >> 8)
        header[11] = UInt8(sum & 0xFF)
        return header
    }

    /// An IPv4 address among IPv6 ones (RFC 4291 2.5.5.2).
    private static func mapped(_ address: [UInt8]) -> [UInt8] {
        address.count == 16
            ? address : [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address
    }

    private static func append(_ value: UInt16, to bytes: inout [UInt8]) {
        bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
    }

    private static func append(_ value: UInt32, to bytes: inout [UInt8]) { bytes += word(value) }

    private static func word(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// RFC 1071.
    private static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt64 = 0
        for place in stride(from: 0, to: bytes.count, by: 2) {
            let low = place + 1 < bytes.count ? bytes[place + 1] : 0
            sum += UInt64(bytes[place]) << 8 | UInt64(low)
        }
        while sum > 0xFFFF { sum = (sum & 0xFFFF) + sum >> 16 }
        return ~UInt16(sum)
    }
}
