/// How messages are signed; the numbers are those of [MS-SMB2] 2.2.3.1.7.
package enum SigningAlgorithm: UInt16, Hashable, Sendable, CaseIterable {
    case hmacSHA256 = 0
    case aesCMAC = 1
    case aesGMAC = 2

    /// The word that profiles and errors use.
    package var name: String {
        switch self {
        case .hmacSHA256: "hmac-sha256"
        case .aesCMAC: "aes-cmac"
        case .aesGMAC: "aes-gmac"
        }
    }
}

/// Signs and verifies whole messages in place ([MS-SMB2] 3.1.4.1, 3.1.5.1).
package struct SigningKey: Hashable, Sendable {
    package let algorithm: SigningAlgorithm
    private let key: [UInt8]

    private enum Offset {
        static let command = 12
        static let flags = 16
        static let messageID = 24
        static let signature = 48
    }
    private static let headerSize = 64

    /// A key shorter than 16 bytes is padded with zeros, a longer one is cut.
    package init(_ algorithm: SigningAlgorithm, key: [UInt8]) {
        self.algorithm = algorithm
        self.key = Array((key + [UInt8](repeating: 0, count: 16)).prefix(16))
    }

    /// Sets SMB2_FLAGS_SIGNED and the Signature of the message that `range` spans.
    ///
    /// The range must lie in `bytes` and hold a whole header. In a compound it is one element with
    /// its padding.
    package func sign(_ bytes: inout [UInt8], in range: Range<Int>) {
        precondition(
            range.count >= Self.headerSize && Libcrypto.isUsable(range, of: bytes),
            "a message is at least a header long, and inside its bytes"
        )
        bytes[range.lowerBound + Offset.flags] |= 0x8
        let nonce = nonce(bytes, range)
        Libcrypto.sign(algorithm, key: key, nonce: nonce, &bytes, in: range)
    }

    /// Whether the message's Signature is this key's.
    ///
    /// False also for what is no whole header or does not lie in `bytes`.
    package func verifies(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count >= Self.headerSize, Libcrypto.isUsable(range, of: bytes) else {
            return false
        }
        let nonce = nonce(bytes, range)
        return Libcrypto.verifies(algorithm, key: key, nonce: nonce, bytes, in: range)
    }

    /// The nonce of AES-GMAC from the header; the other algorithms take none.
    private func nonce(_ bytes: [UInt8], _ range: Range<Int>) -> Libcrypto.SignatureNonce {
        guard algorithm == .aesGMAC else { return .init(messageID: 0, sender: 0) }
        let start = range.lowerBound
        var messageID: UInt64 = 0
        for index in (0..<8).reversed() {
            messageID = messageID << 8 | UInt64(bytes[start + Offset.messageID + index])
        }
        let isServer = UInt32(bytes[start + Offset.flags] & 1)
        let command = (bytes[start + Offset.command], bytes[start + Offset.command + 1])
        return .init(messageID: messageID, sender: isServer | (command == (0xC, 0) ? 2 : 0))
    }
}
