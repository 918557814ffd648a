import Credentials
import Foundation
import Primitives
import Redirector
import SMBWire
import SambaSupport
import Testing

/// The redirector, one request at a time, against a real smbd.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct RedirectorAgainstSambaTests {
    private static let users = (1...3).map {
        User(domain: nil, name: "user0\($0)", secret: Secret(SambaNamespace.password))
    }

    private func settings(_ dialects: [Dialect] = Dialect.all) -> RedirectorSettings {
        var settings = RedirectorSettings(clientGUID: .zero)
        settings.dialects = dialects
        return settings
    }

    private typealias Place = Conversation.Place

    private func reach(
        _ conversation: Conversation,
        user: Int = 0,
        on known: ConnectionNumber? = nil
    ) throws -> Place {
        try conversation.reach("data", of: "fs1", user: user, on: known)
    }

    private func open(
        _ parameters: CreateParameters,
        _ place: Place,
        _ conversation: Conversation
    ) throws -> OpenNumber {
        try conversation.open(parameters, place)
    }

    private func file(
        _ name: String,
        _ access: AccessMask = [.readData, .writeData]
    )
        -> CreateParameters
    {
        CreateParameters(
            name: name,
            access: access,
            disposition: .openIf,
            options: .nonDirectoryFile
        )
    }

    @Test func `what smbclient puts is read back, and the other way round`() throws {
        let namespace = try SambaNamespace.shared.get()
        let conversation = Conversation(
            address: try #require(namespace.addresses["fs1"]),
            users: Self.users
        )
        let place = try reach(conversation)
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let local = "/tmp/gridlock-test-file-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: local) }
        try Data(bytes).write(to: URL(filePath: local))
        let put = try namespace.smbclient("fs1", "data", "put \(local) theirs.dat")
        #expect(put.code == 0, "\(put.output)")
        let theirs = try open(file("theirs.dat", .readData), place, conversation)
        let read = try conversation.ask(.read(theirs, offset: 0, count: 100_000))
        #expect(read.result == .bytes(bytes[...]))
        let ours = try open(file("ours.dat"), place, conversation)
        let written = try conversation.ask(.write(ours, offset: 0, bytes))
        #expect(written.result == .written(100_000))
        #expect(try conversation.ask(.close(ours)).isSuccess)
        let get = try namespace.smbclient("fs1", "data", "get ours.dat \(local)")
        #expect(get.code == 0, "\(get.output)")
        #expect(try Data(contentsOf: URL(filePath: local)) == Data(bytes))
    }

    @Test func `a lease break is acknowledged, and the waiter goes on at once`() throws {
        let namespace = try SambaNamespace.shared.get()
        let address = try #require(namespace.addresses["fs1"])
        let holder = Conversation(address: address, users: Self.users)
        let waiter = Conversation(address: address, users: Self.users)
        var parameters = file("leased.dat")
        parameters.lease = [.readCaching, .writeCaching, .handleCaching]
        let held = try open(parameters, try reach(holder), holder)
        let place = try reach(waiter, user: 1)
        let tag = try waiter.submit(.create(place.tree, file("leased.dat")))
        guard
            case .broke(let notice) = try holder.awaitNotice({
                if case .broke = $0 { true } else { false }
            })
        else { return }
        #expect(notice.open == held && notice.requiresAcknowledgement)
        guard case .lease(_, let state) = notice.change else {
            Issue.record("a lease was to break")
            return
        }
        #expect(try holder.ask(.acknowledgeBreak(held, .lease(state))).isSuccess)
        let answer = try waiter.answer(to: tag)
        #expect(answer.isSuccess)
        #expect(answer.times.answered.nanoseconds(since: answer.times.created) < 20_000_000_000)
    }

    @Test func `a durable open is taken up again after the connection was cut`() throws {
        let namespace = try SambaNamespace.shared.get()
        let conversation = Conversation(
            address: try #require(namespace.addresses["fs1"]),
            users: Self.users
        )
        let first = try reach(conversation)
        var parameters = file("durable.dat")
        parameters.lease = [.readCaching, .writeCaching, .handleCaching]
        parameters.isDurable = true
        let open = try open(parameters, first, conversation)
        #expect(try conversation.ask(.write(open, offset: 0, [1, 2, 3])).isSuccess)
        try conversation.cut(first.connection)
        #expect(!conversation.redirector.isAlive(open))
        let second = try reach(conversation)
        let again = try conversation.ask(.reopen(open, second.tree))
        #expect(again.isSuccess, "\(again.sentence ?? "")")
        let read = try conversation.ask(.read(open, offset: 0, count: 10))
        #expect(read.result == .bytes([1, 2, 3]))
    }

    @Test func `a lost connection answers everything once, and a new one works`() throws {
        let namespace = try SambaNamespace.shared.get()
        let conversation = Conversation(
            address: try #require(namespace.addresses["fs1"]),
            users: Self.users
        )
        let place = try reach(conversation)
        let first = try open(file("locked.dat"), place, conversation)
        let second = try open(file("locked.dat"), place, conversation)
        let lock = LockElement(offset: 0, length: 1, flags: .exclusive)
        #expect(try conversation.ask(.lock(first, [lock])).isSuccess)
        let waiting = try conversation.submit(.lock(second, [lock]))
        #expect(try conversation.ask(.echo(place.connection)).isSuccess)
        try conversation.cut(place.connection)
        #expect(try conversation.answer(to: waiting).status == .connectionReset)
        #expect(try conversation.ask(.close(first)).status == .networkNameDeleted)
        _ = try reach(conversation)
    }

    @Test func `a waiting lock is cancelled`() throws {
        let namespace = try SambaNamespace.shared.get()
        let conversation = Conversation(
            address: try #require(namespace.addresses["fs1"]),
            users: Self.users
        )
        let place = try reach(conversation)
        let first = try open(file("cancelled.dat"), place, conversation)
        let second = try open(file("cancelled.dat"), place, conversation)
        let lock = LockElement(offset: 5, length: 1, flags: .exclusive)
        #expect(try conversation.ask(.lock(first, [lock])).isSuccess)
        let waiting = try conversation.submit(.lock(second, [lock]))
        // An answered ECHO behind it shows that the lock has gone out.
        #expect(try conversation.ask(.echo(place.connection)).isSuccess)
        try conversation.cancel(waiting)
        #expect(try conversation.answer(to: waiting).status == .cancelled)
    }

    @Test func `a compound opens, reads and closes in one round trip`() throws {
        let namespace = try SambaNamespace.shared.get()
        let conversation = Conversation(
            address: try #require(namespace.addresses["fs1"]),
            users: Self.users
        )
        let place = try reach(conversation)
        let answer = try conversation.ask(
            .compound(
                place.tree,
                file("hello.txt", .readData),
                [.read(offset: 0, count: 5), .close]
            )
        )
        guard case .compound(let answers) = answer.result else {
            Issue.record("\(answer)")
            return
        }
        #expect(answers.map(\.status) == [.success, .success, .success])
        #expect(answers[1].result == .bytes(Array("hello".utf8)[...]))
        var missing = file("no-such-file", .readData)
        missing.disposition = .open
        let failed = try conversation.ask(
            .compound(place.tree, missing, [.read(offset: 0, count: 5), .close])
        )
        #expect(failed.status == .objectNameNotFound)
    }

    @Test(arguments: [Dialect.smb300, .smb302])
    func `a dialect lowered on the way is noticed by validate-negotiate`(
        _ dialect: Dialect
    ) throws {
        let namespace = try SambaNamespace.shared.get()
        let conversation = Conversation(
            address: try #require(namespace.addresses["fs1"]),
            users: Self.users,
            settings: settings([.smb202, .smb210, dialect])
        )
        // The dialects above 2.1 are taken out of the NEGOTIATE request.
        conversation.tamper = { bytes in
            guard bytes.count > 108, bytes[16] == 0, bytes[17] == 0 else { return bytes }
            var lowered = bytes
            let count = Int(bytes[4 + 66])
            for index in 0..<count where bytes[4 + 101 + 2 * index] >= 3 {
                (lowered[4 + 100 + 2 * index], lowered[4 + 101 + 2 * index]) = (0x10, 0x02)
            }
            return lowered
        }
        let connected = try conversation.ask(.connect(server: "fs1"))
        guard case .connection(let connection) = connected.result else {
            throw Conversation.Broken(sentence: connected.sentence ?? "")
        }
        let logon = try conversation.ask(.logon(connection, user: 0))
        guard case .smbSession(let session) = logon.result else {
            throw Conversation.Broken(sentence: logon.sentence ?? "")
        }
        let share = UNCPath(components: ["fs1", "data"])
        let reached = try conversation.ask(.treeConnect(session, share: share))
        // Samba drops the connection when the question does not fit its own memory.
        #expect(!reached.isSuccess)
    }

    @Test func `many users share one connection, each with a key of its own`() throws {
        let namespace = try SambaNamespace.shared.get()
        let conversation = Conversation(
            address: try #require(namespace.addresses["fs1"]),
            users: Self.users
        )
        let first = try reach(conversation)
        for user in 1..<3 {
            let place = try reach(conversation, user: user, on: first.connection)
            _ = try open(file("hello.txt", .readData), place, conversation)
        }
        #expect(try conversation.ask(.logoff(first.session)).isSuccess)
        let gone = try conversation.ask(.create(first.tree, file("hello.txt", .readData)))
        #expect(gone.status == .networkNameDeleted)
    }
}
