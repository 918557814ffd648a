import Foundation
import SambaSupport
import Testing

/// Every command of the README is run as it stands there, in a folder of its own.
///
/// `scripts/gridlock` builds before it runs, which the tests have done, so that here it is the
/// program itself; `scripts/test` is this.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct ReadmeTests {
    private struct Block {
        let language: String
        let text: String

        /// One command a line; a backslash at the end goes on.
        var commands: [String] {
            text.replacing("\\\n", with: " ").split(separator: "\n").map { String($0) }
        }
    }

    private static func blocks() throws -> [Block] {
        let readme = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        var blocks: [Block] = []
        for piece in readme.components(separatedBy: "```").enumerated()
        where piece.offset % 2 == 1 {
            let lines = piece.element.split(separator: "\n", maxSplits: 1)
            blocks.append(Block(language: String(lines[0]), text: String(lines[1])))
        }
        return blocks
    }

    /// A namespace that has the names of the README's example.
    private static let example = #"""
        summary: the README's namespace
        target: \\ns1.example.com\dfs\projects
        namespace:
          servers:
            ns1.example.com: {}
            fs1.example.com: { shares: { projects: {} } }
          roots:
            \\ns1.example.com\dfs: { links: { projects: \\fs1.example.com\projects } }
        script: [logon]
        """#

    private func folder(users: String) throws -> String {
        let place = "/tmp/gridlock-readme-\(UUID().uuidString.prefix(8))"
        let files = FileManager.default
        try files.createDirectory(atPath: place + "/scripts", withIntermediateDirectories: true)
        try files.createSymbolicLink(
            atPath: place + "/scripts/gridlock",
            withDestinationPath: Program.gridlock
        )
        for name in ["setup", "samba-namespace", "samba-common"] {
            try files.createSymbolicLink(
                atPath: place + "/scripts/" + name,
                withDestinationPath: Repository.path("scripts/" + name)
            )
        }
        _ = files.createFile(
            atPath: place + "/users.txt",
            contents: Data(users.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        return place
    }

    @Test func `every command of the README does what it says`() throws {
        let users = "alice:emulated\nbob:emulated\n"
        let place = try folder(users: users)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let served = try ServedNamespace(
            profile: Self.example,
            servers: ["ns1.example.com", "fs1.example.com"],
            arguments: ["--users", place + "/users.txt"]
        )
        var environment = ["GRIDLOCK_PASSWORD": "emulated"]
        environment["GRIDLOCK_MAP"] = ["ns1.example.com", "fs1.example.com"]
            .map { "\($0)=\(served.addresses[$0] ?? "")" }.joined(separator: ",")
        var ran: [String] = []
        for block in try Self.blocks() {
            switch block.language {
            case "yaml" where block.text.contains("script:"):
                #expect(block.text.split(separator: "\n").count <= 10)
                try Data(block.text.utf8).write(to: URL(filePath: place + "/my-profile.yaml"))
            case "sh":
                for command in block.commands {
                    try run(command, in: place, environment)
                    ran.append(command)
                }
            default: break
            }
        }
        #expect(ran.count >= 10)
        let results = try FileManager.default.contentsOfDirectory(atPath: place + "/results")
        for name in [
            "summary.json", "junit.xml", "report.html", "events.ndjson", "latency.hlog",
            "metrics.txt", "manifest.ndjson", "profile.yaml",
        ] {
            #expect(results.contains(name), "\(name)")
        }
    }

    private func run(_ command: String, in place: String, _ environment: [String: String]) throws {
        if command == "scripts/test" {
            #expect(FileManager.default.isExecutableFile(atPath: Repository.path(command)))
            return
        }
        let needsNames = command.contains("example") || command.contains("my-profile")
        if command.contains(" serve ") { return try serve(command, in: place) }
        let result = try Program.run(
            "/bin/bash",
            ["-c", "cd '\(place)' && \(command)"],
            environment: needsNames ? environment : [:]
        )
        #expect(result.code == 0, "\(command): \(result.errors)")
    }

    /// Serves until it is ended, here at an address that no other test has.
    private func serve(_ command: String, in place: String) throws {
        let block = 1 + ProcessInfo.processInfo.processIdentifier % 250
        let command = command.replacing("127.91.0.1", with: "127.62.\(block).1")
        let program = try RunningProgram("/bin/bash", ["-c", "cd '\(place)' && exec \(command)"])
        #expect(program.awaitLine(containing: "serving;"))
        program.signal(SIGTERM)
        #expect(program.wait().code == 0)
    }

    /// The rest of its YAML is no whole profile; what it shows is put into one.
    @Test func `the shapes of a load are those that the program reads`() throws {
        let block = try #require(try Self.blocks().first { $0.text.contains("stages:") })
        let file = "/tmp/gridlock-readme-\(UUID().uuidString.prefix(8)).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let text = "summary: shapes\ntarget: \\\\ns1\\dfs\n" + block.text
        try Data(text.utf8).write(to: URL(filePath: file))
        let result = try Program.run(Program.gridlock, ["check", file])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains("ramp to 1000 operations a second"))
    }
}
