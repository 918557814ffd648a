import Foundation
import SambaSupport
import Testing

/// Every dialect, every signature and every cipher, by the real program against real Samba: what
/// was agreed on is read from the results, and connections are counted from outside.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct ProtectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let settings: [String]
        let dialect: String
        var signing: String?
        var cipher: String?

        var testDescription: String {
            ([dialect] + [signing, cipher].compactMap { $0 }).joined(separator: " ")
        }
    }

    static let signed =
        [
            exactly("2.0.2", "hmac-sha256"), exactly("2.1", "hmac-sha256"),
            exactly("3.0", "aes-cmac"), exactly("3.0.2", "aes-cmac"), signing("hmac-sha256"),
            signing("aes-cmac"), signing("aes-gmac"),
        ]

    static let sealed =
        [
            sealing("3.0"), sealing("3.0.2"), sealing(with: "aes-128-gcm"),
            sealing(with: "aes-128-ccm"), sealing(with: "aes-256-gcm"),
            sealing(with: "aes-256-ccm"),
        ]

    private static func exactly(_ dialect: String, _ algorithm: String) -> Case {
        let limits = ["smb.dialect-min=\(dialect)", "smb.dialect-max=\(dialect)"]
        return Case(
            settings: limits + ["smb.signing=required"],
            dialect: dialect,
            signing: algorithm
        )
    }

    private static func signing(_ algorithm: String) -> Case {
        Case(
            settings: ["smb.signing-algorithms=\(algorithm)", "smb.signing=required"],
            dialect: "3.1.1",
            signing: algorithm
        )
    }

    private static func sealing(_ dialect: String) -> Case {
        Case(
            settings: ["smb.dialect-max=\(dialect)", "smb.encryption=required"],
            dialect: dialect,
            cipher: "aes-128-ccm"
        )
    }

    private static func sealing(with cipher: String) -> Case {
        Case(
            settings: ["smb.ciphers=\(cipher)", "smb.encryption=required"],
            dialect: "3.1.1",
            cipher: cipher
        )
    }

    private struct Connection: Decodable {
        let server: String
        let connections: Int
        let dialect: String
        let signing: String
        let cipher: String?
        let requests: Int
        let signed: Int
        let sealed: Int
    }

    private struct Summary: Decodable {
        struct Operations: Decodable { let errors: Int }

        let connections: [Connection]
        let operations: [String: Operations]
        let perSession: [Session]

        struct Session: Decodable { let user: String }
    }

    /// Runs twenty users until their connections are counted, and gives what was agreed on.
    private func connections(of run: Case) throws -> [Connection] {
        let namespace = try SambaNamespace.shared.get()
        let out = "/tmp/gridlock-test-out-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: out) }
        let program = try RunningProgram(
            Program.gridlock,
            [
                "run", "samba-smoke", "--headless", "--out", out, "--duration", "60s",
                "--progress", "1s",
            ] + run.settings.flatMap { ["--set", $0] },
            environment: namespace.environment
        )
        #expect(program.awaitLine(containing: "20/20 sessions"))
        for server in ["ns1", "fs1"] {
            let count = try namespace.connections(to: server, of: program.processIdentifier)
            #expect(count == 1, "\(server)")
        }
        program.signal(SIGINT)
        let result = program.wait()
        #expect(result.code == 130, "\(result.errors)")
        let data = try Data(contentsOf: URL(filePath: out + "/summary.json"))
        let summary = try JSONDecoder().decode(Summary.self, from: data)
        #expect(summary.operations.values.allSatisfy { $0.errors == 0 })
        #expect(Set(summary.perSession.map(\.user)).count == 20)
        #expect(summary.connections.map(\.server).sorted() == ["fs1", "ns1"])
        #expect(summary.connections.allSatisfy { $0.connections == 1 })
        #expect(summary.connections.allSatisfy { $0.dialect == run.dialect })
        return summary.connections
    }

    @Test(arguments: signed) func `what is to be signed is signed as it was asked`(
        _ run: Case
    ) throws {
        for connection in try connections(of: run) {
            #expect(connection.signing == run.signing)
            // NEGOTIATE, and two times two SESSION_SETUPs a user, go out before there are keys.
            #expect(connection.signed >= connection.requests - 81 && connection.signed > 40)
            #expect(connection.sealed == 0)
        }
    }

    @Test(arguments: sealed) func `what is to be encrypted is encrypted as it was asked`(
        _ run: Case
    ) throws {
        for connection in try connections(of: run) {
            #expect(connection.cipher == run.cipher)
            #expect(connection.sealed >= connection.requests - 81 && connection.sealed > 40)
            #expect(connection.signed == 0)
        }
    }
}
