import Foundation
import SambaSupport
import Testing

/// The real program, told when to begin.
@Suite struct StartTimeTests {
    private func arguments(_ out: String, _ more: [String]) -> [String] {
        ["run", "q260752", "--client", "fixed", "--no-expect", "--headless", "--out", out] + more
    }

    private func folder() -> String { "/tmp/gridlock-test-start-\(UUID().uuidString.prefix(8))" }

    private func summary(of folder: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: folder + "/summary.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `a run begins at the moment that it was told`() throws {
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let moment = Date().addingTimeInterval(3).formatted(.iso8601)
        let result = try Program.run(
            Program.gridlock,
            arguments(out, ["--duration", "1s", "--start-at", moment])
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.errors.contains("starting at \(moment)"))
        #expect(try summary(of: out)["startedAt"] as? String == moment)
    }

    @Test func `Ctrl-C before the beginning leaves results`() throws {
        let out = folder()
        defer { try? FileManager.default.removeItem(atPath: out) }
        let moment = Date().addingTimeInterval(3_600).formatted(.iso8601)
        let program = try RunningProgram(
            Program.gridlock,
            arguments(out, ["--start-at", moment])
        )
        #expect(program.awaitLine(containing: "starting at"))
        program.signal(SIGINT)
        #expect(program.wait().code == 130)
        #expect(try summary(of: out)["exitCode"] as? Int == 130)
    }

    @Test(arguments: [
        (["--start-at", "noon"], "expected a time such as 2026-11-26T15:30:00Z, found “noon”"),
        (["--start-at", "2001-01-01T00:00:00Z"], "2001-01-01T00:00:00Z is over"),
        (
            ["--start-at", "2099-01-01T00:00:00Z", "--virtual-time"],
            "no meaning with --virtual-time"
        ),
    ])
    func `a time that cannot be is a sentence, and nothing is left behind`(
        _ more: [String],
        _ sentence: String
    ) throws {
        let out = folder()
        let result = try Program.run(Program.gridlock, arguments(out, more))
        #expect(result.code == 64)
        #expect(result.errors.contains(sentence))
        #expect(!FileManager.default.fileExists(atPath: out))
    }
}
