import Primitives
import SMBWire
import Testing

@Suite struct HeaderTests {
    @Test(arguments: UInt64(0)..<200) func `what is encoded is decoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let header = Header.any(using: &random)
        var writer = ByteWriter()
        header.encode(into: &writer)
        #expect(writer.bytes.count == Header.size)
        var reader = ByteReader(writer.bytes)
        #expect(try Header(from: &reader) == header)
        #expect(reader.isAtEnd)
    }

    @Test func `an asynchronous header has its AsyncId where process and tree were`() throws {
        var header = Header(command: .read, messageID: MessageID(1))
        header.treeID = TreeID(0xAABB_CCDD)
        header.processID = 0xFEFF
        header.asyncID = AsyncID(0x0102_0304_0506_0708)
        var sync = ByteWriter()
        header.encode(into: &sync)
        #expect(Array(sync.bytes[32..<40]) == [0xFF, 0xFE, 0, 0, 0xDD, 0xCC, 0xBB, 0xAA])
        header.flags.insert(.asyncCommand)
        var async = ByteWriter()
        header.encode(into: &async)
        #expect(Array(async.bytes[32..<40]) == [8, 7, 6, 5, 4, 3, 2, 1])
        var reader = ByteReader(async.bytes)
        #expect(try Header(from: &reader).treeID == .none)
    }

    @Test func `a wrong ProtocolId, StructureSize or Command is named`() {
        var writer = ByteWriter()
        Header(command: .echo, messageID: MessageID(0)).encode(into: &writer)
        for (place, field) in [(0, "ProtocolId"), (4, "StructureSize"), (12, "Command")] {
            var bytes = writer.bytes
            bytes[place] = 0x99
            var reader = ByteReader(bytes)
            #expect(throws: WireError.malformed(field: field)) { try Header(from: &reader) }
        }
        var short = ByteReader(writer.bytes, in: 0..<63)
        #expect(throws: WireError.self) { try Header(from: &short) }
    }

    @Test func `priority and channel sequence share their fields with nothing else`() {
        var header = Header(command: .read, messageID: MessageID(1))
        header.flags = [.signed, .dfsOperations]
        header.priority = 5
        #expect(header.flags.rawValue == 0x1000_0058)
        header.priority = 0
        #expect(header.flags == [.signed, .dfsOperations])
        header.channelSequence = 0xBEEF
        #expect(header.status.rawValue == 0xBEEF)
    }
}

extension Header {
    static func any(using random: inout SplitMix64) -> Header {
        let command = Command.allCases.randomElement(using: &random) ?? .echo
        var header = Header(command: command, messageID: MessageID(random.next()))
        header.creditCharge = UInt16(truncatingIfNeeded: random.next())
        header.status = NTStatus(rawValue: UInt32(truncatingIfNeeded: random.next()))
        header.credits = UInt16(truncatingIfNeeded: random.next())
        header.flags = Flags(rawValue: UInt32(truncatingIfNeeded: random.next()))
        header.nextCommand = UInt32(truncatingIfNeeded: random.next())
        if header.isAsync {
            header.asyncID = AsyncID(random.next())
        } else {
            header.processID = UInt32(truncatingIfNeeded: random.next())
            header.treeID = TreeID(UInt32(truncatingIfNeeded: random.next()))
        }
        header.sessionID = SMBSessionID(random.next())
        header.signature = GUID(high: random.next(), low: random.next())
        return header
    }
}
