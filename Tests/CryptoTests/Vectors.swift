import Crypto
import Foundation
import Testing

/// One captured conversation with its keys (Vectors/captures.json).
struct Capture: Codable, Sendable, CustomTestStringConvertible {
    struct Session: Codable, Sendable {
        let sessionId: String
        let gssKey: String?
        let sessionKey: String?
        let preauthIntegrityHash: String?
        let signingKey: String?
        let applicationKey: String?
        let clientToServerKey: String?
        let serverToClientKey: String?
    }

    struct Message: Codable, Sendable {
        let index: Int
        let dir: String
        let hex: String
        let integrity: String
        let plain: String?

        var isFromClient: Bool { dir == "C->S" }
    }

    var name: String?
    let dialect: String
    let cipherId: Int?
    let signingAlgorithmId: Int?
    let sessions: [Session]
    let messages: [Message]
    var testDescription: String { name ?? "" }

    static let all: [Capture] = {
        guard let captures: [String: Capture] = vectors("captures.json") else { return [] }
        return captures.sorted { $0.key < $1.key }.map { name, capture in
            var capture = capture
            capture.name = name
            return capture
        }
    }()

    var cipher: Cipher? { cipherId.flatMap { Cipher(rawValue: UInt16($0)) } }

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
        return SessionKeys(fullKey: key.bytes, scheme: scheme, signing: algorithm, cipher: cipher)
    }
}

/// The values that Microsoft printed (Vectors/published.json).
struct Published: Codable, Sendable {
    struct ChainLink: Codable, Sendable {
        let label: String
        let hex: String
        let hashAfter: String
    }

    struct Keys: Codable, Sendable {
        let sessionKey: String
        let signing: String
        let c2s: String
        let s2c: String
        let app: String
        let channel2SessionKey: String?
        let channel2Signing: String?
        let finalResponse: String?
    }

    struct Encryption: Codable, Sendable {
        let sessionKey: String
        let preauth: String?
        let c2s: String
        let s2c: String
        let plainRequest: String
        let encryptedRequest: String
        let plainResponse: String
        let encryptedResponse: String
    }

    let chain: [ChainLink]
    let binding: [String: String]
    let smb300Kdf: Keys
    let smb311Keys: Keys
    let smb300Ccm: Encryption
    let smb311Gcm: Encryption

    static func load() throws -> Published { try #require(vectors("published.json")) }
}

private func vectors<Value: Decodable>(_ name: String) -> Value? {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors/\(name)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let data = try? Data(contentsOf: file) else { return nil }
    return try? decoder.decode(Value.self, from: data)
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
    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The SMB2 messages of a frame that is one, or a compound of several.
    var elements: [Range<Int>] {
        guard starts(with: [0xFE, 0x53, 0x4D, 0x42]) else { return [] }
        var elements: [Range<Int>] = []
        var start = 0
        while start + 64 <= count {
            let next = (0..<4).reduce(0) { $0 | Int(self[start + 20 + $1]) << (8 * $1) }
            elements.append(start..<(next == 0 ? count : start + next))
            if next == 0 { break }
            start += next
        }
        return elements
    }

    func isSigned(_ element: Range<Int>) -> Bool { self[element.lowerBound + 16] & 8 != 0 }
}
