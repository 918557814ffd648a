/// How messages are encrypted; the numbers are those of [MS-SMB2] 2.2.3.1.2.
package enum Cipher: UInt16, Hashable, Sendable, CaseIterable {
    case aes128CCM = 1
    case aes128GCM = 2
    case aes256CCM = 3
    case aes256GCM = 4

    /// Bytes.
    package var keyLength: Int {
        switch self {
        case .aes128CCM, .aes128GCM: 16
        case .aes256CCM, .aes256GCM: 32
        }
    }

    /// The word that profiles and errors use.
    package var name: String {
        switch self {
        case .aes128CCM: "aes-128-ccm"
        case .aes128GCM: "aes-128-gcm"
        case .aes256CCM: "aes-256-ccm"
        case .aes256GCM: "aes-256-gcm"
        }
    }
}

/// Seals messages into transform messages and opens them ([MS-SMB2] 3.1.4.3, 3.2.5.1.1).
package struct SealingKey: Hashable, Sendable {
    package let cipher: Cipher
    private let key: [UInt8]

    private static let headerSize = 52
    private static let nonceOffset = 20
    private static let authenticated = 20..<52

    /// The key must have the cipher's length.
    package init(_ cipher: Cipher, key: [UInt8]) {
        precondition(key.count == cipher.keyLength, "\(cipher) takes \(cipher.keyLength) bytes")
        self.cipher = cipher
        self.key = key
    }

    /// The transform message for `range` of `bytes`.
    ///
    /// `nonce` is a counter that must never repeat under one key.
    package func seal(
        _ bytes: [UInt8],
        in range: Range<Int>,
        sessionID: UInt64,
        nonce: UInt64
    ) -> [UInt8] {
        var header: [UInt8] = [0xFD, 0x53, 0x4D, 0x42]
        header += [UInt8](repeating: 0, count: 16)
        header += Self.littleEndian(nonce) + [UInt8](repeating: 0, count: 8)
        header += Self.littleEndian(UInt64(range.count)).prefix(4) + [0, 0, 1, 0]
        header += Self.littleEndian(sessionID)
        let message = header + bytes[range]
        var tag = [UInt8](repeating: 0, count: 16)
        let sealed = Libcrypto.transform(
            cipher,
            isSealing: true,
            key: key,
            nonce: Array(message[Self.nonceOffset..<Self.nonceOffset + 12]),
            bytes: message,
            authenticated: Self.authenticated,
            range: Self.headerSize..<message.count,
            tag: &tag
        )
        guard let sealed else { preconditionFailure("libcrypto cannot seal with \(cipher)") }
        return header[0..<4] + tag + header[20...] + sealed
    }

    /// The message inside a transform message; nil if it is too short, says a wrong size or flag,
    /// or was not sealed with this key.
    package func open(_ bytes: [UInt8], in range: Range<Int>) -> [UInt8]? {
        guard range.count > Self.headerSize else { return nil }
        let start = range.lowerBound
        let size = (0..<4).reduce(0) { $0 | Int(bytes[start + 36 + $1]) << (8 * $1) }
        let flags = Int(bytes[start + 42]) | Int(bytes[start + 43]) << 8
        guard flags == 1, size == range.count - Self.headerSize else { return nil }
        var tag = Array(bytes[start + 4..<start + 20])
        return Libcrypto.transform(
            cipher,
            isSealing: false,
            key: key,
            nonce: Array(bytes[start + Self.nonceOffset..<start + Self.nonceOffset + 12]),
            bytes: bytes,
            authenticated: start + 20..<start + 52,
            range: start + Self.headerSize..<range.upperBound,
            tag: &tag
        )
    }

    private static func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
