import Primitives
import Redirector
import SMBWire
import ServerSupport
import TerminalServer
import Testing
import Watchdog

@Suite struct WaitSnapshotTests {
    private func path(_ text: String) throws -> PathTemplate { try PathTemplate(text) }

    @Test func `a request that is out carries its ids, path, ends and when it was sent`() throws {
        var rig = try SnapshotRig([.open(path("a.txt"), .read)], sessions: 1)
        rig.server.silent = [.create]
        rig.start()
        rig.pass(.seconds(2))
        let snapshot = rig.snapshot
        let request = try #require(snapshot.requests.first)
        let header = try #require(rig.server.received.last)
        #expect(snapshot.names[request.operation] == "CREATE")
        #expect(snapshot.names[request.path].hasSuffix("a.txt"))
        let connection = snapshot.connections[Int(request.connection)]
        #expect(snapshot.names[connection.tuple] == SnapshotRig.tuple)
        #expect(request.sessionID == header.sessionID.rawValue)
        #expect(request.treeID == header.treeID.rawValue)
        #expect(request.messageID == header.messageID.rawValue)
        #expect(request.sent == .zero && snapshot.waits.map(\.since) == [.zero])
    }

    @Test func `an open that is never answered is a dead server, nothing more`() throws {
        var rig = try SnapshotRig([.open(path("a.txt"), .read)])
        rig.server.silent = [.create]
        rig.start()
        rig.pass(.seconds(11))
        #expect(rig.verdicts == [.deadServer])
    }

    @Test func `a NEGOTIATE that is never answered was sent all the same`() throws {
        var rig = try SnapshotRig([.logon]) { $0.redirector.connectLimit = .seconds(60) }
        rig.server.silent = [.negotiate]
        rig.start()
        rig.pass(.seconds(11))
        #expect(rig.verdicts == [.deadServer])
    }

    @Test func `a TCP connect that is never answered is a dead server`() throws {
        var rig = try SnapshotRig([.logon]) { $0.redirector.connectLimit = .seconds(60) }
        rig.accepts = false
        rig.start()
        rig.pass(.seconds(11))
        #expect(rig.verdicts == [.deadServer])
    }

    @Test func `what waits for a credit waits for those who have them`() throws {
        var rig = try SnapshotRig([.logon, .stat(path("a.txt"))], sessions: 6) {
            $0.redirector.creditReserve = 0
        }
        rig.server.silent = [.create]
        rig.server.grant = 1
        rig.start()
        rig.pass(.seconds(11))
        let snapshot = rig.snapshot
        let credits = snapshot.resources.filter { $0.kind == .credits }
        #expect(credits.map(\.units) == [1])
        #expect(rig.verdicts == [.deadServer])
    }

    @Test func `a request of several credits needs them all`() throws {
        var rig = try SnapshotRig(
            [
                .logon, .open(path("a.txt"), .read), .barrier,
                .read(size: 200_000, count: 1, .random),
            ],
            sessions: 3
        ) {
            $0.redirector.creditReserve = 1
            $0.redirector.creditTarget = 6
        }
        rig.server.silent = [.read]
        rig.start()
        rig.pass(.seconds(11))
        let snapshot = rig.snapshot
        let credits = try #require(snapshot.resources.first { $0.kind == .credits })
        let place = Int32(snapshot.resources.firstIndex(of: credits) ?? -1)
        let holds = snapshot.holds.filter { $0.resource == place }
        let waits = snapshot.waits.filter { $0.resource == place }
        #expect(credits.reserve == 1)
        #expect(holds.allSatisfy { $0.units >= 4 } && waits.map(\.units) == [4, 4])
        #expect(rig.verdicts == [.deadServer])
    }

    @Test(arguments: [UInt64?.some(9), nil])
    func `two paths to one file are one file, if the server numbers it`(diskID: UInt64?) throws {
        var rig = try SnapshotRig([
            .open(path("{session}.txt"), .read), .lock(offset: 0, length: 10, waits: true),
            .think(.fixed(.seconds(50))),
        ])
        rig.server.diskID = diskID
        // The first has the range, the second is told to wait.
        rig.server.statuses[.lock] = [.success, .pending]
        rig.start()
        rig.pass(.seconds(1))
        let snapshot = rig.snapshot
        let wait = try #require(snapshot.waits.first)
        #expect(snapshot.waits.count == 1 && snapshot.holds.count == 1)
        #expect(snapshot.resources[Int(wait.resource)].kind == .ranges)
        #expect((snapshot.holds.first?.resource == wait.resource) == (diskID != nil))
    }

    @Test func `two breaks of one session are acknowledged one after the other`() throws {
        var options = Step.OpenOptions()
        options.oplock = .batch
        var second = options
        second.isBeside = true
        var rig = try SnapshotRig(
            [
                .open(path("a.txt"), .read, options), .open(path("b.txt"), .read, second),
                .think(.fixed(.seconds(50))),
            ],
            sessions: 1
        )
        rig.server.oplock = .batch
        rig.start()
        rig.deliver(rig.server.files.map { rig.server.breaking($0, to: .none) })
        #expect(rig.server.received.count { $0.command == .oplockBreak } == 2)
        #expect(rig.server.acknowledged == rig.server.files)
        #expect(rig.snapshot.waits.isEmpty)
    }

    @Test func `a session that died is not asked to log off`() throws {
        var exits = Step.OpenOptions()
        exits.exits = true
        var rig = try SnapshotRig(
            [.logon, .open(path("a.txt"), .read, exits)],
            sessions: 1,
            model: .kb841827
        )
        rig.start()
        rig.pass(.seconds(200))
        #expect(rig.host.isFinished)
    }
}
