import Foundation
import SambaSupport
import TerminalServer
import Testing

/// The real program against real Samba.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct RunTests {
    private func folder() -> String { "/tmp/gridlock-test-out-\(UUID().uuidString.prefix(8))" }

    private func run(
        _ arguments: [String],
        in namespace: SambaNamespace,
        out: String
    ) throws -> (result: ProgramResult, summary: [String: Any]) {
        let result = try Program.run(
            Program.gridlock,
            ["run", "samba-smoke", "--headless", "--out", out] + arguments,
            environment: namespace.environment
        )
        return (result, try summary(of: out))
    }

    private func summary(of folder: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: folder + "/summary.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func errors(_ summary: [String: Any]) -> Int {
        let operations = summary["operations"] as? [String: [String: Any]] ?? [:]
        return operations.values.reduce(0) { $0 + ($1["errors"] as? Int ?? 0) }
    }

    @Test func `twenty users share one connection per server and make no error`() throws {
        let namespace = try SambaNamespace()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            [
                "run", "samba-smoke", "--headless", "--out", out, "--duration", "3s",
                "--progress", "500ms",
            ],
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "20/20 sessions"))
        #expect(try namespace.connections(to: "ns1") == 1)
        #expect(try namespace.connections(to: "fs1") == 1)
        let result = program.wait()
        #expect(result.code == 0, "\(result.errors)")
        let summary = try summary(of: out)
        #expect(errors(summary) == 0)
        #expect(summary["schema"] as? String == "gridlock.summary/1")
        let sessions = try #require(summary["perSession"] as? [[String: Any]])
        #expect(sessions.count == 20)
        #expect(Set(sessions.compactMap { $0["user"] as? String }).count == 20)
        #expect(sessions.allSatisfy { $0["operations"] as? Int ?? 0 > 10 })
        #expect(result.output.split(separator: "\n").count { $0.hasPrefix("s") } >= 21)
        #expect(try namespace.leftovers().isEmpty)
    }

    @Test func `an encrypted share is reached through its link`() throws {
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let (result, summary) = try run(
            ["--duration", "200ms", "--sessions", "3", "--target", #"\\ns1\dfs\sealed"#],
            in: SambaNamespace.shared.get(),
            out: out
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(errors(summary) == 0)
    }

    @Test func `with a connection a session there are as many as sessions`() throws {
        let namespace = try SambaNamespace()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            [
                "run", "samba-smoke", "--out", out, "--duration", "60s", "--sessions", "4",
                "--connections", "session", "--progress", "300ms",
            ],
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "4/4 sessions"))
        var count = 0
        while count != 4, program.isRunning { count = try namespace.connections(to: "fs1") }
        #expect(count == 4)
        program.signal(SIGINT)
        #expect(program.wait().code == 130)
    }

    @Test func `a wrong password is refused once and named, and the others run`() throws {
        let namespace = try SambaNamespace.shared.get()
        let users = "/tmp/gridlock-test-users-\(UUID().uuidString.prefix(8))"
        let out = folder()
        defer {
            try? FileManager.default.removeItem(atPath: users)
            try? FileManager.default.removeItem(atPath: out)
        }
        let text = "user01:\(SambaNamespace.password)\nuser02:not-the-password\n"
        _ = FileManager.default.createFile(
            atPath: users,
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        let (result, summary) = try run(
            ["--users", users, "--sessions", "4", "--duration", "200ms"],
            in: namespace,
            out: out
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(
            result.errors.contains(
                "SESSION_SETUP of “user02” failed: STATUS_LOGON_FAILURE 0xC000006D"
            )
        )
        #expect(!result.errors.contains("not-the-password"))
        let states = (summary["perSession"] as? [[String: Any]])?.compactMap {
            $0["state"] as? String
        }
        #expect(states == ["ended", "refused", "ended", "refused"])
    }

    @Test func `when everybody is refused the run ends with 77`() throws {
        let namespace = try SambaNamespace.shared.get()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        var environment = namespace.environment
        environment["GRIDLOCK_USERS"] = nil
        environment["GRIDLOCK_PASSWORD"] = "wrong"
        let result = try Program.run(
            Program.gridlock,
            ["run", "samba-smoke", "--user", "user05", "--out", out],
            environment: environment
        )
        #expect(result.code == 77)
        #expect(result.errors.contains("STATUS_LOGON_FAILURE"))
    }

    @Test func `a server that is not there is 69`() throws {
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let (result, _) = try run(
            ["--target", #"\\nobody\data"#],
            in: SambaNamespace.shared.get(),
            out: out
        )
        #expect(result.code == 69)
        #expect(
            result.errors.contains("nobody") && result.errors.contains("STATUS_CONNECTION_REFUSED")
        )
    }

    @Test(arguments: [[SIGINT, 130], [SIGTERM, 143], [SIGHUP, 129]])
    func `a signal ends the run with results and leaves the share clean`(
        _ signalAndCode: [Int32]
    ) throws {
        let (signal, code) = (signalAndCode[0], signalAndCode[1])
        let namespace = try SambaNamespace()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            ["run", "samba-smoke", "--out", out, "--duration", "60s", "--progress", "200ms"],
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "operations"))
        let clock = ContinuousClock.now
        program.signal(signal)
        let result = program.wait()
        #expect(ContinuousClock.now - clock < .seconds(3))
        #expect(result.code == code)
        #expect(try summary(of: out)["exitCode"] as? Int == Int(code))
        #expect(try namespace.leftovers().isEmpty)
    }

    @Test func `a signal ends a run in time though the server is frozen, and says what is left`()
        throws
    {
        let namespace = try SambaNamespace()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            ["run", "samba-smoke", "--out", out, "--duration", "60s", "--progress", "200ms"],
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "20/20 sessions"))
        try namespace.tell("fs1", to: "pause")
        let clock = ContinuousClock.now
        program.signal(SIGINT)
        let result = program.wait()
        #expect(ContinuousClock.now - clock < .seconds(3))
        #expect(result.code == 130)
        #expect(result.errors.contains(#"left below \\ns1\dfs\one\gridlock-"#))
        #expect(result.errors.contains("remove with: gridlock clean \(out)\n"))
        try namespace.tell("fs1", to: "resume")
        #expect(try !namespace.leftovers().isEmpty)
        let clean = try Program.run(
            Program.gridlock,
            ["clean", out],
            environment: namespace.environment
        )
        #expect(clean.code == 0, "\(clean.errors)")
        #expect(try namespace.leftovers().isEmpty)
    }

    @Test func `after kill -9 there are results, and clean leaves the share as it was`() throws {
        let namespace = try SambaNamespace()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            ["run", "samba-smoke", "--out", out, "--duration", "60s", "--progress", "200ms"],
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "20/20 sessions"))
        program.signal(SIGKILL)
        #expect(program.wait().code == 128 + SIGKILL)
        #expect(try !namespace.leftovers().isEmpty)
        #expect(try summary(of: out)["schema"] as? String == "gridlock.summary/1")
        var environment = namespace.environment
        environment["GRIDLOCK_USERS"] = nil
        environment["GRIDLOCK_PASSWORD"] = "wrong"
        let refused = try Program.run(
            Program.gridlock,
            ["clean", out, "--user", "user01"],
            environment: environment
        )
        #expect(refused.code == 77, "\(refused.errors)")
        let clean = try Program.run(
            Program.gridlock,
            ["clean", out],
            environment: namespace.environment
        )
        #expect(clean.code == 0, "\(clean.errors)")
        #expect(try namespace.leftovers().isEmpty)
    }

    @Test func `a server that stays away is told once, and how often at the end`() throws {
        let namespace = try SambaNamespace()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            ["run", "samba-smoke", "--out", out, "--duration", "2s", "--progress", "200ms"],
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "20/20 sessions"))
        try namespace.tell("fs1", to: "kill")
        let result = program.wait()
        let lines = result.errors.split(separator: "\n")
        let refusals = lines.filter { $0.contains("STATUS_CONNECTION_REFUSED") }
        let counts = refusals.filter { $0.hasSuffix(" times more") }
        #expect(refusals.count - counts.count <= 3, "\(result.errors)")
        #expect(counts.contains { $0.contains(" fs1: STATUS_CONNECTION_REFUSED") })
        #expect(lines.count { $0.contains("connection lost: fs1") } == 1)
        #expect(result.errors.contains("remove with: gridlock clean \(out)"))
        #expect(result.code == 99)
    }

    @Test func `a server killed in mid-run costs errors, and the run goes on over the other`()
        throws
    {
        let namespace = try SambaNamespace()
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            [
                "run", "samba-smoke", "--out", out, "--duration", "2s", "--progress", "200ms",
                "--target", #"\\ns1\dfs\two"#,
            ],
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "20/20 sessions"))
        try namespace.tell("fs1", to: "kill")
        let result = program.wait()
        #expect(result.errors.contains("connection lost: fs1"))
        let summary = try summary(of: out)
        // The files were made on fs1: reading them on fs2 fails, listing the root of it does not.
        #expect(errors(summary) > 0)
        #expect(result.code == 99 || result.code == 0)
        let sessions = try #require(summary["perSession"] as? [[String: Any]])
        #expect(sessions.allSatisfy { $0["state"] as? String == "ended" })
    }

    /// On a Dfs share a path is a Dfs path, and a new name all the same one within the share.
    @Test(arguments: [#"\\ns1\dfs\one"#, #"\\fs1\data"#])
    func `every step of the script language does its work on real servers`(_ target: String) throws
    {
        let place = folder()
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let profile = """
            summary: every step once
            target: \(target)
            sessions: 4
            duration: 30s
            files: { count: 2, size: 8KiB }
            script:
              - logon
              - open: { path: '{run}\\a{session}', access: write, lease: RWH }
              - write: { size: 4KiB, count: 2 }
              - flush
              - touch
              - close
              - rename: { from: '{run}\\a{session}', to: '{run}\\b{session}' }
              - stat: { path: '{run}\\a{session}', accepts: STATUS_OBJECT_NAME_NOT_FOUND }
              - open: { path: '{run}\\b{session}', access: update }
              - write: { size: 1KiB, count: 4, offset: random, within: 64KiB }
              - lock: { offset: 0, length: 16 }
              - unlock: { offset: 0, length: 16 }
              - read: { size: 4KiB, count: 2 }
              - close
              - volume: "{run}"
              - list: { path: "{run}", pattern: "b*" }
              - list: { path: "{run}", pattern: "*.none" }
              - notify: "{run}"
              - barrier
              - open: "{file}"
              - read: { size: 4KiB, offset: random }
              - close
              - delete: '{run}\\b{session}'
              - stat: { path: '{run}\\b{session}', accepts: [STATUS_OBJECT_NAME_NOT_FOUND] }
              - logoff
            """
        try Data(profile.utf8).write(to: URL(filePath: place + "/steps.yaml"))
        let namespace = try SambaNamespace()
        let result = try Program.run(
            Program.gridlock,
            ["run", place + "/steps.yaml", "--headless", "--out", place + "/out"],
            environment: namespace.environment
        )
        #expect(result.code == 0, "\(result.errors)")
        let operations = try summary(of: place + "/out")["operations"] as? [String: [String: Any]]
        let expected = [
            "open": 12, "write": 24, "flush": 4, "touch": 4, "close": 12, "rename": 4, "stat": 8,
            "lock": 4, "unlock": 4, "read": 12, "volume": 4, "list": 8, "notify": 4, "delete": 4,
        ]
        for (name, count) in expected {
            #expect(operations?[name]?["count"] as? Int == count, "\(name)")
            #expect(operations?[name]?["errors"] as? Int == 0, "\(name)")
        }
        #expect(try namespace.leftovers().isEmpty)
    }
}
