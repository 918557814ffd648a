import Primitives
import SMBWire
import Testing

@Suite struct NegotiateTests {
    @Test func `a captured request has its fields`() throws {
        let request: NegotiateRequest = try body(of: VectorFile.capture("a", 0))
        #expect(request.dialects == Dialect.all)
        #expect(request.securityMode == .signingEnabled)
        #expect(request.capabilities.rawValue == 0x7F)
        #expect(
            request.contexts == [
                .preauthIntegrity(algorithms: [1], salt: Array(0..<32)),
                .encryption(ciphers: [2, 1, 4, 3]),
                .signing(algorithms: [2, 1, 0]),
                .netname("srv1"),
            ]
        )
    }

    @Test func `a captured response has its fields`() throws {
        let response: NegotiateResponse = try body(of: VectorFile.capture("a", 1))
        #expect(response.dialect == .smb311)
        #expect(response.capabilities == [.dfs, .leasing, .largeMTU, .multiChannel])
        #expect(response.maxTransactSize == 8_388_608)
        #expect(response.systemTime == 0x1DD_7B93_0ED9_584A)
        #expect(response.securityBuffer.count == 74)
        #expect(response.contexts.count == 3)
        #expect(response.contexts.last == .signing(algorithms: [2]))
    }

    @Test func `the answer to a multi-protocol start has the wildcard`() throws {
        let response: NegotiateResponse = try body(of: VectorFile.capture("smb1neg", 1))
        #expect(response.dialect == .wildcard)
        #expect(response.contexts.isEmpty)
    }

    @Test func `a context is read by its inner count, not by its DataLength`() throws {
        let vector = try #require(VectorFile.clients.first { $0.name.contains("libsmb2[0]") })
        let request: NegotiateRequest = try body(of: vector.bytes)
        #expect(request.contexts.last == .encryption(ciphers: [1]))
    }

    @Test func `contexts that end early are refused`() {
        let whole = VectorFile.capture("a", 0)
        for count in 112..<whole.count {
            let short = Array(whole[..<count])
            #expect(throws: WireError.self) { try body(of: short) as NegotiateRequest }
        }
    }

    @Test(arguments: UInt64(0)..<200) func `what is encoded is decoded`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var dialects = Dialect.all.filter { _ in Bool.random(using: &random) }
        if seed % 2 == 0, !dialects.contains(.smb311) { dialects.append(.smb311) }
        let is311 = dialects.contains(.smb311)
        let request = NegotiateRequest(
            securityMode: SecurityMode(rawValue: random.value()),
            capabilities: GlobalCapabilities(rawValue: random.value()),
            clientGUID: random.guid(),
            dialects: dialects,
            contexts: is311 ? random.list { $0.negotiateContext() } : []
        )
        #expect(try recoded(request) == request)
        let response = NegotiateResponse(
            securityMode: SecurityMode(rawValue: random.value()),
            dialect: is311 ? .smb311 : .smb302,
            serverGUID: random.guid(),
            capabilities: GlobalCapabilities(rawValue: random.value()),
            maxTransactSize: random.value(),
            maxReadSize: random.value(),
            maxWriteSize: random.value(),
            systemTime: random.value(),
            serverStartTime: random.value(),
            securityBuffer: random.bytes(),
            contexts: is311 ? random.list { $0.negotiateContext() } : []
        )
        #expect(try recoded(response) == response)
    }
}

extension SplitMix64 {
    mutating func negotiateContext() -> NegotiateContext {
        switch Int.random(in: 0..<8, using: &self) {
        case 0: .preauthIntegrity(algorithms: list { $0.value() }, salt: bytes())
        case 1: .encryption(ciphers: list { $0.value() })
        case 2: .compression(algorithms: list { $0.value() }, flags: value())
        case 3: .netname(text())
        case 4: .transport(flags: value())
        case 5: .rdmaTransform(ids: list { $0.value() })
        case 6: .signing(algorithms: list { $0.value() })
        default: .other(type: .random(in: 0x100...0xFFFF, using: &self), data: bytes())
        }
    }
}
