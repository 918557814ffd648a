import Primitives
import SMBWire
import Testing

@Suite struct MessageTests {
    @Test func `a chain splits into the elements that were joined`() throws {
        var writer = ByteWriter()
        DirectTCP.begin(in: &writer)
        for id in UInt64(0)..<3 {
            if id > 0 { Message.chain(&writer) }
            let create = TreeConnectRequest(path: String(repeating: "x", count: Int(id) * 3 + 1))
            Message.append(
                Header(command: .treeConnect, messageID: MessageID(id)),
                create,
                to: &writer
            )
        }
        let bytes = writer.bytes
        let elements = try Message.elements(of: bytes, in: 4..<bytes.count)
        #expect(elements.map(\.count) == [80, 80, 86])
        let messages = try Message.all(of: bytes, in: 4..<bytes.count)
        #expect(messages.map(\.header.messageID.rawValue) == [0, 1, 2])
        #expect(messages.map(\.header.nextCommand) == [80, 80, 0])
    }

    @Test(arguments: [UInt32(1), 4, 8, 56, 63, 68, 72, 80, 136, 144, 0xFFFF_FFF8])
    func `a NextCommand that is odd, too near or outside is refused`(_ next: UInt32) {
        var writer = ByteWriter()
        var header = Header(command: .echo, messageID: MessageID(0))
        header.nextCommand = next
        header.encode(into: &writer)
        writer.zeros(72)
        let bytes = writer.bytes
        // 72 is well placed and leaves one header: the only one that is accepted.
        if next == 72 {
            #expect((try? Message.elements(of: bytes, in: 0..<136))?.count == 2)
        } else {
            #expect(throws: WireError.self) { try Message.elements(of: bytes, in: 0..<136) }
        }
    }

    @Test func `a frame is known by its first four bytes`() {
        func kind(_ bytes: [UInt8]) -> FrameKind { FrameKind.of(bytes, in: 0..<bytes.count) }
        #expect(kind([0xFE, 0x53, 0x4D, 0x42]) == .smb2)
        #expect(kind([0xFD, 0x53, 0x4D, 0x42]) == .transform)
        #expect(kind([0xFC, 0x53, 0x4D, 0x42]) == .compressed)
        #expect(kind([0xFF, 0x53, 0x4D, 0x42]) == .smb1)
        #expect(kind([0xFE, 0x53, 0x4D]) == .unknown)
        #expect(kind([0xFB, 0x53, 0x4D, 0x42]) == .unknown)
        #expect(kind([0xFE, 0x53, 0x4D, 0x43]) == .unknown)
    }

    @Test func `the status tells an error body, the StructureSize does not`() {
        func isError(_ status: NTStatus, _ command: Command) -> Bool {
            var header = Header(command: command, messageID: MessageID(0))
            header.status = status
            return header.hasErrorBody
        }
        #expect(!isError(.moreProcessingRequired, .sessionSetup))
        #expect(isError(.moreProcessingRequired, .create))
        #expect(!isError(.bufferOverflow, .queryInfo))
        #expect(!isError(.bufferOverflow, .ioctl))
        #expect(isError(.noMoreFiles, .queryDirectory))
        #expect(isError(.stoppedOnSymlink, .create))
        #expect(isError(.pending, .read))
        #expect(!isError(.notifyEnumDir, .changeNotify))
    }

    @Test func `a multi-protocol start is recognised`() throws {
        let vector = try #require(VectorFile.captures.first { !$0.isSMB2 })
        var reader = ByteReader(vector.bytes)
        let negotiate = try SMB1Negotiate(from: &reader)
        #expect(negotiate.dialects == ["NT LM 0.12", "SMB 2.002", "SMB 2.???"])
        #expect(negotiate.answer == .wildcard)
        #expect(SMB1Negotiate(dialects: ["SMB 2.002"]).answer == .smb202)
        #expect(SMB1Negotiate(dialects: ["NT LM 0.12"]).answer == nil)
        for count in 0..<vector.bytes.count {
            var short = ByteReader(vector.bytes, in: 0..<count)
            #expect(throws: WireError.self) { try SMB1Negotiate(from: &short) }
        }
    }
}
