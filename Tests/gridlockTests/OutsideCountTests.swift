import Foundation
import SambaSupport
import Testing

/// What a run says it did, against what the servers of another process say they got.
@Suite struct OutsideCountTests {
    @Test func `the servers have counted the operations that the run reports`() throws {
        let profile = """
            summary: reads, writes, lists and locks
            target: '\\\\ns1\\dfs\\eng'
            sessions: 6
            duration: 2s
            namespace:
              servers:
                ns1: {}
                fs1: { shares: { data: { files: [ { path: a.txt, size: 64KiB } ] } } }
              roots: { '\\\\ns1\\dfs': { links: { eng: '\\\\fs1\\data' } } }
            script:
              - logon
              - repeat:
                  - open: a.txt
                  - read: { size: 4KiB, count: 3, offset: random }
                  - close
                  - open: { path: '{run}\\s{session}', access: write }
                  - write: { size: 1KiB, count: 2 }
                  - flush
                  - lock: { length: 16 }
                  - unlock: { length: 16 }
                  - close
                  - think: { uniform: [1ms, 20ms] }
              - logoff
            """
        let served = try ServedNamespace(profile: profile, servers: ["ns1", "fs1"])
        let out = served.directory + "/out"
        var environment = ["GRIDLOCK_PASSWORD": "emulated"]
        environment["GRIDLOCK_MAP"] = ["ns1", "fs1"]
            .map { "\($0)=\(served.addresses[$0] ?? "")" }.joined(separator: ",")
        let real = profile.split(separator: "\n").map { String($0) }
            .filter { !$0.hasPrefix("namespace:") && !$0.hasPrefix("  servers:") }
            .filter { !$0.hasPrefix("    ns1:") && !$0.hasPrefix("    fs1:") }
            .filter { !$0.hasPrefix("  roots:") }.joined(separator: "\n")
        try Data(real.utf8).write(to: URL(filePath: served.directory + "/real.yaml"))
        let result = try Program.run(
            Program.gridlock,
            [
                "run", served.directory + "/real.yaml", "--headless", "--user", "u0000", "--out",
                out,
            ],
            environment: environment
        )
        #expect(result.code == 0, "\(result.errors)")
        let data = try Data(contentsOf: URL(filePath: out + "/summary.json"))
        let summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let operations = try #require(summary["operations"] as? [String: [String: Any]])
        func count(_ name: String) -> Int { operations[name]?["count"] as? Int ?? 0 }
        try served.program.type("quit")
        let printed = served.program.wait().output
        let received = Self.counts(of: "fs1", in: printed)
        #expect(count("read") > 0 && count("write") > 0)
        #expect(received["READ"] == count("read"))
        #expect(received["WRITE"] == count("write"))
        #expect(received["FLUSH"] == count("flush"))
        #expect(received["LOCK"] == count("lock") + count("unlock"))
        // The run's folder is made and deleted, and so is each session's file.
        #expect(received["CREATE"] == count("open") + 2 + 6)
        #expect(received["CLOSE"] == received["CREATE"])
        // Two messages a log-on with NTLM: whoever logged on, to be proved as well, logged off.
        for server in ["ns1", "fs1"] {
            let received = Self.counts(of: server, in: printed)
            #expect(received["SESSION_SETUP"] == (received["LOGOFF"] ?? 0) * 2, "\(server)")
        }
    }

    private static func counts(of server: String, in text: String) -> [String: Int] {
        let head = "received \(server): "
        let line = text.split(separator: "\n").first { $0.hasPrefix(head) } ?? ""
        let pairs = line.dropFirst(head.count).split(separator: " ").map {
            $0.split(separator: "=")
        }
        return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Int($0[1]) ?? -1) })
    }
}
