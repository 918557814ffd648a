import Primitives
import SMBWire
import Testing

@Suite struct TreeConnectTests {
    @Test func `a Dfs share is marked twice`() throws {
        let request: TreeConnectRequest = try body(of: VectorFile.capture("a", 58))
        #expect(request.path == #"\\srv1.example.test\dfs"#)
        #expect(request.flags.isEmpty)
        let response: TreeConnectResponse = try body(of: VectorFile.capture("a", 59))
        #expect(response.shareType == .disk)
        #expect(response.shareFlags == [.dfs, .dfsRoot])
        #expect(response.capabilities == .dfs)
        #expect(response.maximalAccess.rawValue == 0x1F_01FF)
        let pipes: TreeConnectResponse = try body(of: VectorFile.capture("a", 7))
        #expect(pipes.shareType == .pipe)
    }

    @Test func `the path is found behind an extension`() throws {
        var writer = ByteWriter()
        Header(command: .treeConnect, messageID: MessageID(0)).encode(into: &writer)
        for field: UInt16 in [9, 0b101, 88, 10] { writer.uint16(field) }
        writer.zeros(16)
        writer.utf16(#"\\s\d"#)
        let request: TreeConnectRequest = try body(of: writer.bytes)
        #expect(request == TreeConnectRequest(flags: .clusterReconnect, path: #"\\s\d"#))
    }

    @Test func `an odd length of the path and an unknown share type are refused`() {
        var request = VectorFile.capture("a", 58)
        request[70] -= 1
        #expect(throws: WireError.self) { try body(of: request) as TreeConnectRequest }
        var response = VectorFile.capture("a", 59)
        response[66] = 4
        #expect(throws: WireError.malformed(field: "ShareType")) {
            try body(of: response) as TreeConnectResponse
        }
    }

    @Test(arguments: UInt64(0)..<100) func `what is encoded is decoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let flags = TreeConnectRequest.Flags(rawValue: random.value())
        let request = TreeConnectRequest(
            flags: flags.subtracting(.extensionPresent),
            path: random.text()
        )
        #expect(try recoded(request) == request)
        let response = TreeConnectResponse(
            shareType: random.element(of: [.disk, .pipe, .print]),
            shareFlags: TreeConnectResponse.ShareFlags(rawValue: random.value()),
            capabilities: TreeConnectResponse.Capabilities(rawValue: random.value()),
            maximalAccess: AccessMask(rawValue: random.value())
        )
        #expect(try recoded(response) == response)
    }
}
