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
    package func sign(_ bytes: inout [UInt8], in range: Range<Int>) {
        precondition(range.count >= Self.headerSize, "a message is at least a header long")
        bytes[range.lowerBound + Offset.flags] |= 0x8
        let signature = Libcrypto.signature(
            algorithm,
            key: key,
            nonce: nonce(bytes, range),
            of: bytes,
            in: range
        )
        for (index, byte) in signature.enumerated() {
            bytes[range.lowerBound + Offset.signature + index] = byte
        }
    }

    /// Whether the message's Signature is this key's; false for what is no whole header.
    package func verifies(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count >= Self.headerSize else { return false }
        let signature = Libcrypto.signature(
            algorithm,
            key: key,
            nonce: nonce(bytes, range),
            of: bytes,
            in: range
        )
        return Libcrypto.isEqual(signature, bytes, at: range.lowerBound + Offset.signature)
    }

    /// MessageId, then bit 0 for the server's messages and bit 1 for CANCEL ([MS-SMB2] 3.1.4.1).
    private func nonce(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: 12)
        guard algorithm == .aesGMAC else { return nonce }
        for index in 0..<8 { nonce[index] = bytes[range.lowerBound + Offset.messageID + index] }
        let isServer = bytes[range.lowerBound + Offset.flags] & 1
        let isCancel: UInt8 = bytes[range.lowerBound + Offset.command] == 0xC ? 2 : 0
        nonce[8] = isServer | isCancel
        return nonce
    }
}
