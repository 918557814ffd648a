import Primitives
import SMBWire
import Testing

@Suite struct ErrorResponseTests {
    @Test func `an empty error is nine bytes`() throws {
        #expect(bytes(of: ErrorResponse()) == [9, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(try ErrorResponse().contexts().isEmpty)
        #expect(ErrorResponse().neededLength == nil)
        #expect(try ErrorResponse().symlink() == nil)
    }

    @Test func `a needed length is bare before 3.1.1 and in a context since`() throws {
        let old = ErrorResponse.bufferTooSmall(needs: 0x0102, dialect: .smb302)
        #expect(bytes(of: old) == [9, 0, 0, 0, 4, 0, 0, 0, 2, 1, 0, 0])
        let new = ErrorResponse.bufferTooSmall(needs: 0x0102, dialect: .smb311)
        #expect(
            bytes(of: new)
                == [9, 0, 1, 0, 12, 0, 0, 0] + [4, 0, 0, 0] + [0, 0, 0, 0] + [2, 1, 0, 0]
        )
        #expect(old.neededLength == 0x0102)
        #expect(new.neededLength == 0x0102)
    }

    @Test func `a symbolic link is laid out as the specification says`() {
        let link = SymbolicLinkError(
            unparsedPathLength: 6,
            substituteName: "ab",
            printName: "c",
            isRelative: true
        )
        #expect(
            link.bytes == [
                30, 0, 0, 0, 0x53, 0x59, 0x4D, 0x4C, 0x0C, 0, 0, 0xA0, 18, 0, 6, 0, 0, 0, 4, 0, 4,
                0, 2, 0, 1, 0, 0, 0, 0x61, 0, 0x62, 0, 0x63, 0,
            ]
        )
    }

    @Test(arguments: UInt64(0)..<200) func `what is encoded is decoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let contexts = random.list { ErrorContext(id: $0.value(), data: $0.bytes()) }
        let response = ErrorResponse(contexts: contexts)
        var reader = ByteReader(bytes(of: response))
        let decoded = try ErrorResponse(from: &reader)
        #expect(decoded == response)
        #expect(try decoded.contexts() == contexts)

        let link = SymbolicLinkError(
            unparsedPathLength: random.value(),
            substituteName: random.text(),
            printName: random.text(),
            isRelative: Bool.random(using: &random)
        )
        for dialect in [Dialect.smb210, .smb311] {
            #expect(try ErrorResponse.symlink(link, dialect: dialect).symlink() == link)
        }
    }

    @Test func `data of another kind is no symbolic link`() {
        let response = ErrorResponse(data: [UInt8](repeating: 1, count: 40))
        #expect(throws: WireError.malformed(field: "SymLinkErrorTag")) { try response.symlink() }
        #expect(throws: WireError.self) { try ErrorResponse(data: [1, 2]).symlink() }
        #expect(throws: WireError.self) {
            try ErrorResponse(contextCount: 2, data: [0, 0, 0, 0, 0, 0, 0, 0]).contexts()
        }
    }

    private func bytes(of response: ErrorResponse) -> [UInt8] {
        var writer = ByteWriter()
        response.encode(into: &writer)
        return writer.bytes
    }
}
