import Dfs
import Emulator
import Primitives
import Redirector
import SMBWire
import Testing

/// TREE_CONNECT, IOCTL and Dfs names ([MS-SMB2] 3.3.5.7, 3.3.5.9, 3.3.5.15).
@Suite struct TreeTests {
    private func response(_ reply: RawClient.Reply?) -> TreeConnectResponse? {
        if case .treeConnectResponse(let response)? = reply?.body { response } else { nil }
    }

    @Test func `an unknown share is told so`() {
        var client = RawClient.inShare()
        #expect(client.connectTree("nothing")?.status == .badNetworkName)
        #expect(client.connectTree(#"data\dir"#)?.status == .badNetworkName)
    }

    @Test func `shares are found in any case, and each says what it is`() {
        var client = RawClient.inShare()
        #expect(response(client.connectTree("DATA"))?.shareFlags == [])
        #expect(response(client.connectTree("ipc$"))?.shareType == .pipe)
        let root = response(client.connectTree("dfs"))
        #expect(root?.capabilities == .dfs)
        #expect(root?.shareFlags == [.dfs, .dfsRoot])
    }

    @Test func `a tree connect is over when it is disconnected`() {
        var client = RawClient.inShare()
        let file = client.open("a")
        let bye = client.ask(client.header(.treeDisconnect), .empty(EmptyBody()))
        #expect(bye?.status == .success)
        let read = AnyBody.readRequest(ReadRequest(length: 1, offset: 0, fileID: file))
        #expect(client.ask(client.header(.read), read)?.status == .networkNameDeleted)
        client.connectTree()
        #expect(client.ask(client.header(.read), read)?.status == .fileClosed)
    }

    @Test(arguments: [Dialect.smb300, .smb311])
    func `an encrypted share wants encryption, and other shares do not`(_ dialect: Dialect) throws {
        var pair = ServerPair({
            $0.servers[0].dialects = [dialect]
            $0.servers[0].shares[0].isEncrypted = true
            $0.servers[0].shares.append(SharePlan(name: "open"))
        })
        let (_, session, tree) = try pair.reach()
        pair.frames = []
        _ = try pair.open(tree)
        #expect(FrameKind.of(pair.frames[0], in: 4..<pair.frames[0].count) == .transform)
        let other = try pair.tree(session, "open")
        pair.frames = []
        _ = try pair.open(other, "new")
        #expect(FrameKind.of(pair.frames[0], in: 4..<pair.frames[0].count) == .smb2)
    }

    @Test func `who cannot encrypt has no access to an encrypted share`() {
        var client = RawClient.inShare { $0.servers[0].shares[0].isEncrypted = true }
        #expect(client.connectTree()?.status == .accessDenied)
        #expect(client.connectTree("dfs")?.status == .success)
    }

    @Test func `a plain request on an encrypted share is refused`() throws {
        var pair = ServerPair({ $0.servers[0].shares[0].isEncrypted = true })
        let (connection, _, tree) = try pair.reach()
        _ = try pair.open(tree)
        // The session's id is the first the server gave, the tree's its first too.
        var header = Header(command: .create, messageID: MessageID(400))
        header.sessionID = SMBSessionID(1 << 32)
        header.treeID = TreeID(1)
        var effects: [ServerEffect] = []
        let frame = RawClient.frame([(header, RawClient.create("x"))])
        pair.server.received(connection.rawValue, frame, at: .zero, into: &effects)
        guard case .send(_, let answer)? = effects.first else {
            Issue.record("no answer but \(effects)")
            return
        }
        let messages = try Message.all(of: answer, in: DirectTCP.prefixSize..<answer.count)
        #expect(messages.map(\.header.status) == [.accessDenied])
    }

    @Test(arguments: ["IPC$", "data", "dfs"])
    func `referrals are answered on any tree`(_ share: String) throws {
        var pair = ServerPair()
        let (_, _, tree) = try pair.reach(share)
        var question = ByteWriter()
        question.uint16(4)
        question.utf16(#"\fs1\dfs\eng\a"#)
        question.uint16(0)
        let answer = pair.ask(
            .referral(tree, question.bytes, isExtended: false, outputMax: 4_096)
        )
        guard case .bytes(let bytes)? = answer?.result else {
            Issue.record("no referral but \(String(describing: answer))")
            return
        }
        var reader = ByteReader(Array(bytes))
        #expect(try ReferralResponse(from: &reader).entries.count == 1)
    }

    @Test func `a name on which a link lies is not covered, with the flag and without`() throws {
        var client = RawClient.inShare()
        client.connectTree("dfs")
        var header = client.header(.create)
        header.flags = .dfsOperations
        let withFlag = client.ask(header, RawClient.create(#"fs1\dfs\eng\a.txt"#))
        #expect(withFlag?.status == .pathNotCovered)
        #expect(withFlag?.header.flags.contains(.dfsOperations) == true)
        let without = client.ask(client.header(.create), RawClient.create(#"eng\a.txt"#))
        #expect(without?.status == .pathNotCovered)
        header = client.header(.create)
        header.flags = .dfsOperations
        #expect(client.ask(header, RawClient.create(#"fs1\dfs\b.txt"#))?.status == .success)
        #expect(client.ask(client.header(.create), RawClient.create("b.txt"))?.status == .success)
    }

    @Test func `there are no pipes`() {
        var client = RawClient.inShare()
        client.connectTree("IPC$")
        let reply = client.ask(client.header(.create), RawClient.create("srvsvc"))
        #expect(reply?.status == .objectNameNotFound)
    }

    @Test(arguments: [
        (ControlCode.queryNetworkInterfaceInfo, FileID.related, NTStatus.notSupported),
        (.pipeWait, .related, .objectNameNotFound),
        (.pipeTransceive, .related, .fileClosed),
        (.dfsGetReferrals, FileID(persistent: 1, volatile: 1), .invalidParameter),
        (ControlCode(rawValue: 0x0009_00C0), .related, .fileClosed),
    ])
    func `control codes that mean nothing here are refused`(
        code: ControlCode,
        file: FileID,
        status: NTStatus
    ) {
        var client = RawClient.inShare()
        let body = IoctlRequest(code: code, fileID: file, input: [], maxOutputResponse: 1_024)
        #expect(client.ask(client.header(.ioctl), .ioctlRequest(body))?.status == status)
    }

    @Test func `an unknown control code of an open is no request for its device`() {
        var client = RawClient.inShare()
        let body = IoctlRequest(
            code: ControlCode(rawValue: 0x0009_00C0),
            fileID: client.open("a"),
            input: [],
            maxOutputResponse: 64
        )
        let reply = client.ask(client.header(.ioctl), .ioctlRequest(body))
        #expect(reply?.status == .invalidDeviceRequest)
    }
}
