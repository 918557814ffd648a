import Foundation
import SambaSupport
import Testing

/// A folder with a profile and a run's results, gone afterwards.
final class DashboardPlace {
    let path = NSTemporaryDirectory() + "gridlock-dashboard-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
        let profile = """
            summary: twelve sessions open and read a file
            target: '\\\\ns1\\dfs\\eng'
            sessions: 12
            duration: 600s
            namespace:
              servers:
                ns1: { shares: { dfs: {} } }
                fs1: { shares: { data: { files: [ { path: a.txt, size: 4KiB } ] } } }
              roots:
                '\\\\ns1\\dfs':
                  links:
                    eng: { targets: ['\\\\fs1\\data'] }
              faults:
                lazy-fs1: { when: { server: fs1 }, do: { delay: 1500ms }, on: false }
                deaf: { when: { messages: [LOCK] }, do: lose-request, on: false }
            script:
              - logon
              - repeat:
                  - open: a.txt
                  - read: { size: 4KiB }
                  - close
                  - think: { uniform: [5ms, 20ms] }
              - logoff
            """
        try Data(profile.utf8).write(to: URL(filePath: path + "/twelve.yaml"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func command(_ arguments: String, out: String = "out") -> String {
        "\(Program.gridlock) run \(path)/twelve.yaml --out \(path)/\(out) \(arguments)"
    }

    func file(_ name: String, out: String = "out") throws -> String {
        try String(contentsOfFile: "\(path)/\(out)/\(name)", encoding: .utf8)
    }

    func summary(out: String = "out") throws -> String { try file("summary.json", out: out) }

    func results(out: String = "out") throws -> [String: Any] {
        let summary = try JSONSerialization.jsonObject(with: Data(summary(out: out).utf8))
        return try #require(summary as? [String: Any])
    }
}
