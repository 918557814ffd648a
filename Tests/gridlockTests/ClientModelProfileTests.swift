import Foundation
import SambaSupport
import Testing

/// The profiles of the client models, run by the real program in virtual time: each expects its
/// verdict, so 0 says that it came and nothing else did.
@Suite struct ClientModelProfileTests {
    private static func run(_ options: [String], folder: String? = nil) throws -> ProgramResult {
        let own = NSTemporaryDirectory() + "gridlock-model-\(UUID().uuidString)"
        defer { if folder == nil { try? FileManager.default.removeItem(atPath: own) } }
        let arguments = ["run"] + options + ["--headless", "--out", folder ?? own]
        return try Program.run(Program.gridlock, arguments)
    }

    @Test(arguments: [
        "q260752", "q260752-singleflight", "q233082", "q268817", "kb824909", "kb832494",
        "kb841827", "cifs-refresh", "cifs-lock-sem",
    ])
    func `a client model gives the verdict of its article`(profile: String) throws {
        let run = try Self.run([profile, "--virtual-time", "--seed", "7"])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("GRIDLOCK HANG #1"))
    }

    @Test func `without its expectation the deadlock is 98`() throws {
        let run = try Self.run(["q260752", "--virtual-time", "--seed", "7", "--no-expect"])
        #expect(run.code == 98)
        #expect(run.errors.contains("deadlock: "))
    }

    @Test func `with the correct client the expected verdict is absent`() throws {
        let options = ["q260752", "--virtual-time", "--client", "fixed", "--duration", "5s"]
        #expect(try Self.run(options).code == 94)
        #expect(try Self.run(options + ["--no-expect"]).code == 0)
    }

    @Test func `one session never hangs`() throws {
        let options = ["q260752", "--virtual-time", "--sessions", "1", "--duration", "5s"]
        #expect(try Self.run(options + ["--no-expect"]).code == 0)
    }

    @Test func `in real time the terminal server stops and the dump says why`() throws {
        let folder = NSTemporaryDirectory() + "gridlock-hang-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try Self.run(["q260752"], folder: folder)
        #expect(run.code == 0, "\(run.errors)")
        let dump = try String(contentsOfFile: folder + "/hangs/0001.txt", encoding: .utf8)
        #expect(dump.contains("PKT -> CONN[ns1]"))
        #expect(dump.contains("CONN[ns1] -> PKT"))
        for ending in ["json", "dot", "mmd"] {
            #expect(FileManager.default.fileExists(atPath: folder + "/hangs/0001.\(ending)"))
        }
    }
}
