import Foundation
import SambaSupport
import Testing

/// The profiles with a sense of reality end as they say, in virtual time and on a smaller scale.
@Suite struct ProfileRunTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let profile: String
        let flags: [String]
        var code: Int32 = 0
        var verdict = "pass"
        /// Each of them is done, without an error.
        let operations: [String]

        var testDescription: String { "\(profile) \(flags.joined(separator: " "))" }
    }

    private static let rows = [
        Row(
            profile: "office-day",
            flags: ["--sessions", "10", "--duration", "90s"],
            operations: [
                "stat", "open", "read", "write", "list", "volume", "rename", "delete", "flush",
            ]
        ),
        Row(
            profile: "explorer-notify",
            flags: ["--duration", "30s"],
            operations: ["notify", "list", "volume", "stat", "open"]
        ),
        Row(
            profile: "explorer-notify",
            flags: ["--client", "q268817", "--duration", "60s", "--no-expect"],
            code: 97,
            verdict: "credit exhaustion",
            operations: ["logon"]
        ),
        Row(
            profile: "database-share",
            flags: ["--duration", "20s"],
            operations: ["lock", "unlock", "read", "write"]
        ),
        Row(
            profile: "fslogix",
            flags: ["--sessions", "10", "--rate", "200/s"],
            operations: ["open", "read", "write"]
        ),
        Row(
            profile: "logoff",
            flags: ["--sessions", "10", "--duration", "70s"],
            operations: ["open", "write", "touch", "flush", "close", "rename", "logoff"]
        ),
        Row(
            profile: "failover",
            flags: ["--sessions", "10", "--duration", "100s"],
            operations: ["close"]
        ),
        Row(
            profile: "referral-storm",
            flags: ["--sessions", "60", "--duration", "12s"],
            operations: ["open", "read", "close", "logoff"]
        ),
        Row(
            profile: "logon-storm",
            flags: ["--sessions", "10"],
            operations: ["logon", "open", "read", "list"]
        ),
    ]

    @Test(arguments: rows) func `a profile ends as it says`(_ row: Row) throws {
        let out = "/tmp/gridlock-profile-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let result = try Program.run(
            Program.gridlock,
            ["run", row.profile, "--headless", "--virtual-time", "--seed", "1", "--out", out]
                + row.flags
        )
        #expect(result.code == row.code, "\(result.errors)")
        let data = try Data(contentsOf: URL(filePath: out + "/summary.json"))
        let summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(summary["verdict"] as? String == row.verdict)
        let operations = try #require(summary["operations"] as? [String: [String: Any]])
        for name in row.operations {
            #expect(operations[name]?["count"] as? Int ?? 0 > 0, "\(name)")
            #expect(operations[name]?["errors"] as? Int == 0, "\(name)")
        }
    }
}
