import Foundation
import SambaSupport
import Testing

/// What the real program says to a profile or a command line that is wrong.
@Suite struct ProfileErrorTests {
    private func check(_ profile: String, _ arguments: [String] = []) throws -> ProgramResult {
        let file = "/tmp/gridlock-test-profile-\(UUID().uuidString.prefix(8)).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try profile.write(toFile: file, atomically: true, encoding: .utf8)
        let result = try Program.run(Program.gridlock, ["check", file] + arguments)
        return ProgramResult(
            code: result.code,
            output: result.output.replacing(file, with: "FILE"),
            errors: result.errors.replacing(file, with: "FILE")
        )
    }

    private static let good = """
        summary: a test
        target: \\\\ns1\\dfs
        script:
          - logon

        """

    @Test(arguments: [
        ("sesions: 3", "FILE:5:1: unknown key “sesions”; did you mean “sessions”?"),
        (
            "sessions: many",
            "FILE:5:11: sessions: expected a whole number from 1 to 100000, found “many”"
        ),
        ("sessions: 0", "FILE:5:11: sessions: expected a whole number"),
        ("duration: 10", "FILE:5:11: duration: expected a duration such as 250ms"),
        (
            "client: fixd",
            "FILE:5:9: client: there is no client model “fixd”; did you mean “fixed”?"
        ),
        ("files: { cuont: 1 }", "FILE:5:10: unknown key “cuont”; did you mean “count”?"),
        (
            "smb: { signing: yes }",
            "FILE:5:17: smb.signing: expected one of as-server-asks, required"
        ),
        ("allow: [\"10.0.0.0/99\"]", "FILE:5:8: allow: expected a host name, an address or a CIDR"),
        ("map: [ns1]", "FILE:5:6: map: expected NAME=ADDRESS[:PORT], found “ns1”"),
        ("smb: { dialect-min: 3.1.1, dialect-max: 2.1 }", "is above smb.dialect-max"),
        ("summary: twice", "stands twice"),
        ("seed: [1, 2]", "expected a text, found a list"),
        ("duration: [", "this is no YAML"),
    ]) func `a wrong profile is 65 and names file, line, column and what was expected`(
        _ line: String,
        _ sentence: String
    ) throws {
        let result = try check(Self.good + line + "\n")
        #expect(result.code == 65, "\(result.errors)")
        #expect(result.errors.contains(sentence), "\(result.errors)")
    }

    @Test(arguments: [
        ("- lgon", "unknown step “lgon”; did you mean “logon”?"),
        ("- open: \"{rnu}\\\\x\"", "unknown name {rnu}; did you mean “run”?"),
        ("- open: { path: x, access: write }", "a run writes only below its own folder"),
        ("- repeat: []", "a repeat has no steps"),
        ("- read: { size: 2MiB }", "a transfer is 1 byte to 1MiB long"),
        ("- think: { uniform: [2s, 1s] }", "the pause ends before it begins"),
        ("- read", "the step “read” needs values"),
        ("- { logon: 1, close: 2 }", "a step has one key, found 2"),
    ]) func `a wrong step is 65 with its place`(_ step: String, _ sentence: String) throws {
        let result = try check(Self.good + "  \(step)\n")
        #expect(result.code == 65, "\(result.errors)")
        #expect(result.errors.contains("FILE:5:"), "\(result.errors)")
        #expect(result.errors.contains(sentence), "\(result.errors)")
    }

    @Test func `a missing profile is 66 with a suggestion`() throws {
        let result = try Program.run(Program.gridlock, ["run", "samba-smok"])
        #expect(result.code == 66)
        #expect(result.errors.contains("did you mean “samba-smoke”?"))
    }

    @Test func `usage is 64, in flags and in variables`() throws {
        #expect(try Program.run(Program.gridlock, ["run", "samba-smoke", "--fly"]).code == 64)
        // A word that is no command is taken for a profile of the default one.
        #expect(try Program.run(Program.gridlock, ["fly"]).code == 66)
        let flag = try check(Self.good, ["--sessions", "x"])
        #expect(flag.code == 64 && flag.errors.contains("--sessions: sessions: expected"))
        let variable = try Program.run(
            Program.gridlock,
            ["check", "samba-smoke"],
            environment: ["GRIDLOCK_SESIONS": "3"]
        )
        #expect(variable.code == 64 && variable.errors.contains("“GRIDLOCK_SESSIONS”"))
        let nobody = try Program.run(Program.gridlock, ["run", "samba-smoke"])
        #expect(nobody.code == 64 && nobody.errors.contains("nobody to log on as"))
    }

    @Test func `check shows each setting with its origin, and the plan`() throws {
        let result = try check(Self.good + "sessions: 7\n", ["--map", "ns1=192.0.2.1"])
        #expect(result.code == 0)
        #expect(result.output.contains("7  (FILE:5:11)"))
        #expect(result.output.contains("(--map)"))
        #expect(result.output.contains("(default)"))
        #expect(result.output.contains("ns1 at 192.0.2.1 port 445 (outside the allowed scope"))
    }

    @Test func `a folder that cannot be written is 73`() throws {
        let users = "/tmp/gridlock-test-users-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: users) }
        _ = FileManager.default.createFile(
            atPath: users,
            contents: Data("a:b".utf8),
            attributes: [.posixPermissions: 0o600]
        )
        let arguments = ["run", "samba-smoke", "--users", users, "--out"]
        let full = try Program.run(Program.gridlock, arguments + ["/tmp"])
        #expect(full.code == 73 && full.errors.contains("the folder /tmp is not empty"))
        let none = try Program.run(Program.gridlock, arguments + ["/proc/gridlock"])
        #expect(none.code == 73 && none.errors.contains("cannot make the folder /proc/gridlock"))
    }

    @Test func `a users file that others can read is refused`() throws {
        let users = "/tmp/gridlock-test-users-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: users) }
        _ = FileManager.default.createFile(
            atPath: users,
            contents: Data("a:secret".utf8),
            attributes: [.posixPermissions: 0o644]
        )
        let result = try Program.run(Program.gridlock, ["run", "samba-smoke", "--users", users])
        #expect(result.code == 64)
        #expect(result.errors.contains("others can read it (mode 644); chmod 600 it"))
        #expect(!result.errors.contains("secret"))
    }

    @Test func `help and version work without anything else`() throws {
        #expect(try Program.run(Program.gridlock, ["--help"]).code == 0)
        #expect(try Program.run(Program.gridlock, ["--version"]).output == "0.1.0\n")
    }

    @Test func `every profile of the folder is built in, and can be checked`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path("profiles"))
            .filter { $0.hasSuffix(".yaml") }.map { $0.dropLast(5) }.sorted()
        let listed = try Program.run(Program.gridlock, ["profiles"]).output
            .split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(listed == files)
        for name in listed {
            #expect(try Program.run(Program.gridlock, ["check", String(name)]).code == 0)
        }
    }
}
