import Crypto
import Emulator
import Primitives
import Redirector
import SMBWire
import Testing

/// SESSION_SETUP, LOGOFF and what protects requests ([MS-SMB2] 3.3.5.2.4 on, 3.3.5.5, 3.3.5.6).
@Suite struct SessionTests {
    @Test func `a wrong password is refused, and the connection stays`() throws {
        var pair = ServerPair()
        pair.passwords[0] = "wrong"
        let connection = try pair.connect()
        #expect(pair.ask(.logon(connection, user: 0))?.status == .logonFailure)
        #expect(pair.server.sessionsAlive == 0)
        #expect(throws: Never.self) { try pair.logon(connection, user: 1) }
    }

    @Test func `several users share a connection, and one leaves alone`() throws {
        var pair = ServerPair()
        let (connection, first, tree) = try pair.reach()
        let second = try pair.logon(connection, user: 1)
        let other = try pair.tree(second)
        let open = try pair.open(other)
        #expect(pair.ask(.logoff(first))?.status == .success)
        #expect(pair.ask(.read(open, offset: 0, count: 10))?.status == .success)
        #expect(throws: (any Error).self) { try pair.open(tree) }
        #expect(pair.server.sessionsAlive == 1)
    }

    @Test func `a user who comes back ends the SMB session that was lost`() throws {
        var pair = ServerPair()
        let (connection, _, tree) = try pair.reach()
        _ = try pair.open(tree, share: [])
        // The client's end breaks, and the server does not learn of it.
        var effects: [RedirectorEffect] = []
        pair.redirector.transportClosed(
            connection,
            .connectionReset,
            sentence: "reset",
            at: pair.now,
            into: &effects
        )
        #expect(pair.server.sessionsAlive == 1)
        let again = try pair.reach()
        #expect(pair.server.sessionsAlive == 1)
        #expect(throws: Never.self) { try pair.open(again.tree, share: []) }
    }

    @Test func `an SMB session that is too old authenticates again, and goes on`() throws {
        var pair = ServerPair({ $0.servers[0].sessionLife = .seconds(60) })
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree)
        pair.now = pair.now + .seconds(61)
        pair.frames = []
        #expect(pair.ask(.read(open, offset: 0, count: 10))?.status == .success)
        #expect(
            pair.headers.map(\.status) == [
                .networkSessionExpired, .moreProcessingRequired, .success, .success,
            ]
        )
        #expect(pair.ask(.close(open))?.status == .success)
    }

    @Test(arguments: [Command.close, .lock, .logoff])
    func `what ends something is done for an expired SMB session`(_ command: Command) {
        var client = RawClient.inShare { $0.servers[0].sessionLife = .seconds(60) }
        let file = client.open("a")
        client.now = client.now + .seconds(60)
        let echo = client.ask(client.header(.echo), .empty(EmptyBody()))
        #expect(echo?.status == .networkSessionExpired)
        let body: AnyBody =
            switch command {
            case .close: .closeRequest(CloseRequest(fileID: file))
            case .lock: RawClient.lock(file, waits: false)
            default: .empty(EmptyBody())
            }
        #expect(client.ask(client.header(command), body)?.status == .success)
    }

    @Test func `a stranger becomes a guest where the server allows that`() throws {
        var pair = ServerPair(
            { $0.servers[0].strangers = .guest },
            client: { $0.allowsGuest = true }
        )
        pair.passwords[0] = "wrong"
        let (_, _, tree) = try pair.reach()
        _ = try pair.open(tree)
        #expect(pair.headers.allSatisfy { !$0.flags.contains(.signed) })
    }

    @Test func `a server that wants signatures has no guests`() throws {
        var pair = ServerPair(
            {
                $0.servers[0].strangers = .guest
                $0.servers[0].requiresSigning = true
            },
            client: { $0.allowsGuest = true }
        )
        pair.passwords[0] = "wrong"
        let connection = try pair.connect()
        #expect(pair.ask(.logon(connection, user: 0))?.status == .logonFailure)
    }

    @Test(arguments: [Dialect.smb210, .smb302, .smb311])
    func `a changed request is refused, and the connection stays`(_ dialect: Dialect) throws {
        var pair = ServerPair({
            $0.servers[0].dialects = [dialect]
            $0.servers[0].requiresSigning = true
        })
        let (connection, _, tree) = try pair.reach()
        pair.frames = []
        pair.tamper = { bytes in
            var bytes = bytes
            bytes[bytes.count - 1] ^= 1
            return bytes
        }
        _ = pair.ask(.create(tree, CreateParameters(name: "a", access: .readData)))
        #expect(pair.headers.map(\.status) == [.accessDenied])
        pair.tamper = { $0 }
        #expect(pair.ask(.echo(connection))?.status == .success)
    }

    @Test func `an unsigned request is refused where signatures are required`() throws {
        var pair = ServerPair({ $0.servers[0].requiresSigning = true })
        let (_, _, tree) = try pair.reach()
        pair.frames = []
        pair.tamper = { bytes in
            var bytes = bytes
            bytes[DirectTCP.prefixSize + 16] &= ~8
            return bytes
        }
        _ = pair.ask(.create(tree, CreateParameters(name: "a", access: .readData)))
        #expect(pair.headers.map(\.status) == [.accessDenied])
    }

    @Test func `a TREE_CONNECT of 3.1.1 must be proved`() throws {
        var pair = ServerPair()
        let connection = try pair.connect()
        let session = try pair.logon(connection)
        pair.tamper = { bytes in
            var bytes = bytes
            bytes[DirectTCP.prefixSize + 16] &= ~8
            return bytes
        }
        #expect(throws: (any Error).self) { try pair.tree(session) }
        #expect(pair.reasons == ["TREE_CONNECT of 3.1.1 is neither signed nor encrypted"])
    }

    @Test func `what was sealed and changed ends the connection`() throws {
        var pair = ServerPair({ $0.servers[0].requiresEncryption = true })
        let (_, _, tree) = try pair.reach()
        pair.tamper = { bytes in
            var bytes = bytes
            bytes[bytes.count - 1] ^= 1
            return bytes
        }
        #expect(throws: (any Error).self) { try pair.open(tree) }
        #expect(pair.reasons == ["an encrypted message could not be opened"])
        #expect(pair.server.openConnections.isEmpty)
    }

    @Test func `an open request is refused in an encrypted SMB session`() throws {
        var pair = ServerPair({ $0.servers[0].requiresEncryption = true })
        let (connection, _, _) = try pair.reach()
        let sealed = try #require(pair.frames.last)
        var reader = ByteReader(sealed, in: DirectTCP.prefixSize..<sealed.count)
        let session = try TransformHeader(from: &reader).sessionID
        var header = Header(command: .treeDisconnect, messageID: MessageID(400))
        header.sessionID = session
        header.treeID = TreeID(1)
        var effects: [ServerEffect] = []
        pair.server.received(
            connection.rawValue,
            RawClient.frame([(header, .empty(EmptyBody()))]),
            at: .zero,
            into: &effects
        )
        guard case .send(_, let frame)? = effects.first else {
            Issue.record("no answer but \(effects)")
            return
        }
        let range = DirectTCP.prefixSize..<frame.count
        #expect(try Message.all(of: frame, in: range).map(\.header.status) == [.accessDenied])
    }

    @Test func `a client that cannot encrypt does not get in where that is required`() {
        var client = RawClient([.smb210]) { $0.servers[0].requiresEncryption = true }
        client.negotiate()
        client.logon()
        #expect(client.frames.last?.map(\.status) == [.accessDenied])
    }

    @Test func `an unknown SMB session is told so`() {
        var client = RawClient.inShare()
        client.session = SMBSessionID(99)
        let reply = client.ask(client.header(.treeDisconnect), .empty(EmptyBody()))
        #expect(reply?.status == .userSessionDeleted)
    }

    @Test func `an SMB session is used on its own connection only`() throws {
        let client = RawClient.inShare()
        var other = RawClient(client.server, number: 2)
        other.negotiate()
        other.session = client.session
        other.tree = client.tree
        let reply = other.ask(other.header(.treeDisconnect), .empty(EmptyBody()))
        #expect(reply?.status == .userSessionDeleted)
    }

    @Test func `a second channel is not accepted`() {
        var client = RawClient.inShare()
        let setup = SessionSetupRequest(
            isBinding: true,
            securityMode: .signingEnabled,
            capabilities: [],
            previousSessionID: .none,
            token: [1]
        )
        client.session = SMBSessionID(77)
        let reply = client.ask(client.header(.sessionSetup), .sessionSetupRequest(setup))
        #expect(reply?.status == .requestNotAccepted)
    }

    @Test func `LOGOFF answers what waits before itself`() {
        var client = RawClient.inShare()
        let directory = client.open("dir", options: .directoryFile)
        let first = client.open("a")
        let second = client.open("a")
        client.ask(client.header(.lock), RawClient.lock(second))
        client.ask(client.header(.lock), RawClient.lock(first))
        client.ask(client.header(.changeNotify), RawClient.notify(directory))
        #expect(client.server.waits.map(\.command) == [.lock, .changeNotify])
        let before = client.frames.count
        client.ask(client.header(.logoff), .empty(EmptyBody()))
        let last = client.frames[before...].flatMap { $0 }
        #expect(
            last.map(\.header.command) == [.changeNotify, .lock, .logoff]
        )
        #expect(last.map(\.status) == [.notifyCleanup, .rangeNotLocked, .success])
        #expect(client.server.waits.isEmpty)
    }

    @Test func `a connection that is lost takes its SMB sessions along`() throws {
        var pair = ServerPair()
        let (connection, _, tree) = try pair.reach()
        _ = try pair.open(tree, share: [])
        pair.close(connection)
        #expect(pair.server.sessionsAlive == 0)
        #expect(pair.server.openConnections.isEmpty)
        let again = try pair.reach()
        #expect(throws: Never.self) { try pair.open(again.tree, share: []) }
    }
}
