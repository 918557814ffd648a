import Foundation
import Testing

/// The tokens of a captured log-on, one a SESSION_SETUP (Vectors/captures.json, clients.json).
struct CapturedLogon: Sendable, CustomTestStringConvertible {
    let name: String
    /// In order: client, server, client, server.
    let tokens: [[UInt8]]
    /// Where the capture's client wrote it down.
    let sessionKey: [UInt8]?

    var testDescription: String { name }

    private struct Capture: Decodable {
        struct Session: Decodable { let gssKey: String? }
        struct Message: Decodable {
            let dir: String
            let hex: String
            let plain: String?
        }
        let sessions: [Session]
        let messages: [Message]
    }

    private struct ClientMessage: Decodable {
        let connection: Int
        let hex: String
    }

    /// Log-ons of one session alone by EXAMPLE\alice, whose password is `Passw0rd!alice`.
    static let byGSSAPI = all.filter { $0.name != "guest_guest" }
    /// By `nosuchuser`, whom the server let in as a guest.
    static let stranger = all.first { $0.name == "guest_guest" }

    private static let all: [CapturedLogon] = {
        guard let captures: [String: Capture] = load("captures.json") else { return [] }
        return captures.sorted { $0.key < $1.key }.compactMap { name, capture in
            guard capture.sessions.count == 1, name != "dc", !name.hasSuffix("bob") else {
                return nil
            }
            let tokens = capture.messages.compactMap { token(of: $0.hex.bytes) }
            let key = capture.sessions[0].gssKey?.bytes
            return CapturedLogon(name: name, tokens: Array(tokens.prefix(4)), sessionKey: key)
        }
    }()

    static let bySmbclient = clients("smbclient_dfs_link1")
    static let byLibsmb2 = clients("libsmb2")

    private static func clients(_ name: String) -> [CapturedLogon] {
        guard let all: [String: [ClientMessage]] = load("clients.json") else { return [] }
        let messages = all[name] ?? []
        return Set(messages.map(\.connection)).sorted().compactMap { connection in
            let tokens = messages.filter { $0.connection == connection }
                .compactMap { token(of: $0.hex.bytes) }
            guard tokens.count >= 4 else { return nil }
            return CapturedLogon(
                name: "\(name) \(connection)",
                tokens: Array(tokens.prefix(4)),
                sessionKey: nil
            )
        }
    }

    /// The security buffer of a SESSION_SETUP; nil for other messages.
    private static func token(of message: [UInt8]) -> [UInt8]? {
        guard message.count >= 72, message.starts(with: [0xFE]), message[12] == 1 else {
            return nil
        }
        let place = message[16] & 1 == 0 ? 76 : 68
        func number(_ at: Int) -> Int { Int(message[at]) | Int(message[at + 1]) << 8 }
        let start = number(place)
        return Array(message[min(start, message.count)...].prefix(number(place + 2)))
    }

    private static func load<Value: Decodable>(_ name: String) -> Value? {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/\(name)")
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: data)
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
    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
