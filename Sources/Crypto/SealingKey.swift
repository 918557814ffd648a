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

    private static let protocolID: [UInt8] = [0xFD, 0x53, 0x4D, 0x42]
    private static let headerSize = 52

    /// The key must have the cipher's length.
    package init(_ cipher: Cipher, key: [UInt8]) {
        precondition(key.count == cipher.keyLength, "\(cipher) takes \(cipher.keyLength) bytes")
        self.cipher = cipher
        self.key = key
    }

    /// The transform message for `range` of `bytes`.
    ///
    /// `nonce` is a counter that must never repeat under one key. The range must not be empty.
    package func seal(
        _ bytes: [UInt8],
        in range: Range<Int>,
        sessionID: UInt64,
        nonce: UInt64
    ) -> [UInt8] {
        var transform: [UInt8] = []
        transform.reserveCapacity(Self.headerSize + range.count)
        transform += Self.protocolID
        transform.append(contentsOf: repeatElement(0, count: 16))
        Self.append(nonce, bytes: 8, to: &transform)
        transform.append(contentsOf: repeatElement(0, count: 8))
        Self.append(UInt64(range.count), bytes: 4, to: &transform)
        Self.append(0x1_0000, bytes: 4, to: &transform)
        Self.append(sessionID, bytes: 8, to: &transform)
        transform += bytes[range]
        Libcrypto.seal(cipher, key: key, &transform)
        return transform
    }

    /// The message inside a transform message, of any bytes.
    ///
    /// Nil if it is too short or does not lie in `bytes`, says a wrong protocol, size or flag, or
    /// was not sealed with this key. The tag does not cover the protocol, so that is looked at
    /// here.
    package func open(_ bytes: [UInt8], in range: Range<Int>) -> [UInt8]? {
        guard range.count > Self.headerSize, Libcrypto.isUsable(range, of: bytes) else {
            return nil
        }
        let start = range.lowerBound
        let size = (0..<4).reduce(0) { $0 | Int(bytes[start + 36 + $1]) << (8 * $1) }
        let flags = Int(bytes[start + 42]) | Int(bytes[start + 43]) << 8
        guard bytes[start..<start + 4].elementsEqual(Self.protocolID), flags == 1,
            size == range.count - Self.headerSize
        else { return nil }
        return Libcrypto.open(cipher, key: key, bytes, in: range)
    }

    private static func append(_ value: UInt64, bytes count: Int, to array: inout [UInt8]) {
        for index in 0..<count { array.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
}
