import Foundation

/// A Samba AD domain controller with its domain-based namespace, up while this value lives.
package final class SambaDomain: Sendable {
    package let directory: String
    /// The variables by which gridlock and Kerberos find everything.
    package let environment: [String: String]

    /// One for all tests; it ends with this process.
    package static let shared = Result { try SambaDomain() }

    private init() throws {
        directory = "/tmp/gridlock-test-domain-\(UUID().uuidString.prefix(8))"
        let script = Repository.path("scripts/samba-domain")
        let process = "\(ProcessInfo.processInfo.processIdentifier)"
        let result = try Program.run(
            script,
            ["up", "--dir", directory, "--while-pid", process]
        )
        guard result.code == 0 else { throw SambaNamespace.Failure(text: result.errors) }
        let text = try String(contentsOfFile: directory + "/env", encoding: .utf8)
        var environment: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
        }
        self.environment = environment
    }

    package static var isThere: Bool {
        Samba.isRequired || FileManager.default.isExecutableFile(atPath: "/usr/bin/samba-tool")
    }
}
