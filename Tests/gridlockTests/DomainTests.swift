import Foundation
import SambaSupport
import Testing

/// A domain-based namespace and Kerberos, served by a real domain controller.
@Suite(.enabled(if: SambaDomain.isThere, Samba.hint), .serialized)
struct DomainTests {
    private func resolve(_ path: String) throws -> ProgramResult {
        try Program.run(
            Program.gridlock,
            ["resolve", path, "--kerberos"],
            environment: try SambaDomain.shared.get().environment
        )
    }

    @Test func `resolve shows domain, DC, root and link referral`() throws {
        let result = try resolve(#"\\gridlock.test\dfs\local"#)
        #expect(result.code == 0, "\(result.errors)")
        let kinds = result.output.split(separator: "\n").filter { $0.hasPrefix("referral") }
            .map { $0.split(separator: " ")[1] }
        #expect(kinds == ["domain", "DC", "root", "link"])
        #expect(result.output.contains(#"gridlock.test: \dc1.gridlock.test"#))
        #expect(result.output.hasSuffix("is \\\\dc1.gridlock.test\\data\n"))
    }

    @Test func `a sysvol path takes a sysvol referral of version 4`() throws {
        let result = try resolve(#"\\gridlock.test\sysvol\gridlock.test"#)
        #expect(result.output.contains(#"referral  sysvol of \gridlock.test\sysvol"#))
        #expect(result.output.contains("version 4"))
    }

    @Test func `a referral that leaves the allowed scope is refused`() throws {
        let result = try resolve(#"\\gridlock.test\dfs\away"#)
        #expect(result.code == 77)
        #expect(result.errors.contains("away.gridlock.test (192.0.2.1) is outside the allowed"))
    }

    @Test(arguments: [["--kerberos"], []])
    func `twenty users work through the domain's namespace`(_ flags: [String]) throws {
        let domain = try SambaDomain.shared.get()
        let out = "/tmp/gridlock-test-out-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let result = try Program.run(
            Program.gridlock,
            [
                "run", "samba-smoke", "--target", #"\\gridlock.test\dfs\local"#, "--duration",
                "500ms", "--out", out,
            ] + flags,
            environment: domain.environment
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains("20 sessions, "))
        #expect(result.output.contains(" 0 errors"))
        let left = try FileManager.default.contentsOfDirectory(atPath: domain.directory + "/data")
        #expect(!left.contains { $0.hasPrefix("gridlock-") })
    }
}
