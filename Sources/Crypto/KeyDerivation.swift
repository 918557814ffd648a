/// The keys of one SMB session ([MS-SMB2] 3.2.5.3.1), made once when it first becomes valid.
package struct SessionKeys: Hashable, Sendable {
    package let signing: SigningKey
    /// Client to server, and server to client; nil where no cipher was negotiated.
    package let clientToServer: SealingKey?
    package let serverToClient: SealingKey?

    /// Where the keys of a dialect come from.
    package enum Scheme: Hashable, Sendable {
        /// 2.0.2 and 2.1: the session key itself signs.
        case sessionKey
        /// 3.0 and 3.0.2: labels and contexts are constants.
        case constants
        /// 3.1.1: the context is the SMB session's preauthentication hash.
        case preauthHash([UInt8])
    }

    /// Derives the keys from the whole key that authentication gave (16 bytes or more are usual).
    ///
    /// `signingBits` is 128, or 256 for peers that derive also the signing key with the cipher's
    /// length ([MS-SMB2] 3.2.5.3.1 by the letter; Samba and Microsoft's test suite take 128).
    package init(
        fullKey: [UInt8],
        scheme: Scheme,
        signing algorithm: SigningAlgorithm,
        cipher: Cipher?,
        signingBits: UInt32 = 128
    ) {
        let sessionKey = Array((fullKey + [UInt8](repeating: 0, count: 16)).prefix(16))
        let labels: KeyDerivation.Labels
        switch scheme {
        case .sessionKey:
            signing = SigningKey(algorithm, key: sessionKey)
            clientToServer = nil
            serverToClient = nil
            return
        case .constants: labels = .smb300
        case .preauthHash(let hash): labels = .smb311(hash)
        }
        let is256 = cipher?.keyLength == 32
        let base = is256 && signingBits == 256 ? fullKey : sessionKey
        signing = SigningKey(
            algorithm,
            key: KeyDerivation.key(from: base, labels.signing, bits: signingBits)
        )
        let cipherBase = is256 ? fullKey : sessionKey
        let bits: UInt32 = is256 ? 256 : 128
        clientToServer = cipher.map {
            SealingKey(
                $0,
                key: KeyDerivation.key(from: cipherBase, labels.clientToServer, bits: bits)
            )
        }
        serverToClient = cipher.map {
            SealingKey(
                $0,
                key: KeyDerivation.key(from: cipherBase, labels.serverToClient, bits: bits)
            )
        }
    }
}

/// SP 800-108 in counter mode with HMAC-SHA256, one block ([MS-SMB2] 3.1.4.2).
package enum KeyDerivation {
    package struct Purpose: Hashable, Sendable {
        let label: [UInt8]
        let context: [UInt8]

        /// The label gets its own NUL; the separator's NUL comes on top of it.
        package init(_ label: String, _ context: [UInt8]) {
            self.label = Array(label.utf8) + [0]
            self.context = context
        }
    }

    /// What the keys of a dialect are derived for ([MS-SMB2] 3.2.5.3.1).
    package struct Labels: Hashable, Sendable {
        package let signing: Purpose
        package let clientToServer: Purpose
        package let serverToClient: Purpose
        /// For what runs above SMB, which a load tester has none of.
        package let application: Purpose

        /// 3.0 and 3.0.2.
        package static var smb300: Labels {
            Labels(
                signing: .init("SMB2AESCMAC", Array("SmbSign\0".utf8)),
                // The space behind ServerIn belongs there.
                clientToServer: .init("SMB2AESCCM", Array("ServerIn \0".utf8)),
                serverToClient: .init("SMB2AESCCM", Array("ServerOut\0".utf8)),
                application: .init("SMB2APP", Array("SmbRpc\0".utf8))
            )
        }

        /// 3.1.1, with the SMB session's preauthentication hash.
        package static func smb311(_ hash: [UInt8]) -> Labels {
            Labels(
                signing: .init("SMBSigningKey", hash),
                clientToServer: .init("SMBC2SCipherKey", hash),
                serverToClient: .init("SMBS2CCipherKey", hash),
                application: .init("SMBAppKey", hash)
            )
        }
    }

    /// A key of `bits` (128 or 256) from `key`.
    package static func key(from key: [UInt8], _ purpose: Purpose, bits: UInt32) -> [UInt8] {
        precondition(bits == 128 || bits == 256, "one block of HMAC-SHA256 gives 256 bits at most")
        let length: [UInt8] = [0, 0, UInt8(bits >> 8), UInt8(truncatingIfNeeded: bits)]
        let input = [0, 0, 0, 1] + purpose.label + [0] + purpose.context + length
        return Array(Libcrypto.hmacSHA256(key: key, input).prefix(Int(bits / 8)))
    }
}

/// The chain of hashes over negotiation and authentication ([MS-SMB2] 3.2.5.2, dialect 3.1.1).
package struct PreauthIntegrityHash: Hashable, Sendable {
    package private(set) var value = [UInt8](repeating: 0, count: 64)

    package init() {}

    /// H := SHA-512(H || message); the message as it is on the wire, without the framing.
    package mutating func append(_ message: [UInt8]) {
        value = Libcrypto.sha512(value, message)
    }
}
