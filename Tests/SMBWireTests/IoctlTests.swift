import Primitives
import SMBWire
import Testing

@Suite struct IoctlTests {
    @Test func `a captured VALIDATE_NEGOTIATE_INFO has its fields`() throws {
        let request: IoctlRequest = try body(of: VectorFile.capture("valneg", 8))
        #expect(request.code == .validateNegotiateInfo)
        #expect(request.code.concernsServer)
        #expect(request.fileID == .related)
        #expect(request.maxOutputResponse == 24)
        #expect(request.isFsctl)
        var input = ByteReader(request.input)
        let asked = try ValidateNegotiateRequest(from: &input)
        #expect(asked.capabilities.rawValue == 0x7F)
        #expect(asked.dialects == [.smb210, .smb300, .smb302])
        #expect(asked.bytes == request.input)

        let response: IoctlResponse = try body(of: VectorFile.capture("valneg", 9))
        var output = ByteReader(response.output)
        let answered = try ValidateNegotiateResponse(from: &output)
        #expect(answered.dialect == .smb302)
        #expect(answered.capabilities.rawValue == 0x4F)
        #expect(answered.bytes == response.output)
    }

    @Test(arguments: UInt64(0)..<100) func `what is encoded is decoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let request = IoctlRequest(
            code: ControlCode(rawValue: random.value()),
            fileID: random.fileID(),
            input: random.bytes(),
            maxInputResponse: random.value(),
            maxOutputResponse: random.value(),
            isFsctl: Bool.random(using: &random)
        )
        #expect(try recoded(request) == request)
        let response = IoctlResponse(
            code: ControlCode(rawValue: random.value()),
            fileID: random.fileID(),
            output: random.bytes()
        )
        #expect(try recoded(response) == response)
    }

    @Test(arguments: UInt64(0)..<100) func `a validation is decoded as it was encoded`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let request = ValidateNegotiateRequest(
            capabilities: GlobalCapabilities(rawValue: random.value()),
            guid: random.guid(),
            securityMode: SecurityMode(rawValue: random.value()),
            dialects: random.list { Dialect(rawValue: $0.value()) }
        )
        var reader = ByteReader(request.bytes)
        #expect(try ValidateNegotiateRequest(from: &reader) == request)
        let response = ValidateNegotiateResponse(
            capabilities: GlobalCapabilities(rawValue: random.value()),
            guid: random.guid(),
            securityMode: SecurityMode(rawValue: random.value()),
            dialect: Dialect(rawValue: random.value())
        )
        reader = ByteReader(response.bytes)
        #expect(try ValidateNegotiateResponse(from: &reader) == response)
    }
}
