import Foundation
import SambaSupport
import Testing

/// In virtual time a seed says all: another process makes the same run of it, to the byte.
@Suite struct RepeatabilityTests {
    /// Every profile in `profiles/` that brings its own servers.
    private static let profiles: [String] = {
        let folder = Repository.root + "/profiles"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { file in
            let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            return text?.contains("\nnamespace:") ?? false
        }.map { String($0.dropLast(".yaml".count)) }.sorted()
    }()

    /// Keys of `summary.json` that tell of the machine and its clock.
    private static let ofTheClock = ["startedAt", "finishedAt", "wallSeconds"]

    private func summary(of profile: String) throws -> [String: Any] {
        let folder = NSTemporaryDirectory() + "gridlock-seed-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let arguments = [
            "run", profile, "--virtual-time", "--seed", "7", "--duration", "10s", "--set",
            "warm-up=0s", "--headless", "--out", folder,
        ]
        let run = try Program.run(Program.gridlock, arguments)
        let data = try Data(contentsOf: URL(filePath: folder + "/summary.json"))
        var summary = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any],
            "\(run.errors)"
        )
        for key in Self.ofTheClock { #expect(summary.removeValue(forKey: key) != nil, "\(key)") }
        var generator = try #require(summary["generator"] as? [String: Any])
        #expect(generator.removeValue(forKey: "cpuSeconds") != nil)
        summary["generator"] = generator
        return summary
    }

    private func lines(_ summary: [String: Any]) throws -> [Substring] {
        let data = try JSONSerialization.data(
            withJSONObject: summary,
            options: [.sortedKeys, .prettyPrinted]
        )
        return String(decoding: data, as: UTF8.self).split(separator: "\n")
    }

    @Test(arguments: profiles)
    func `the same seed twice leaves the same trace and the same summary`(
        _ profile: String
    ) throws {
        let (first, second) = (try summary(of: profile), try summary(of: profile))
        #expect((first["traceHash"] as? String)?.count == 16)
        #expect(first["traceHash"] as? String == second["traceHash"] as? String)
        let sessions = try #require(first["perSession"] as? [[String: Any]])
        #expect(sessions.contains { $0["operations"] as? Int ?? 0 > 0 })
        #expect(try lines(first) == lines(second))
    }

    @Test func `there are profiles to repeat`() { #expect(Self.profiles.count >= 10) }
}
