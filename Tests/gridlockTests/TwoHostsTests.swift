import Foundation
import SambaSupport
import Testing

/// Two terminal servers of the real program that meet at the emulated namespace's servers.
@Suite struct TwoHostsTests {
    /// A folder of its own with a profile in it: each session locks in one file, then the other's.
    private final class Place {
        let path = NSTemporaryDirectory() + "gridlock-hosts-\(UUID().uuidString.prefix(8))"

        init(waits: Bool) throws {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            let profile = """
                summary: byte ranges crosswise on two hosts
                target: \\\\ns1\\dfs
                sessions: 2
                hosts: 2
                seed: 1
                grace: 500ms
                duration: 4s
                read-only: true
                namespace:
                  servers:
                    ns1: {}
                    fs1:
                      shares:
                        data:
                          files: [ { path: f0.txt, size: 4KiB }, { path: f1.txt, size: 4KiB } ]
                  roots:
                    \\\\ns1\\dfs:
                      links: { eng: \\\\fs1\\data, law: \\\\fs1\\data }
                script:
                  - logon
                  - choose:
                      - steps: \(Self.steps("eng", 0, 1, waits: true))
                      - steps: \(Self.steps("law", 1, 0, waits: waits))
                """
            try Data(profile.utf8).write(to: URL(filePath: path + "/hosts.yaml"))
        }

        private static func steps(
            _ link: String,
            _ first: Int,
            _ second: Int,
            waits: Bool
        ) -> String {
            """
            [ open: '\(link)\\f\(first).txt', lock: { offset: 0, length: 10 }, barrier,
              open: { path: '\(link)\\f\(second).txt', beside: true },
              lock: { offset: 5, length: 10, wait: \(waits) } ]
            """
            .split(separator: "\n").joined(separator: " ")
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func run(_ arguments: [String] = []) throws -> ProgramResult {
            try Program.run(
                Program.gridlock,
                ["run", path + "/hosts.yaml", "--headless", "--out", path + "/out"] + arguments
            )
        }

        func dump() throws -> String {
            try String(contentsOfFile: path + "/out/hangs/0001.txt", encoding: .utf8)
        }
    }

    @Test(arguments: [[], ["--virtual-time"]])
    func `byte ranges taken crosswise on two hosts are a proved deadlock`(
        options: [String]
    ) throws {
        let place = try Place(waits: true)
        let result = try place.run(options)
        #expect(result.code == 98, "\(result.errors)")
        #expect(result.errors.contains("deadlock: S0 and S1 wait for each other"))
        let dump = try place.dump()
        #expect(dump.hasPrefix("GRIDLOCK HANG #1  DEADLOCK  proved"), "\(dump)")
        for range in ["F0.TXT] 0+10 X", "F0.TXT] 5+10 X", "F1.TXT] 0+10 X", "F1.TXT] 5+10 X"] {
            #expect(dump.contains(range), "\(dump)")
        }
    }

    @Test(arguments: [[], ["--virtual-time"]])
    func `a lock that fails at once closes no ring`(options: [String]) throws {
        let place = try Place(waits: false)
        let result = try place.run(options)
        #expect(!result.errors.contains("GRIDLOCK HANG"), "\(result.errors)")
        #expect(result.code != 98 && result.code != 97, "\(result.errors)")
    }
}
