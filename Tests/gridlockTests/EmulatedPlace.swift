import Foundation
import SambaSupport
import Testing

/// A folder of its own with a profile in it: five users read one file of an emulated namespace.
final class EmulatedPlace {
    let path = "/tmp/gridlock-outputs-\(UUID().uuidString.prefix(8))"
    var out: String { path + "/out" }

    init(_ more: String = "", open file: String = "a.txt", faults: String = "{}") throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
        let profile = """
            summary: five users read one file
            target: \\\\ns1\\dfs\\eng
            sessions: 5
            duration: 2s
            grace: 2s
            \(more)
            namespace:
              servers:
                ns1: { shares: { dfs: {} } }
                fs1: { shares: { data: { files: [ { path: a.txt, size: 4KiB } ] } } }
              faults: \(faults)
              roots:
                '\\\\ns1\\dfs':
                  links:
                    eng: { targets: ['\\\\fs1\\data'] }
            script:
              - logon
              - repeat:
                  - open: \(file)
                  - read: { size: 4KiB }
                  - close
                  - think: { uniform: [10ms, 40ms] }
              - logoff
            """
        try Data(profile.utf8).write(to: URL(filePath: path + "/five.yaml"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func run(
        _ arguments: [String] = [],
        environment: [String: String] = [:]
    ) throws -> ProgramResult {
        try Program.run(
            Program.gridlock,
            ["run", path + "/five.yaml", "--headless", "--out", out] + arguments,
            environment: environment
        )
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: out + "/" + name)), as: UTF8.self)
    }

    func summary() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(text("summary.json").utf8))
        return try #require(object as? [String: Any])
    }
}
