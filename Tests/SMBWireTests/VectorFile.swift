import Foundation
import Testing

/// A message that was captured or published, without the framing prefix and decrypted.
struct Vector: Hashable, Sendable, CustomTestStringConvertible {
    /// File, group, place and label, as in `captures/a[3] SESSION_SETUP resp`.
    let name: String
    let bytes: [UInt8]
    /// As it was on the wire where it was encrypted.
    let encrypted: [UInt8]?

    var testDescription: String { name }
    var isSMB2: Bool { bytes.starts(with: [0xFE, 0x53, 0x4D, 0x42]) }
}

/// The vectors in Tests/Vectors; what they hold is told in their own keys.
enum VectorFile {
    static let captures = load("captures", as: [String: Capture].self)
        .flatMap { group, capture in
            capture.messages.map { message in
                Vector(
                    name: "captures/\(group)[\(message.index)] \(message.label)",
                    bytes: bytes(hex: message.plain ?? message.hex),
                    encrypted: message.plain == nil ? nil : bytes(hex: message.hex)
                )
            }
        }

    static let clients = load("clients", as: [String: [ClientMessage]].self)
        .flatMap { group, messages in
            messages.enumerated().map { index, message in
                Vector(
                    name: "clients/\(group)[\(index)] \(message.dir)",
                    bytes: bytes(hex: message.hex),
                    encrypted: nil
                )
            }
        }

    /// The SMB2 messages that Microsoft printed; keys and hashes beside them are not loaded.
    static let published = load("published", as: [String: Published].self)
        .flatMap { group, published in
            published.messages.enumerated().map { index, hex in
                Vector(name: "published/\(group)[\(index)]", bytes: bytes(hex: hex), encrypted: nil)
            }
        }
        .filter(\.isSMB2)

    static let all = captures + clients + published

    /// The bytes of one captured message.
    static func capture(_ group: String, _ index: Int) -> [UInt8] {
        captures.first { $0.name.hasPrefix("captures/\(group)[\(index)]") }?.bytes ?? []
    }

    static func bytes(hex: String) -> [UInt8] {
        var digits = hex.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }[...]
        var bytes: [UInt8] = []
        while let high = digits.popFirst(), let low = digits.popFirst() {
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }

    /// The groups in the order of their names; none if the file cannot be read, which the tests
    /// notice by their count.
    private static func load<Group: Decodable>(
        _ name: String,
        as type: [String: Group].Type
    ) -> [(key: String, value: Group)] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/\(name).json")
        guard let data = try? Data(contentsOf: file),
            let groups = try? JSONDecoder().decode(type, from: data)
        else { return [] }
        return groups.sorted { $0.key < $1.key }
    }

    private struct Capture: Decodable {
        struct Message: Decodable {
            let index: Int
            let label: String
            let hex: String
            let plain: String?
        }
        let messages: [Message]
    }

    /// A list of labelled messages, or messages and keys by their names.
    private enum Published: Decodable {
        case list([[String: String]])
        case named([String: String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let list = try? container.decode([[String: String]].self) {
                self = .list(list)
            } else {
                self = .named(try container.decode([String: String].self))
            }
        }

        var messages: [String] {
            switch self {
            case .list(let list): list.compactMap { $0["hex"] }
            case .named(let named): named.sorted { $0.key < $1.key }.map(\.value)
            }
        }
    }

    private struct ClientMessage: Decodable {
        let dir: String
        let hex: String
    }
}
