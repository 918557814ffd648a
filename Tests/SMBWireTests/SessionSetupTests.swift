import Primitives
import SMBWire
import Testing

@Suite struct SessionSetupTests {
    @Test func `a captured exchange has its fields`() throws {
        let request: SessionSetupRequest = try body(of: VectorFile.capture("a", 2))
        #expect(!request.isBinding)
        #expect(request.securityMode == .signingEnabled)
        #expect(request.capabilities == .dfs)
        #expect(request.previousSessionID == .none)
        #expect(request.token.count == 74)
        let response: SessionSetupResponse = try body(of: VectorFile.capture("a", 3))
        #expect(response.flags.isEmpty)
        #expect(response.token.count == 145)
    }

    @Test func `a token outside the message is refused`() {
        var message = VectorFile.capture("a", 3)
        message[70] = 146
        #expect(throws: WireError.truncated(offset: 72, count: 146)) {
            try body(of: message) as SessionSetupResponse
        }
    }

    @Test(arguments: UInt64(0)..<100) func `what is encoded is decoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let request = SessionSetupRequest(
            isBinding: Bool.random(using: &random),
            securityMode: SecurityMode(rawValue: random.value() & 0xFF),
            capabilities: GlobalCapabilities(rawValue: random.value()),
            previousSessionID: SMBSessionID(random.next()),
            token: random.bytes()
        )
        #expect(try recoded(request) == request)
        let flags = SessionSetupResponse.Flags(rawValue: random.value())
        let response = SessionSetupResponse(flags: flags, token: random.bytes())
        #expect(try recoded(response) == response)
    }
}
