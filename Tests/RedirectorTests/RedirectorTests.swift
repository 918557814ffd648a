import Crypto
import Primitives
import Redirector
import SMBWire
import ServerSupport
import Testing

@Suite struct RedirectorTests {
    @Test(arguments: FakeServer.protections) func `every protection carries a whole exchange`(
        _ server: FakeServer
    ) throws {
        var pair = Pair(server)
        let (_, session, tree) = try pair.reach()
        let open = try pair.open(tree)
        #expect(pair.ask(.read(open, offset: 0, count: 3))?.result == .bytes([1, 2, 3]))
        #expect(pair.ask(.write(open, offset: 0, [1, 2, 3]))?.result == .written(3))
        #expect(pair.ask(.close(open))?.isSuccess == true)
        #expect(pair.ask(.logoff(session))?.isSuccess == true)
        #expect(!pair.others.contains { if case .lost = $0 { true } else { false } })
    }

    @Test(arguments: [1, 2, 3, 7, 63, 64, 65]) func `bytes may come in pieces of any size`(
        _ size: Int
    ) throws {
        var pair = Pair()
        pair.pieceSize = size
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        #expect(pair.ask(.read(open, offset: 0, count: 3))?.result == .bytes([1, 2, 3]))
    }

    @Test func `a dialect that was not offered is refused`() {
        var pair = Pair(FakeServer(dialect: .smb202)) { $0.dialects = [.smb300, .smb311] }
        let answer = pair.ask(.connect(server: "fs1"))
        #expect(answer?.status == .notSupported)
        #expect(
            answer?.sentence?.contains(
                "NEGOTIATE refused: the server chose dialect 2.0.2, offered were 3.0, 3.1.1"
            ) == true
        )
    }

    @Test func `a negotiation that was tampered with drops the connection`() throws {
        var server = FakeServer(dialect: .smb300, signing: .aesCMAC, cipher: .aes128CCM)
        server.validation = ValidateNegotiateResponse(
            capabilities: [.dfs],
            guid: GUID(high: 8, low: 9),
            securityMode: [.signingEnabled, .signingRequired],
            dialect: .smb302
        )
        var pair = Pair(server)
        #expect(throws: Pair.Unreached.self) { try pair.reach() }
        let lost = pair.others.compactMap { effect -> String? in
            if case .lost(_, _, let sentence) = effect { sentence } else { nil }
        }
        #expect(lost.count == 1 && lost[0].contains("tampered with"))
    }

    @Test func `a wrong signature drops the connection, with a sentence`() throws {
        var pair = Pair()
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        pair.tamper = { frame in
            var frame = frame
            frame[frame.count - 1] ^= 1
            return frame
        }
        let answer = pair.ask(.read(open, offset: 0, count: 3))
        #expect(answer?.status == .accessDenied)
        #expect(answer?.sentence?.contains("the signature of READ is wrong") == true)
        #expect(pair.others.contains { if case .disconnect = $0 { true } else { false } })
    }

    @Test func `a response that should be encrypted and is not drops the connection`() throws {
        var server = FakeServer()
        server.encrypts = true
        var pair = Pair(server)
        let (connection, _, tree) = try pair.reach()
        pair.server.silent = [.create]
        pair.submit(.create(tree, CreateParameters(name: "a", access: .readData)))
        var header = Header(
            command: .create,
            messageID: pair.server.received.last?.messageID ?? MessageID(0)
        )
        header.flags = .serverToRedir
        header.sessionID = pair.server.received.last?.sessionID ?? .none
        var writer = ByteWriter()
        header.encode(into: &writer)
        EmptyBody().encode(into: &writer)
        let bytes = writer.take()
        pair.receive(connection, DirectTCP.prefix(length: bytes.count) + bytes)
        #expect(pair.others.contains { if case .lost = $0 { true } else { false } })
    }

    @Test func `a guest is refused unless the settings allow it`() throws {
        var server = FakeServer(requiresSigning: false, isGuest: true)
        server.cipher = nil
        var strict = Pair(server)
        #expect(throws: Pair.Unreached.self) { try strict.reach() }
        var open = Pair(server) { $0.allowsGuest = true }
        _ = try open.reach()
    }

    @Test func `STATUS_PENDING is noted, and the final answer completes`() throws {
        var server = FakeServer()
        server.isAsync = true
        var pair = Pair(server)
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        let answer = pair.ask(.read(open, offset: 0, count: 3))
        #expect(answer?.result == .bytes([1, 2, 3]))
        #expect(answer?.times.interim != nil)
    }

    @Test func `an expired session is authenticated again and the request sent once more`() throws {
        var pair = Pair()
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        pair.server.statuses[.read] = [.networkSessionExpired]
        #expect(pair.ask(.read(open, offset: 0, count: 3))?.result == .bytes([1, 2, 3]))
        let commands = pair.server.received.suffix(3).map(\.command)
        #expect(commands == [.read, .sessionSetup, .read])
        pair.server.statuses[.read] = [.networkSessionExpired, .networkSessionExpired]
        #expect(pair.ask(.read(open, offset: 0, count: 3))?.status == .networkSessionExpired)
    }

    @Test func `a refused log-on kills the session and nothing else`() throws {
        var pair = Pair()
        let (connection, _, tree) = try pair.reach()
        pair.server.statuses[.sessionSetup] = [.logonFailure]
        let answer = pair.ask(.logon(connection, user: 1))
        #expect(answer?.status == .logonFailure)
        #expect(answer?.sentence?.contains("STATUS_LOGON_FAILURE 0xC000006D") == true)
        _ = try pair.open(tree)
    }

    @Test func `a lost connection answers everything that is out, once, in order`() throws {
        var pair = Pair()
        let (connection, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        pair.server.silent = [.read, .write]
        let tags = [
            pair.submit(.read(open, offset: 0, count: 1)),
            pair.submit(.write(open, offset: 0, [1])),
            pair.submit(.read(open, offset: 1, count: 1)),
        ]
        let before = pair.answerCount
        pair.close(connection)
        #expect(pair.answerCount == before + 3)
        #expect(tags.allSatisfy { pair.answers[$0]?.status == .connectionReset })
        #expect(pair.ask(.close(open))?.status == .networkNameDeleted)
        // The next log-on names the session that was lost.
        _ = try pair.reach()
    }

    @Test func `connecting and logging on have limits, requests have none`() throws {
        var pair = Pair()
        pair.server.silent = [.negotiate]
        let tag = pair.submit(.connect(server: "fs1"))
        #expect(pair.redirector.nextDeadline == Instant.zero + .seconds(10))
        pair.pass(.seconds(10))
        #expect(pair.answers[tag]?.status == .ioTimeout)
        #expect(pair.answers[tag]?.sentence?.contains("NEGOTIATE was not answered in time") == true)
        pair.server.silent = []
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        pair.server.silent = [.read]
        pair.submit(.read(open, offset: 0, count: 1))
        #expect(pair.redirector.nextDeadline == nil)
    }

    @Test func `a cancelled request that waits for a credit is answered at once`() throws {
        var server = FakeServer()
        server.grant = 1
        var pair = Pair(server)
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        pair.server.silent = [.read]
        let first = pair.submit(.read(open, offset: 0, count: 1))
        let waiting = pair.submit(.read(open, offset: 1, count: 1))
        #expect(pair.answers[waiting] == nil)
        pair.cancel(waiting)
        #expect(pair.answers[waiting]?.status == .cancelled)
        pair.cancel(first)
        #expect(pair.server.received.last?.command == .cancel)
    }

    @Test func `a compound fails as a whole with its first failure`() throws {
        var pair = Pair()
        let (_, _, tree) = try pair.reach()
        pair.server.statuses[.create] = [.objectNameNotFound]
        pair.server.statuses[.read] = [.objectNameNotFound]
        pair.server.statuses[.close] = [.objectNameNotFound]
        let parameters = CreateParameters(name: "a", access: .readData)
        let answer = pair.ask(.compound(tree, parameters, [.read(offset: 0, count: 3), .close]))
        #expect(answer?.status == .objectNameNotFound)
        guard case .compound(let answers)? = answer?.result else {
            Issue.record("three answers were to come")
            return
        }
        #expect(answers.count == 3)
        let flags = pair.server.received.suffix(3).map { $0.flags.contains(.relatedOperations) }
        #expect(flags == [false, true, true])
    }

    @Test func `the state can be copied and compared`() throws {
        var pair = Pair()
        _ = try pair.reach()
        let copy = pair.redirector
        #expect(copy == pair.redirector)
        var other = pair
        _ = try other.reach()
        #expect(copy != other.redirector)
    }
}
