import Emulator
import Primitives
import Redirector
import SMBWire
import Testing

/// Several messages in one frame ([MS-SMB2] 3.3.5.2.7, 3.3.4.1.3).
@Suite struct CompoundTests {
    private static let close = AnyBody.closeRequest(CloseRequest(fileID: .related))

    private static func read(_ count: UInt32 = 10) -> AnyBody {
        .readRequest(ReadRequest(length: count, offset: 0, fileID: .related))
    }

    @Test(arguments: [false, true])
    func `CREATE, READ and CLOSE take one frame each way`(_ encrypts: Bool) throws {
        var pair = ServerPair({
            $0.servers[0].requiresSigning = true
            $0.servers[0].requiresEncryption = encrypts
        })
        let (_, _, tree) = try pair.reach()
        pair.frames = []
        let parameters = CreateParameters(name: #"dir\a.txt"#, access: .readData)
        let answer = pair.ask(.compound(tree, parameters, [.read(offset: 0, count: 10), .close]))
        #expect(answer?.status == .success)
        #expect(pair.frames.count == 1)
        guard case .compound(let parts)? = answer?.result else {
            Issue.record("no compound")
            return
        }
        #expect(parts.map(\.status) == [.success, .success, .success])
    }

    @Test func `elements are aligned, and related ones say so`() throws {
        var client = RawClient.inShare()
        let bytes = RawClient.frame([
            (client.header(.create), RawClient.create(#"dir\a.txt"#)),
            (client.header(.read, related: true), Self.read(3)),
            (client.header(.close, related: true), Self.close),
        ])
        var effects: [ServerEffect] = []
        client.server.received(1, bytes, at: .zero, into: &effects)
        guard effects.count == 1, case .send(_, let frame) = effects[0] else {
            Issue.record("not one frame but \(effects)")
            return
        }
        let elements = try Message.elements(of: frame, in: DirectTCP.prefixSize..<frame.count)
        #expect(elements.count == 3)
        #expect(elements.allSatisfy { ($0.lowerBound - DirectTCP.prefixSize) % 8 == 0 })
        let headers = try Message.all(of: frame, in: DirectTCP.prefixSize..<frame.count)
            .map(\.header)
        #expect(headers.map { $0.flags.contains(.relatedOperations) } == [false, true, true])
        #expect(Set(headers.map(\.sessionID)) == [client.session])
    }

    @Test func `a CREATE that failed fails what needs its open`() {
        var client = RawClient.inShare()
        let missing = RawClient.create("missing", disposition: .open)
        let replies = client.send([
            (client.header(.create), missing),
            (client.header(.read, related: true), Self.read()),
            (client.header(.close, related: true), Self.close),
        ])
        #expect(replies.map(\.status) == Array(repeating: .objectNameNotFound, count: 3))
    }

    @Test func `another failure does not keep the CLOSE from closing`() {
        var client = RawClient.inShare()
        let replies = client.send([
            (client.header(.create), RawClient.create("empty", share: [])),
            (client.header(.read, related: true), Self.read()),
            (client.header(.close, related: true), Self.close),
        ])
        #expect(replies.map(\.status) == [.success, .endOfFile, .success])
        #expect(client.open("empty", share: []) != .related)
    }

    @Test func `a TREE_CONNECT that failed fails what needs its tree`() {
        var client = RawClient.inShare()
        let connect = TreeConnectRequest(path: #"\\fs1\nothing"#)
        let replies = client.send([
            (client.header(.treeConnect), .treeConnectRequest(connect)),
            (client.header(.create, related: true), RawClient.create("a")),
            (client.header(.close, related: true), Self.close),
        ])
        #expect(replies.map(\.status) == Array(repeating: .badNetworkName, count: 3))
    }

    @Test func `the first element cannot be related, and spoils those behind it`() {
        var client = RawClient.inShare()
        let replies = client.send([
            (client.header(.create, related: true), RawClient.create("a")),
            (client.header(.close, related: true), Self.close),
        ])
        #expect(replies.map(\.status) == [.invalidParameter, .invalidParameter])
    }

    @Test func `an element without the flag begins a new chain`() {
        var client = RawClient.inShare()
        let replies = client.send([
            (client.header(.create), RawClient.create("a")),
            (client.header(.close), Self.close),
            (client.header(.close, related: true), Self.close),
            (client.header(.create), RawClient.create("b")),
            (client.header(.close, related: true), Self.close),
        ])
        #expect(replies.map(\.status) == [.success, .fileClosed, .fileClosed, .success, .success])
    }

    @Test func `NextCommand must lead to a header`() {
        for next in [4, 65, 1_000_000] as [UInt32] {
            var client = RawClient.inShare()
            var header = client.header(.echo)
            header.nextCommand = next
            let frame = RawClient.frame([(header, .empty(EmptyBody()))])
            client.receive(frame)
            #expect(client.reason == "a message is too short, or leads outside of its frame")
        }
    }

    @Test func `the last element may wait, and the others are answered before`() {
        var client = RawClient.inShare()
        let before = client.frames.count
        let replies = client.send([
            (client.header(.create), RawClient.create("dir", options: .directoryFile)),
            (client.header(.changeNotify, related: true), RawClient.notify(.related)),
        ])
        #expect(replies.map(\.status) == [.success, .pending])
        #expect(client.frames[before...].map(\.count) == [1, 1])
        client.cancel(replies[1].header.messageID)
        #expect(client.frames.last?.map(\.status) == [.cancelled])
    }

    @Test func `an element that would wait before others fails instead`() {
        var client = RawClient.inShare()
        let replies = client.send([
            (client.header(.create), RawClient.create("dir", options: .directoryFile)),
            (client.header(.changeNotify, related: true), RawClient.notify(.related)),
            (client.header(.close, related: true), Self.close),
        ])
        #expect(replies.map(\.status) == [.success, .internalError, .success])
        #expect(client.server.waits.isEmpty)
    }

    @Test func `unrelated elements do not wait for one another`() {
        var client = RawClient.inShare()
        let directory = client.open("dir", options: .directoryFile)
        let replies = client.send([
            (client.header(.changeNotify), RawClient.notify(directory)),
            (client.header(.echo), .empty(EmptyBody())),
        ])
        #expect(replies.map(\.status) == [.pending, .success])
    }

    @Test func `a chain whose CREATE waits for a break goes on with its answer, in one frame`() {
        var client = RawClient.inShare()
        let held = client.open("a", oplock: .batch)
        let first = client.send([
            (client.header(.create), RawClient.create("a")),
            (client.header(.read, related: true), Self.read(0)),
            (client.header(.close, related: true), Self.close),
            (client.header(.echo), .empty(EmptyBody())),
        ])
        #expect(first.map(\.header.command) == [.oplockBreak, .create, .echo])
        #expect(first.map(\.status) == [.success, .pending, .success])
        let before = client.frames.count
        let acknowledgement = OplockBreak.oplock(level: .levelII, fileID: held)
        client.ask(client.header(.oplockBreak), .oplockBreak(acknowledgement))
        let later = client.frames[before...]
        #expect(later.map { $0.map(\.status) } == [[.success], [.success, .success, .success]])
        let chain = later.first { $0.count == 3 } ?? []
        #expect(chain.map(\.header.command) == [.create, .read, .close])
        #expect(chain.first?.header.isAsync == true)
        #expect(chain.first?.header.credits == 0)
    }
}
