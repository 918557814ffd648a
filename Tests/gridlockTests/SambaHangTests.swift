import Credentials
import Foundation
import NIOCore
import NIOPosix
import Redirector
import SMBWire
import SambaSupport
import Testing

/// What the watchdog says of hangs at real Samba servers.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct SambaHangTests {
    /// Sessions that read files of their own through one link, all on one connection.
    private static let readers = """
          - logon
          - repeat:
              - open: '{run}\\f{session}.dat'
              - read: { size: 1KiB, count: 2 }
              - close
              - think: 20ms
        """

    /// Two sessions of which each locks one of two files, then the other's.
    private static func crossing(_ one: String, _ other: String) -> String {
        """
          - logon
          - choose:
              - steps:
                  - open: '\(one){run}\\f0.dat'
                  - lock: { offset: 0, length: 10 }
                  - barrier
                  - open: { path: '\(one){run}\\f1.dat', beside: true }
                  - lock: { offset: 100, length: 10 }
              - steps:
                  - open: '\(other){run}\\f1.dat'
                  - lock: { offset: 105, length: 10 }
                  - barrier
                  - open: { path: '\(other){run}\\f0.dat', beside: true }
                  - lock: { offset: 5, length: 10 }
        """
    }

    @Test(arguments: ["", #"\\ns1\dfs\nested\deep\"#])
    func `byte ranges taken crosswise are a proved deadlock, by one link or by two`(
        other: String
    ) throws {
        let place = try HangPlace("sessions: 2\nseed: 1", script: Self.crossing("", other))
        let namespace = try SambaNamespace.shared.get()
        let result = try place.start(in: namespace).wait()
        #expect(result.code == 98, "\(result.errors)")
        #expect(result.errors.contains("deadlock: S0 and S1 wait for each other"))
        let dump = try place.dump(of: "deadlock")
        #expect(dump.contains("  DEADLOCK  proved"))
        for range in ["F0.DAT] 0+10 X", "F0.DAT] 5+10 X", "F1.DAT] 100+10 X", "F1.DAT] 105+10 X"] {
            #expect(dump.contains(range), "\(dump)")
        }
        let address = try #require(namespace.addresses["fs1"])
        #expect(dump.contains(" -> \(address):445"))
    }

    @Test func `a frozen server is dead, and when it thaws the run goes on`() throws {
        let place = try HangPlace("sessions: 4\nduration: 60s", script: Self.readers)
        let namespace = try SambaNamespace()
        let program = try place.start(in: namespace, ["--progress", "200ms"])
        #expect(program.awaitLine(containing: "4/4 sessions"))
        try namespace.tell("fs1", to: "pause")
        #expect(program.awaitLine(containing: "  DEAD SERVER  "))
        try namespace.tell("fs1", to: "resume")
        #expect(program.awaitLine(containing: " (dead server) is over after "))
        program.signal(SIGINT)
        let result = program.wait()
        #expect(result.code == 97, "\(result.errors)")
        #expect(!result.errors.contains("DEADLOCK"))
        #expect(result.errors.contains("from fs1 the last bytes came"))
        _ = try place.dump(of: "dead server")
        let states = try place.summary()["perSession"] as? [[String: Any]]
        #expect(states?.allSatisfy { $0["state"] as? String == "ended" } == true)
    }

    @Test func `an answer that never arrives is a lost response, and its request is named`()
        async throws
    {
        let place = try HangPlace("sessions: 4\nduration: 7s", script: Self.readers)
        let namespace = try SambaNamespace.shared.get()
        let (ns1, fs1) = (
            try #require(namespace.addresses["ns1"]), try #require(namespace.addresses["fs1"])
        )
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let lost = OneAnswer(30, to: .read)
        let relay = try await Relay.listen(
            on: "127.0.0.1",
            to: fs1,
            group: group,
            swallowing: { lost.isIt($0) }
        )
        let port = try #require(relay.localAddress?.port)
        let map = ["GRIDLOCK_MAP": "ns1=\(ns1),fs1=127.0.0.1:\(port)"]
        let result = try await NIOThreadPool.singleton.runIfActive {
            try place.start(in: namespace, environment: map).wait()
        }
        try await relay.close()
        try await group.shutdownGracefully()
        #expect(result.code == 97, "\(result.errors)")
        let messageID = try #require(lost.messageID)
        let dump = try place.dump(of: "lost response")
        #expect(dump.contains(#"why:    READ of \\ns1\dfs\one\gridlock-"#))
        #expect(dump.contains("(MessageId \(messageID)) was sent "))
        #expect(dump.contains("3 not held up by it"))
    }

    @Test func `a break that waits for the open's own slot is named, with its 35 seconds`()
        throws
    {
        let place = try HangPlace(
            "sessions: 2\nclient: q233082\nduration: 7s",
            script: """
                  - logon
                  - barrier
                  - open: { path: '{run}\\f0.dat', oplock: batch }
                  - think: 1s
                """
        )
        let result = try place.start(in: SambaNamespace.shared.get()).wait()
        #expect(result.code == 97, "\(result.errors)")
        let dump = try place.dump(of: "temporary deadlock")
        #expect(dump.contains("  TEMPORARY DEADLOCK  proved"))
        #expect(dump.contains("ends:   by OplockBreakWait (35 s) at +35."))
        #expect(dump.contains("acknowledge break"))
    }

    @Test func `an open that waits for a stranger's lease is named, with the 35 seconds`() throws {
        let namespace = try SambaNamespace()
        let address = try #require(namespace.addresses["fs1"])
        let user = User(domain: nil, name: "user01", secret: Secret(SambaNamespace.password))
        let holder = Conversation(address: address, users: [user])
        var parameters = CreateParameters(
            name: "hello.txt",
            access: .readData,
            options: .nonDirectoryFile
        )
        parameters.lease = [.readCaching, .writeCaching, .handleCaching]
        _ = try holder.open(parameters, try holder.reach("data", of: "fs1"))
        let place = try HangPlace(
            "sessions: 1\nread-only: true\nduration: 7s",
            files: "",
            script: "  - logon\n  - open: hello.txt"
        )
        let result = try place.start(in: namespace).wait()
        #expect(result.code == 97, "\(result.errors)")
        let dump = try place.dump(of: "slow server", at: "hello.txt (MessageId ")
        #expect(dump.contains(#"why:    CREATE of \\ns1\dfs\one\hello.txt (MessageId "#))
        #expect(dump.contains("STATUS_PENDING has come for it"))
        #expect(dump.contains("owes a lease or oplock break (OplockBreakWait, 35 s)"))
        #expect(!dump.contains("DEAD"))
    }

    @Test func `a READ that stands still in the server is blamed alone`() throws {
        let place = try HangPlace("sessions: 4\nduration: 60s", script: Self.readers)
        let namespace = try SambaNamespace(hasStalls: true)
        let program = try place.start(in: namespace, ["--progress", "200ms"])
        #expect(program.awaitLine(containing: "4/4 sessions"))
        try namespace.holdReads(of: "f1.dat")
        #expect(program.awaitLine(containing: #"f1.dat (MessageId "#))
        try namespace.releaseReads()
        #expect(program.awaitLine(containing: " (slow server) is over after "))
        program.signal(SIGINT)
        #expect(program.wait().code == 97)
        let dump = try place.dump(of: "slow server", at: #"f1.dat (MessageId "#)
        #expect(dump.contains("root:   1 session.  behind: 0 of 4 sessions.  3 not held up by it."))
        #expect(dump.contains("fs1 answers later ones: it alone is held up in the server"))
    }
}

/// A profile of its own, and what a run of it leaves.
private final class HangPlace: Sendable {
    let path = "/tmp/gridlock-test-hang-\(UUID().uuidString.prefix(8))"

    init(
        _ settings: String,
        files: String = "files: { count: 4, size: 4KiB }",
        script: String
    )
        throws
    {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // Long enough that a busy machine's disk, for which smbd waits, is no hang of its own.
        let profile = """
            summary: a hang
            target: \\\\ns1\\dfs\\one
            stall-after: 5s
            grace: 500ms
            \(settings)
            \(files)
            script:
            \(script)
            """
        try Data(profile.utf8).write(to: URL(filePath: path + "/hang.yaml"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func start(
        in namespace: SambaNamespace,
        _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws -> RunningProgram {
        try RunningProgram(
            Program.gridlock,
            ["run", path + "/hang.yaml", "--headless", "--out", path + "/out"] + arguments,
            environment: namespace.environment.merging(environment) { $1 }
        )
    }

    /// The dump of the one hang with this verdict that names `what`.
    ///
    /// Beside it a machine whose disk stands still may only have made a server slow.
    func dump(of verdict: String, at what: String = "") throws -> String {
        let hangs = try hangs()
        let verdicts = hangs.compactMap { $0["verdict"] as? String }
        #expect(verdicts.allSatisfy { [verdict, "slow server"].contains($0) }, "\(hangs)")
        let dumps = try hangs.filter { $0["verdict"] as? String == verdict }
            .map { try dump(number: try #require($0["id"] as? Int)) }
            .filter { what.isEmpty || $0.contains(what) }
        #expect(dumps.count == 1, "\(hangs)")
        return try #require(dumps.first)
    }

    private func dump(number: Int) throws -> String {
        let name = String(format: "%04d.txt", number)
        return try String(contentsOfFile: path + "/out/hangs/" + name, encoding: .utf8)
    }

    func summary() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: path + "/out/summary.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    func hangs() throws -> [[String: Any]] {
        try summary()["hangs"] as? [[String: Any]] ?? []
    }
}
