import Primitives
import SMBWire
import Testing

@Suite struct PcapNGTests {
    private static let ends = ConnectionEnds(
        client: .init(address: [10, 0, 0, 1], port: 50_000),
        server: .init(address: [127, 0, 0, 2], port: 4_450),
        note: "host 0"
    )

    private static func frame(_ message: [UInt8], isRequest: Bool = true) -> CapturedFrame {
        CapturedFrame(
            at: Instant(nanoseconds: 5_000_000_007),
            ends: ends,
            isRequest: isRequest,
            message: message
        )
    }

    /// The blocks of a file by type, each with what stands between its lengths.
    private static func blocks(_ file: [UInt8]) throws -> [(type: UInt32, body: ArraySlice<UInt8>)]
    {
        var blocks: [(UInt32, ArraySlice<UInt8>)] = []
        var place = 0
        while place < file.count {
            var reader = ByteReader(file, in: place..<file.count)
            let type = try reader.uint32()
            let length = Int(try reader.uint32())
            var end = ByteReader(file, in: place + length - 4..<file.count)
            #expect(length % 4 == 0)
            #expect(Int(try end.uint32()) == length)
            blocks.append((type, file[place + 8..<place + length - 4]))
            place += length
        }
        return blocks
    }

    private static func sum(_ bytes: some Sequence<UInt8>) -> Int {
        var sum = 0
        for (place, byte) in bytes.enumerated() { sum += Int(byte) << (place % 2 == 0 ? 8 : 0) }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return sum
    }

    @Test func `a packet is an IPv4 and a TCP header whose sums are right, and the frame`() throws {
        let file = PcapNG.file([Self.frame([1, 2, 3, 4, 5])], origin: 1_000)
        let blocks = try Self.blocks(file)
        #expect(blocks.map(\.type) == [0x0A0D_0D0A, 1, 6])
        var reader = ByteReader(Array(blocks[2].body))
        _ = try reader.uint32()
        let time = try UInt64(reader.uint32()) << 32 | UInt64(reader.uint32())
        #expect(time == 5_000_001_007)
        let length = Int(try reader.uint32())
        #expect(length == 20 + 20 + 4 + 5)
        let packet = Array(blocks[2].body.dropFirst(20).prefix(length))
        #expect(Self.sum(packet[..<20]) == 0xFFFF)
        let pseudo = packet[12..<20] + [0, 6, 0, UInt8(length - 20)]
        #expect(Self.sum(pseudo + packet[20...]) == 0xFFFF)
        #expect(packet[20..<24] == [0xC3, 0x50, 1, 0xBD])
        #expect(packet.suffix(9) == [0, 0, 0, 5, 1, 2, 3, 4, 5])
    }

    @Test func `a long frame is several segments, and an answer acknowledges them`() throws {
        let long = [UInt8](repeating: 7, count: 150_000)
        let file = PcapNG.file([Self.frame(long), Self.frame([9], isRequest: false)], origin: 0)
        let packets = try Self.blocks(file).dropFirst(2).map { Array($0.body.dropFirst(20)) }
        #expect(packets.count == 4)
        #expect(Array(packets[1][24..<28]) == [0, 0, 0xFD, 0xE9])
        let acknowledged = packets[3][28..<32].reduce(0) { $0 << 8 | Int($1) }
        #expect(acknowledged == 1 + 150_004)
        #expect(Array(packets[3][20..<24]) == [1, 0xBD, 0xC3, 0x50])
    }

    @Test func `ends of both families meet in IPv6`() throws {
        var frame = Self.frame([1])
        frame.ends.server.address = [UInt8](repeating: 0, count: 15) + [1]
        let packet = try Self.blocks(PcapNG.file([frame], origin: 0))[2].body.dropFirst(20)
        #expect(packet.first == 0x60)
        #expect(Array(packet.dropFirst(18).prefix(6)) == [0xFF, 0xFF, 10, 0, 0, 1])
    }

    @Test func `a ring keeps the newest, by number and by size`() {
        func piece(_ number: UInt64, _ size: Int = 1) -> CapturedPiece {
            CapturedPiece(
                at: Instant(nanoseconds: number),
                connection: 1,
                isRequest: true,
                bytes: [UInt8](repeating: 0, count: size)
            )
        }
        var ring = FrameRing(countMax: 4, sizeMax: 100)
        for number in UInt64(0)..<7 { ring.append(piece(number)) }
        #expect(ring.inOrder.map(\.at.nanoseconds) == [3, 4, 5, 6])
        ring.append(piece(7, 45))
        ring.append(piece(8, 60))
        #expect(ring.inOrder.reduce(0) { $0 + $1.bytes.count } <= 50)
        ring.append(piece(9))
        #expect(ring.inOrder.last?.at.nanoseconds == 9)
    }

    @Test func `a stream that begins in mid-frame is taken up at the next one`() {
        let message: [UInt8] = [0xFE, 0x53, 0x4D, 0x42] + [UInt8](repeating: 0, count: 60)
        let stream = DirectTCP.prefix(length: 64) + message
        let bytes = Array(message.dropFirst(20)) + stream + Array(stream.prefix(30))
        var cutter = StreamCutter(resynchronizes: true)
        func piece(_ bytes: [UInt8]) -> CapturedPiece {
            CapturedPiece(at: .zero, connection: 1, isRequest: false, bytes: bytes)
        }
        let first = cutter.cut(piece(bytes))
        #expect(first.map { Array($0.piece.bytes[$0.frame]) } == [message])
        let second = cutter.cut(piece(Array(stream.dropFirst(30))))
        #expect(second.map { Array($0.piece.bytes[$0.frame]) } == [message])
    }
}
