import Emulator
import Primitives
import Redirector
import SMBWire
import Testing

/// NEGOTIATE in all its forms ([MS-SMB2] 3.3.5.3, 3.3.5.4).
@Suite struct NegotiationTests {
    private func smb1(_ dialects: [String]) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint32(SMB1Negotiate.protocolID)
        writer.uint8(0x72)
        writer.zeros(27)
        writer.uint8(0)
        let names = dialects.flatMap { (name: String) -> [UInt8] in [2] + Array(name.utf8) + [0] }
        writer.uint16(UInt16(names.count))
        writer.append(names)
        return DirectTCP.prefix(length: writer.bytes.count) + writer.bytes
    }

    private func response(_ reply: RawClient.Reply?) -> NegotiateResponse? {
        if case .negotiateResponse(let response)? = reply?.body { response } else { nil }
    }

    @Test func `a multi-protocol NEGOTIATE is answered with 2.FF, and SMB2 follows`() {
        var client = RawClient()
        client.receive(smb1(["NT LM 0.12", "SMB 2.002", "SMB 2.???"]))
        #expect(response(client.frames.last?.first)?.dialect == .wildcard)
        #expect(client.frames.last?.first?.header.messageID == MessageID(0))
        client.nextID = 1
        #expect(response(client.negotiate())?.dialect == .smb311)
        client.logon()
        #expect(client.connectTree()?.status == .success)
    }

    @Test func `an SMB1 client that knows 2.002 only needs no second NEGOTIATE`() {
        var client = RawClient()
        client.receive(smb1(["NT LM 0.12", "SMB 2.002"]))
        #expect(response(client.frames.last?.first)?.dialect == .smb202)
        client.nextID = 1
        client.logon()
        #expect(client.connectTree()?.status == .success)
    }

    @Test func `a server of the oldest dialect alone does not promise more`() {
        var client = RawClient([.smb202]) { $0.servers[0].dialects = [.smb202] }
        client.receive(smb1(["SMB 2.002", "SMB 2.???"]))
        #expect(response(client.frames.last?.first)?.dialect == .smb202)
    }

    @Test func `a client of SMB1 alone is sent away`() {
        var client = RawClient()
        client.receive(smb1(["NT LM 0.12"]))
        #expect(client.reason == "SMB1 is not spoken here")
    }

    @Test func `a second NEGOTIATE ends the connection`() {
        var client = RawClient()
        client.negotiate()
        #expect(client.negotiate() == nil)
        #expect(client.reason == "NEGOTIATE came twice")
    }

    @Test func `nothing goes before NEGOTIATE`() {
        var client = RawClient()
        #expect(client.ask(client.header(.echo), .empty(EmptyBody())) == nil)
        #expect(client.reason == "ECHO came before NEGOTIATE")
    }

    @Test(arguments: Dialect.all)
    func `the newest common dialect is spoken`(_ dialect: Dialect) {
        var client = RawClient { $0.servers[0].dialects = Dialect.all.filter { $0 <= dialect } }
        let said = response(client.negotiate())
        #expect(said?.dialect == dialect)
        #expect(said?.maxReadSize == (dialect == .smb202 ? 65_536 : 1_048_576))
        #expect(said?.capabilities.contains(.dfs) == true)
        #expect(said?.capabilities.contains(.largeMTU) == (dialect != .smb202))
        #expect(said?.contexts.isEmpty == (dialect != .smb311))
        #expect(said?.systemTime == FileSystem.defaultEpoch)
    }

    @Test func `without a common dialect it is refused, and may be tried again`() {
        var client = RawClient([.smb311]) { $0.servers[0].dialects = [.smb210] }
        #expect(client.negotiate()?.status == .notSupported)
        #expect(client.reason == nil)
    }

    struct Flaw: Sendable {
        var contexts: [NegotiateContext]
        var status: NTStatus
    }

    static let hash = NegotiateContext.preauthIntegrity(algorithms: [1], salt: [])
    static let flaws = [
        Flaw(contexts: [], status: .invalidParameter),
        Flaw(
            contexts: [.preauthIntegrity(algorithms: [2], salt: [])],
            status: .smbNoPreauthIntegrityHashOverlap
        ),
        Flaw(contexts: [hash, hash], status: .invalidParameter),
        Flaw(contexts: [hash, .encryption(ciphers: [])], status: .invalidParameter),
        Flaw(contexts: [hash, .signing(algorithms: [])], status: .invalidParameter),
    ]

    @Test(arguments: flaws)
    func `contexts must be as the dialect wants them`(_ flaw: Flaw) {
        var client = RawClient()
        let body = AnyBody.negotiateRequest(client.negotiation(contexts: flaw.contexts))
        #expect(client.ask(client.header(.negotiate), body)?.status == flaw.status)
        #expect(client.negotiate()?.status == .success)
    }

    @Test func `algorithms are the server's choice among the client's`() {
        var client = RawClient()
        let contexts: [NegotiateContext] = [
            .signing(algorithms: [0, 1]), .encryption(ciphers: [4, 1]),
            .preauthIntegrity(algorithms: [1], salt: [1]), .netname("fs1"),
        ]
        let body = AnyBody.negotiateRequest(client.negotiation(contexts: contexts))
        let said = response(client.ask(client.header(.negotiate), body))?.contexts ?? []
        #expect(said.contains(.signing(algorithms: [1])))
        #expect(said.contains(.encryption(ciphers: [1])))
        #expect(said.count == 3)
    }

    @Test func `a changed NEGOTIATE is noticed, and the connection ends`() throws {
        var client = RawClient.inShare([.smb210])
        func check(_ client: inout RawClient, _ dialects: [Dialect]) -> RawClient.Reply? {
            let said = ValidateNegotiateRequest(
                capabilities: .largeMTU,
                guid: RawClient.guid,
                securityMode: .signingEnabled,
                dialects: dialects
            )
            let body = IoctlRequest(
                code: .validateNegotiateInfo,
                input: said.bytes,
                maxOutputResponse: 24
            )
            return client.ask(client.header(.ioctl), .ioctlRequest(body))
        }
        #expect(check(&client, [.smb202, .smb210])?.status == .success)
        #expect(check(&client, [.smb210, .smb300]) == nil)
        #expect(client.reason == "what NEGOTIATE said was changed on its way")
    }
}
