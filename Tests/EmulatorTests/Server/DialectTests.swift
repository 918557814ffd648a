import Crypto
import Emulator
import Redirector
import SMBWire
import Testing

/// Our redirector and the emulated server, over every dialect and algorithm.
@Suite struct DialectTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var dialect: Dialect
        var signing: SigningAlgorithm
        var cipher: Cipher?
        var signs = false
        var encrypts = false

        var testDescription: String {
            "\(dialect) \(signing.name) \(cipher?.name ?? "no cipher")"
                + (signs ? " signs" : "") + (encrypts ? " encrypts" : "")
        }

        func plan(_ plan: inout NamespacePlan) {
            plan.servers[0].dialects = [dialect]
            plan.servers[0].signingAlgorithms = [signing]
            plan.servers[0].ciphers = cipher.map { [$0] } ?? []
            plan.servers[0].requiresSigning = signs
            plan.servers[0].requiresEncryption = encrypts
        }
    }

    static let cases: [Case] = {
        var cases: [Case] = []
        for dialect in Dialect.all {
            let algorithms: [SigningAlgorithm] =
                dialect == .smb311 ? SigningAlgorithm.allCases : [.aesCMAC]
            let ciphers: [Cipher?] =
                switch dialect {
                case .smb311: [nil] + Cipher.allCases
                case .smb300, .smb302: [nil, .aes128CCM]
                default: [nil]
                }
            for signing in algorithms {
                for cipher in ciphers {
                    cases.append(Case(dialect: dialect, signing: signing, cipher: cipher))
                    cases.append(
                        Case(dialect: dialect, signing: signing, cipher: cipher, signs: true)
                    )
                    guard cipher != nil else { continue }
                    cases.append(
                        Case(dialect: dialect, signing: signing, cipher: cipher, encrypts: true)
                    )
                }
            }
        }
        return cases
    }()

    @Test(arguments: cases)
    func `a user logs on, writes, reads it back and logs off`(_ test: Case) throws {
        var pair = ServerPair(test.plan)
        let (connection, session, tree) = try pair.reach()
        let open = try pair.open(tree, "new.txt")
        let bytes = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(pair.ask(.write(open, offset: 5, bytes))?.result == .written(60_000))
        let read = pair.ask(.read(open, offset: 5, count: 60_000))
        #expect(read?.result == .bytes(bytes[...]))
        #expect(pair.ask(.flush(open))?.status == .success)
        #expect(pair.ask(.close(open))?.status == .success)
        #expect(pair.ask(.treeDisconnect(tree))?.status == .success)
        #expect(pair.ask(.logoff(session))?.status == .success)
        #expect(pair.ask(.echo(connection))?.status == .success)
        #expect(pair.reasons.isEmpty)
        #expect(pair.server.sessionsAlive == 0)
    }

    @Test(arguments: cases)
    func `answers carry their proof`(_ test: Case) throws {
        var pair = ServerPair(test.plan)
        let (_, _, tree) = try pair.reach()
        pair.frames = []
        _ = try pair.open(tree)
        let kinds = pair.frames.map { FrameKind.of($0, in: DirectTCP.prefixSize..<$0.count) }
        #expect(kinds == [test.encrypts ? .transform : .smb2])
        #expect(
            pair.headers.map { $0.flags.contains(.signed) } == (test.encrypts ? [] : [test.signs])
        )
    }

    @Test(arguments: [Dialect.smb210, .smb300, .smb311])
    func `many credits move more than 64 KiB at once`(_ dialect: Dialect) throws {
        var pair = ServerPair({ $0.servers[0].dialects = [dialect] })
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree, "big")
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        #expect(pair.ask(.write(open, offset: 0, bytes))?.result == .written(1_000_000))
        #expect(pair.ask(.read(open, offset: 0, count: 1_000_000))?.result == .bytes(bytes[...]))
    }

    @Test func `the oldest dialect moves no more than one credit pays for`() throws {
        var pair = ServerPair({ $0.servers[0].dialects = [.smb202] })
        let (_, _, tree) = try pair.reach()
        let open = try pair.open(tree, "big")
        let answer = pair.ask(.write(open, offset: 0, [UInt8](repeating: 1, count: 65_537)))
        #expect(answer?.isSuccess == false)
    }

    @Test func `two runs have the same bytes`() throws {
        var frames: [[[UInt8]]] = []
        for _ in 0..<2 {
            var pair = ServerPair()
            let (_, session, tree) = try pair.reach()
            _ = try pair.open(tree)
            _ = pair.ask(.logoff(session))
            frames.append(pair.frames)
        }
        #expect(frames[0] == frames[1])
    }
}
