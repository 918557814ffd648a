import Foundation
import SambaSupport
import Testing

/// One profile, run by the real program against Samba and against the emulator: each operation ends
/// with the same statuses, as often, or it is written here why not.
///
/// `SameStatusesTests` asks both for single requests; here the Dfs client is in between, with its
/// referrals, its fail-over and its own failures.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct SameRunTests {
    private struct Row: Hashable, CustomStringConvertible {
        let operation: String
        let status: String
        let samba: Int
        let ours: Int

        var description: String { "\n\(operation) \(status): \(samba) times, ours \(ours)" }
    }

    /// Sessions and rounds are fixed, and nobody stands in anybody's way: every count follows.
    private static let profile = #"""
        summary: what scripts/samba-namespace has, good and bad
        target: '\\ns1\dfs\one'
        sessions: 4
        duration: 60s
        thresholds: [ errors<100% ]
        files: { count: 2, size: 2KiB }
        namespace:
          servers:
            ns1: { signing: required, shares: { dfs: {}, data: { files: [ hello.txt ] } } }
            ns2: { signing: required, shares: { dfs2: {} } }
            fs1:
              signing: required
              shares:
                data: { files: [ hello.txt ] }
                enc: { encrypted: true, files: [ hello.txt ] }
            fs2: { signing: required, shares: { data: { files: [ hello.txt ] } } }
            nobody: { shares: { data: {} } }
          roots:
            '\\ns1\dfs':
              links:
                one: '\\fs1\data'
                two: { targets: [ '\\fs1\data', '\\fs2\data' ] }
                nested\deep: '\\fs1\data'
                home: '\\ns1\data'
                inter: '\\ns2\dfs2'
                sealed: '\\fs1\enc'
                failover: { targets: [ '\\nobody\data', '\\fs2\data' ] }
                broken: '\\nobody\data'
                noshare: '\\fs1\nosuchshare'
                self: '\\ns1\dfs\self'
                ring: '\\ns2\dfs2\back'
            '\\ns2\dfs2':
              links:
                far: '\\fs2\data'
                back: '\\ns1\dfs\ring'
          faults:
            down: { when: { server: nobody }, do: refuse }
        script:
          - logon
          - repeat:
              times: 3
              steps:
                - open: { path: '{run}\s{session}.dat', access: write }
                - write: { size: 1KiB, count: 2 }
                - flush
                - close
                - open: { path: '{run}\s{session}.dat', oplock: batch }
                - read: { size: 1KiB, count: 3 }
                - write: { size: 1KiB }
                - lock: { offset: 0, length: 10 }
                - lock: { offset: 5, length: 10, wait: false }
                - unlock: { offset: 0, length: 10 }
                - unlock: { offset: 0, length: 10 }
                - close
                - open: { path: '{file}', lease: R }
                - read: { size: 512, count: 2, offset: random }
                - close
                - list: '{run}'
                - stat: '{file}'
                - stat: '{run}'
                - open: '{run}'
                - close
                - stat: '{run}\nosuchfile'
                - stat: '{run}\no\such'
                - stat: '{file}\below'
                - stat: '{run}\a*b'
                - list: '{file}'
                - list: '{run}\no'
                - open: '{run}\nosuchfile'
                - open: '\\ns1\dfs\one\hello.txt'
                - close
                - stat: '\\ns1\dfs\two\hello.txt'
                - stat: '\\ns1\dfs\nested\deep\hello.txt'
                - stat: '\\ns1\dfs\home\hello.txt'
                - stat: '\\ns1\dfs\inter\far\hello.txt'
                - stat: '\\ns1\dfs\sealed\hello.txt'
                - stat: '\\ns1\dfs\failover\hello.txt'
                - stat: '\\ns1\dfs'
                - list: '\\ns1\dfs'
                - list: '\\ns1\dfs\nested'
                - list: '\\ns1\dfs\inter'
                - stat: '\\ns1\dfs\nosuchlink\a'
                - stat: '\\ns1\dfs\nested\nosuch'
                - list: '\\ns1\dfs\broken'
                - open: '\\ns1\dfs\noshare\a'
                - list: '\\ns1\dfs\self'
                - open: '\\ns1\dfs\ring\a'
                - stat: '\\ns1\nosuchshare\a'
                - stat: '\\ns1\data\hello.txt'
                - stat: '\\nobody\data\a'
          - logoff
        """#

    private typealias Counts = [String: [String: Int]]

    private func counts(
        _ profile: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> Counts {
        let out = "/tmp/gridlock-test-out-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let result = try Program.run(
            Program.gridlock,
            ["run", profile, "--headless", "--seed", "5", "--out", out] + arguments,
            environment: environment
        )
        #expect(result.code == 0, "\(arguments): \(result.errors.suffix(2_000))")
        let data = try Data(contentsOf: URL(filePath: out + "/summary.json"))
        let summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let operations = try #require(summary["operations"] as? [String: [String: Any]])
        return operations.compactMapValues { $0["statuses"] as? [String: Int] }
    }

    private func differences(_ samba: Counts, _ ours: Counts) -> Set<Row> {
        var rows: Set<Row> = []
        for operation in Set(samba.keys).union(ours.keys) {
            let (theirs, own) = (samba[operation] ?? [:], ours[operation] ?? [:])
            for status in Set(theirs.keys).union(own.keys) {
                let row = Row(
                    operation: operation,
                    status: status,
                    samba: theirs[status] ?? 0,
                    ours: own[status] ?? 0
                )
                if row.samba != row.ours { rows.insert(row) }
            }
        }
        return rows
    }

    /// Four sessions in three rounds: whatever differs differs twelve times.
    private static let known: Set<Row> = []

    @Test func `the same profile meets the same statuses on Samba and on the emulator`() throws {
        let namespace = try SambaNamespace(signing: "mandatory")
        let profile = namespace.directory + "/same.yaml"
        try Data(Self.profile.utf8).write(to: URL(filePath: profile))
        let samba = try counts(
            profile,
            ["--target", #"\\ns1\dfs\one"#],
            environment: namespace.environment
        )
        let ours = try counts(profile, [])
        let virtual = try counts(profile, ["--virtual-time"])
        #expect(ours == virtual)
        #expect((samba["stat"] ?? [:]).count > 5, "\(samba)")
        let found = differences(samba, ours)
        let sort = { (rows: Set<Row>) in rows.map(\.description).sorted() }
        #expect(sort(found.subtracting(Self.known)) == [], "not listed")
        #expect(sort(Self.known.subtracting(found)) == [], "listed, but there no longer")
    }
}
