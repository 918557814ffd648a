import Emulator
import Primitives
import Redirector
import SMBWire
import Testing

/// Requests that wait: STATUS_PENDING, CANCEL and breaks ([MS-SMB2] 3.3.4.2, 3.3.5.16, 3.3.4.6).
@Suite struct AsyncTests {
    @Test func `a lock waits for the one before it`() {
        var client = RawClient.inShare()
        let first = client.open("a")
        let second = client.open("a")
        #expect(client.ask(client.header(.lock), RawClient.lock(first))?.status == .success)
        let pending = client.ask(client.header(.lock, credits: 3), RawClient.lock(second))
        #expect(pending?.status == .pending)
        #expect(pending?.header.isAsync == true)
        #expect(pending?.header.credits == 3)
        let waits = client.server.waits
        #expect(waits.map(\.messageID) == [pending?.header.messageID])
        #expect(waits.map(\.asyncID) == [pending?.header.asyncID])
        #expect(waits.map(\.session) == [client.session])
        let bye = AnyBody.closeRequest(CloseRequest(fileID: first))
        let replies = client.send([(client.header(.close), bye)])
        #expect(replies.map(\.header.command) == [.close, .lock])
        #expect(replies.map(\.status) == [.success, .success])
        #expect(replies.last?.header.asyncID == pending?.header.asyncID)
        #expect(replies.last?.header.credits == 0)
        #expect(client.server.waits.isEmpty)
    }

    @Test func `only so many requests may wait`() {
        var client = RawClient.inShare { $0.servers[0].asyncMax = 3 }
        let directory = client.open("dir", options: .directoryFile)
        var statuses: [NTStatus?] = []
        for _ in 0..<4 {
            let header = client.header(.changeNotify)
            statuses.append(client.ask(header, RawClient.notify(directory))?.status)
        }
        #expect(statuses == [.pending, .pending, .pending, .insufficientResources])
        #expect(client.server.credits(of: 1)?.waiting == 3)
        client.cancel(client.server.waits[1].messageID)
        let again = client.ask(client.header(.changeNotify), RawClient.notify(directory))
        #expect(again?.status == .pending)
    }

    @Test(arguments: [false, true])
    func `CANCEL finds a request by either id, and is not answered itself`(_ byAsyncID: Bool) {
        var client = RawClient.inShare()
        let directory = client.open("dir", options: .directoryFile)
        let pending = client.ask(client.header(.changeNotify), RawClient.notify(directory))
        let id = pending?.header.messageID ?? MessageID(0)
        let before = client.frames.count
        client.cancel(
            byAsyncID ? MessageID(0) : id,
            async: byAsyncID ? pending?.header.asyncID : nil
        )
        #expect(client.frames.count == before + 1)
        #expect(client.frames.last?.map(\.status) == [.cancelled])
        #expect(client.frames.last?.map(\.header.messageID) == [id])
    }

    @Test func `CANCEL of what does not wait is forgotten`() {
        var client = RawClient.inShare()
        let before = client.frames.count
        client.cancel(MessageID(1))
        client.cancel(MessageID(0), async: AsyncID(77))
        #expect(client.frames.count == before)
        #expect(client.reason == nil)
    }

    @Test func `another SMB session's CANCEL does nothing`() {
        var client = RawClient.inShare()
        let directory = client.open("dir", options: .directoryFile)
        let pending = client.ask(client.header(.changeNotify), RawClient.notify(directory))
        client.logon()
        client.cancel(pending?.header.messageID ?? MessageID(0))
        #expect(client.server.waits.count == 1)
    }

    @Test func `a redirector cancels in a signed SMB session`() throws {
        var pair = ServerPair({ $0.servers[0].requiresSigning = true })
        let (_, _, tree) = try pair.reach()
        let parameters = CreateParameters(
            name: "dir",
            access: .readData,
            options: .directoryFile
        )
        guard case .open(let open, _)? = pair.ask(.create(tree, parameters))?.result else {
            Issue.record("no open")
            return
        }
        let tag = pair.submit(.changeNotify(open, .fileName, watchesTree: false))
        #expect(pair.answers[tag] == nil)
        pair.cancel(tag)
        #expect(pair.answers[tag]?.status == .cancelled)
    }

    @Test func `STATUS_PENDING is not signed, the last word is`() throws {
        var pair = ServerPair({ $0.servers[0].requiresSigning = true })
        let (_, _, tree) = try pair.reach()
        let first = try pair.open(tree)
        let second = try pair.open(tree)
        let range = LockElement(offset: 0, length: 1, flags: .exclusive)
        #expect(pair.ask(.lock(first, [range]))?.status == .success)
        pair.frames = []
        let tag = pair.submit(.lock(second, [range]))
        #expect(pair.ask(.close(first))?.status == .success)
        #expect(pair.answers[tag]?.status == .success)
        #expect(pair.headers.map { $0.flags.contains(.signed) } == [false, true, true])
    }

    @Test func `who does not answer a break is waited for, but not for ever`() throws {
        var pair = ServerPair()
        let (_, _, tree) = try pair.reach()
        let held = try pair.open(tree, oplock: .batch)
        pair.frames = []
        let tag = pair.submit(
            .create(tree, CreateParameters(name: #"dir\a.txt"#, access: .readData))
        )
        #expect(pair.answers[tag] == nil)
        #expect(pair.headers.map(\.command) == [.oplockBreak, .create])
        #expect(pair.headers.map(\.messageID).first == .unsolicited)
        #expect(pair.headers.map { $0.flags.contains(.signed) } == [false, false])
        guard case .broke(let notice)? = pair.others.first else {
            Issue.record("no break")
            return
        }
        #expect(notice.open == held)
        #expect(notice.change == .oplock(to: .levelII))
        #expect(notice.requiresAcknowledgement)
        pair.pass(.seconds(34))
        #expect(pair.answers[tag] == nil)
        pair.pass(.seconds(1))
        #expect(pair.answers[tag]?.status == .success)
    }

    @Test func `a lease break names no SMB session, and its acknowledgement lets others in`() throws
    {
        var pair = ServerPair({ $0.servers[0].requiresEncryption = false })
        let (_, _, tree) = try pair.reach()
        let held = try pair.open(tree, lease: [.readCaching, .writeCaching, .handleCaching])
        pair.frames = []
        let tag = pair.submit(
            .create(tree, CreateParameters(name: #"dir\a.txt"#, access: .writeData))
        )
        #expect(pair.headers.map(\.command) == [.oplockBreak, .create])
        #expect(pair.headers.first?.sessionID == SMBSessionID.none)
        let ack = pair.ask(
            .acknowledgeBreak(held, .lease([.readCaching, .handleCaching]))
        )
        #expect(ack?.status == .success)
        #expect(pair.answers[tag]?.status == .success)
    }

    @Test(arguments: [false, true])
    func `a break is sealed where requests are`(_ isShare: Bool) throws {
        var pair = ServerPair({
            $0.servers[0].requiresEncryption = !isShare
            $0.servers[0].shares[0].isEncrypted = isShare
        })
        let (_, _, tree) = try pair.reach()
        _ = try pair.open(tree, oplock: .batch)
        pair.frames = []
        _ = pair.submit(.create(tree, CreateParameters(name: #"dir\a.txt"#, access: .readData)))
        let kinds = pair.frames.map { FrameKind.of($0, in: DirectTCP.prefixSize..<$0.count) }
        #expect(kinds == [.transform, .transform])
        #expect(pair.others.count == 1)
    }

    @Test func `an oplock is acknowledged through its own open only`() {
        var client = RawClient.inShare()
        let held = client.open("a", oplock: .exclusive)
        client.ask(client.header(.create), RawClient.create("a"))
        let body = AnyBody.oplockBreak(.oplock(level: .none, fileID: held))
        let own = (client.session, client.tree)
        client.logon()
        client.connectTree()
        #expect(client.ask(client.header(.oplockBreak), body)?.status == .fileClosed)
        (client.session, client.tree) = own
        #expect(client.ask(client.header(.oplockBreak), body)?.header.command == .oplockBreak)
        #expect(client.server.waits.isEmpty)
    }

    @Test func `a client that is gone leaves nothing waiting`() {
        var client = RawClient.inShare()
        let directory = client.open("dir", options: .directoryFile)
        client.ask(client.header(.changeNotify), RawClient.notify(directory))
        var effects: [ServerEffect] = []
        client.server.closed(1, at: .zero, into: &effects)
        #expect(effects.isEmpty)
        #expect(client.server.waits.isEmpty)
        #expect(client.server.credits(of: 1) == nil)
    }
}
