import Crypto
import Foundation
import Testing

/// Every captured conversation's keys, signatures and ciphertexts, recomputed.
@Suite struct CapturedKeysTests {
    @Test(arguments: Capture.all) func `keys come out as captured`(_ capture: Capture) throws {
        for session in capture.sessions where session.signingKey != nil {
            let keys = try #require(capture.keys(of: session))
            let probe = [UInt8](repeating: 7, count: 80)
            var ours = probe
            keys.signing.sign(&ours, in: 0..<80)
            var theirs = probe
            SigningKey(keys.signing.algorithm, key: try #require(session.signingKey).bytes)
                .sign(&theirs, in: 0..<80)
            #expect(ours == theirs)
        }
    }

    @Test func `captured signatures verify, and not with a bit turned`() {
        var verified = 0
        for capture in Capture.all {
            for message in capture.messages.map(\.hex.bytes) where message.isSigned {
                let signer = capture.sessions.compactMap { capture.keys(of: $0)?.signing }
                    .first { $0.verifies(message, in: 0..<message.count) }
                guard let signer else { continue }
                verified += 1
                var turned = message
                turned[message.count - 1] ^= 1
                #expect(!signer.verifies(turned, in: 0..<turned.count))
            }
        }
        #expect(verified >= 200)
    }

    @Test func `captured ciphertexts open, and not with a bit turned`() {
        var opened = 0
        for capture in Capture.all {
            for message in capture.messages.map(\.hex.bytes) where message.first == 0xFD {
                let keys = capture.sessions.compactMap { capture.keys(of: $0) }
                    .flatMap { [$0.clientToServer, $0.serverToClient] }.compactMap { $0 }
                guard
                    let key = keys.first(where: { $0.open(message, in: 0..<message.count) != nil })
                else { continue }
                opened += 1
                let inner = key.open(message, in: 0..<message.count) ?? []
                #expect(inner.starts(with: [0xFE, 0x53, 0x4D, 0x42]))
                for place in [4, 20, 50, 52, message.count - 1] {
                    var turned = message
                    turned[place] ^= 1
                    #expect(key.open(turned, in: 0..<turned.count) == nil)
                }
            }
        }
        #expect(opened >= 50)
    }
}

@Suite struct SealingKeyTests {
    @Test(arguments: Cipher.allCases) func `what is sealed opens again`(_ cipher: Cipher) {
        let key = SealingKey(cipher, key: [UInt8](repeating: 3, count: cipher.keyLength))
        for count in [1, 64, 1_000] {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let sealed = key.seal([9] + message, in: 1..<count + 1, sessionID: 5, nonce: 77)
            #expect(sealed.count == count + 52)
            #expect(key.open([1, 2] + sealed, in: 2..<sealed.count + 2) == message)
        }
    }

    @Test func `no length of garbage opens or traps`() {
        let key = SealingKey(.aes128GCM, key: [UInt8](repeating: 3, count: 16))
        for count in 0..<120 {
            #expect(key.open([UInt8](repeating: 1, count: count), in: 0..<count) == nil)
        }
        let signer = SigningKey(.aesCMAC, key: [])
        for count in 0..<70 {
            #expect(!signer.verifies([UInt8](repeating: 1, count: count), in: 0..<count))
        }
    }
}

struct Capture: Codable, Sendable, CustomTestStringConvertible {
    struct Session: Codable, Sendable {
        let gssKey: String?
        let sessionKey: String?
        let preauthIntegrityHash: String?
        let signingKey: String?
    }
    struct Message: Codable, Sendable {
        let hex: String
    }
    var name: String?
    let dialect: String
    let cipherId: Int?
    let signingAlgorithmId: Int?
    let sessions: [Session]
    let messages: [Message]
    var testDescription: String { name ?? "" }

    static let all: [Capture] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/captures.json")
        guard let data = try? Data(contentsOf: file),
            let captures = try? JSONDecoder().decode([String: Capture].self, from: data)
        else { return [] }
        return captures.sorted { $0.key < $1.key }.map { name, capture in
            var capture = capture
            capture.name = name
            return capture
        }
    }()

    func keys(of session: Session) -> SessionKeys? {
        guard let key = session.gssKey ?? session.sessionKey else { return nil }
        let scheme: SessionKeys.Scheme
        let algorithm: SigningAlgorithm
        switch dialect {
        case "0x0202", "0x0210": (scheme, algorithm) = (.sessionKey, .hmacSHA256)
        case "0x0300", "0x0302": (scheme, algorithm) = (.constants, .aesCMAC)
        default:
            scheme = .preauthHash(session.preauthIntegrityHash?.bytes ?? [])
            algorithm =
                signingAlgorithmId.flatMap { SigningAlgorithm(rawValue: UInt16($0)) }
                ?? .aesCMAC
        }
        let cipher = cipherId.flatMap { Cipher(rawValue: UInt16($0)) }
        return SessionKeys(fullKey: key.bytes, scheme: scheme, signing: algorithm, cipher: cipher)
    }
}

extension String {
    var bytes: [UInt8] {
        stride(from: 0, to: utf8.count - 1, by: 2).compactMap { offset in
            let start = index(startIndex, offsetBy: offset)
            return UInt8(self[start..<index(start, offsetBy: 2)], radix: 16)
        }
    }
}

extension [UInt8] {
    var isSigned: Bool { count >= 64 && first == 0xFE && self[16] & 8 != 0 }
}
