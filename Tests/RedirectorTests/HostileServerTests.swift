import Crypto
import Foundation
import Primitives
import Redirector
import SMBWire
import ServerSupport
import Testing

/// Whatever a server sends, the redirector neither traps nor leaves a request unanswered.
@Suite struct HostileServerTests {
    /// 50 seeds with 200 mutated answers each: 10,000 in all.
    @Test(arguments: UInt64(0)..<50) func `mutated answers never trap`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for dialect in [Dialect.smb311, .smb210] {
            let isNew = dialect == .smb311
            var fresh = Pair(
                FakeServer(
                    dialect: dialect,
                    signing: isNew ? .aesCMAC : .hmacSHA256,
                    cipher: isNew ? .aes128GCM : nil,
                    requiresSigning: false
                )
            )
            let (_, _, tree) = try fresh.reach()
            let open = try fresh.open(tree)
            for _ in 0..<100 {
                var pair = fresh
                var mutation = random
                pair.tamper = { Self.mutated($0, using: &mutation) }
                random = SplitMix64(seed: random.next())
                let tags = [
                    pair.submit(.read(open, offset: 0, count: 3)),
                    pair.submit(.queryDirectory(open, pattern: "*", restarts: true)),
                    pair.submit(.create(tree, CreateParameters(name: "b", access: .readData))),
                ]
                let connection = pair.submit(.connect(server: "fs2"))
                pair.pass(.seconds(60))
                _ = connection
                // A stray answer leaves its request waiting, as a lost answer would; an answered
                // one was answered once.
                #expect(pair.answerCount <= fresh.answerCount + tags.count + 1)
            }
        }
    }

    private static func mutated(_ frame: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var frame = frame
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 4..<frame.count, using: &random)
            frame[place] = UInt8.random(in: 0...255, using: &random)
        }
        return frame
    }

    /// Every captured answer as the server's next word, in any phase.
    @Test func `captured answers of other conversations never trap`() throws {
        var fresh = Pair(FakeServer(requiresSigning: false))
        let (connection, _, tree) = try fresh.reach()
        fresh.server.silent = [.read, .create]
        fresh.submit(.create(tree, CreateParameters(name: "b", access: .readData)))
        let answers = try Self.captured()
        #expect(answers.count > 300)
        for bytes in answers {
            var pair = fresh
            pair.receive(connection, DirectTCP.prefix(length: bytes.count) + bytes)
            #expect(pair.answerCount <= fresh.answerCount + 1)
        }
    }

    @Test(
        arguments: [
            [1, 0, 0, 4, 0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 4, 0xFF, 0x53, 0x4D, 0x42],
            [0, 0, 0, 4, 0xFC, 0x53, 0x4D, 0x42], [0, 0, 0, 3, 1, 2, 3],
            [0, 0, 0, 5, 0xFD, 0x53, 0x4D, 0x42, 0],
        ] as [[UInt8]]
    ) func `what is no SMB2 ends the connection with a sentence`(
        _ bytes: [UInt8]
    ) throws {
        var pair = Pair()
        let (connection, _, _) = try pair.reach()
        pair.receive(connection, bytes)
        let lost = pair.others.contains { if case .lost = $0 { true } else { false } }
        #expect(lost)
    }

    private struct Capture: Decodable {
        struct Message: Decodable {
            let dir: String
            let hex: String
        }
        let messages: [Message]
    }

    private static func captured() throws -> [[UInt8]] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/captures.json")
        let captures = try JSONDecoder().decode(
            [String: Capture].self,
            from: try Data(contentsOf: file)
        )
        return captures.sorted { $0.key < $1.key }.flatMap(\.value.messages)
            .filter { $0.dir == "S->C" }.map { message in
                var digits = message.hex.compactMap(\.hexDigitValue)[...]
                var bytes: [UInt8] = []
                while let high = digits.popFirst(), let low = digits.popFirst() {
                    bytes.append(UInt8(high << 4 | low))
                }
                return bytes
            }
    }
}
