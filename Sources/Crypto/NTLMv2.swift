/// The computations of NTLM version 2 ([MS-NLMP] 3.3.2 and 3.4), without its messages.
///
/// Both sides calculate the same. Only what SMB peers negotiate today is here: extended session
/// security and 128-bit keys.
package enum NTLMv2 {
    /// Whose message is signed or sealed.
    package enum Direction: Hashable, Sendable, CaseIterable {
        case clientToServer
        case serverToClient
    }

    /// NTOWFv1: MD4 over the password in UTF-16LE ([MS-NLMP] 3.3.1).
    package static func ntHash(password: String) -> [UInt8] {
        Digest.md4(utf16(password))
    }

    /// NTOWFv2, the key of everything below; the user's name counts in capitals, the domain as is.
    package static func ntowfv2(ntHash: [UInt8], user: String, domain: String) -> [UInt8] {
        Digest.hmacMD5(key: ntHash, utf16(capitals(user) + domain))
    }

    /// The proof that begins an NtChallengeResponse; `temp` is what follows it there.
    package static func ntProofString(
        ntowfv2: [UInt8],
        serverChallenge: [UInt8],
        temp: [UInt8]
    ) -> [UInt8] {
        Digest.hmacMD5(key: ntowfv2, serverChallenge + temp)
    }

    /// The session base key, which is also the key exchange key of version 2.
    package static func sessionBaseKey(ntowfv2: [UInt8], ntProofString: [UInt8]) -> [UInt8] {
        Digest.hmacMD5(key: ntowfv2, ntProofString)
    }

    /// The exported session key out of EncryptedRandomSessionKey, or the other way round.
    package static func exchanged(_ sessionKey: [UInt8], keyExchangeKey: [UInt8]) -> [UInt8] {
        var cipher = RC4(key: keyExchangeKey)
        return cipher.applied(to: sessionKey)
    }

    /// The MIC over the three messages; that of AUTHENTICATE (bytes 72 to 87) counts as zeros.
    package static func mic(
        exportedSessionKey: [UInt8],
        negotiate: [UInt8],
        challenge: [UInt8],
        authenticate: [UInt8]
    ) -> [UInt8] {
        var authenticate = authenticate
        for index in 72..<88 where index < authenticate.count { authenticate[index] = 0 }
        return Digest.hmacMD5(key: exportedSessionKey, negotiate + challenge + authenticate)
    }

    /// SIGNKEY ([MS-NLMP] 3.4.5.2).
    package static func signingKey(
        exportedSessionKey: [UInt8],
        _ direction: Direction
    ) -> [UInt8] {
        key(exportedSessionKey, "signing", direction)
    }

    /// SEALKEY for 128 bits ([MS-NLMP] 3.4.5.3).
    package static func sealingKey(
        exportedSessionKey: [UInt8],
        _ direction: Direction
    ) -> [UInt8] {
        key(exportedSessionKey, "sealing", direction)
    }

    /// The 16-byte signature of a message ([MS-NLMP] 3.4.4.2).
    ///
    /// `cipher` is the direction's RC4 state, which the signature moves on; nil if no key exchange
    /// was negotiated, and then the checksum stays plain.
    package static func signature(
        of message: [UInt8],
        signingKey: [UInt8],
        sequence: UInt32,
        cipher: inout RC4?
    ) -> [UInt8] {
        let number = (0..<4).map { UInt8(truncatingIfNeeded: sequence >> (8 * $0)) }
        let checksum = Array(Digest.hmacMD5(key: signingKey, number + message).prefix(8))
        return [1, 0, 0, 0] + (cipher?.applied(to: checksum) ?? checksum) + number
    }

    /// SPNEGO's mechListMIC: the first signature of a direction, over the DER of MechTypeList.
    package static func mechListMIC(
        exportedSessionKey: [UInt8],
        _ direction: Direction,
        mechTypes: [UInt8],
        hasKeyExchange: Bool = true
    ) -> [UInt8] {
        let sealingKey = sealingKey(exportedSessionKey: exportedSessionKey, direction)
        var cipher = hasKeyExchange ? RC4(key: sealingKey) : nil
        return signature(
            of: mechTypes,
            signingKey: signingKey(exportedSessionKey: exportedSessionKey, direction),
            sequence: 0,
            cipher: &cipher
        )
    }

    private static func key(
        _ exportedSessionKey: [UInt8],
        _ purpose: String,
        _ direction: Direction
    ) -> [UInt8] {
        let way =
            switch direction {
            case .clientToServer: "client-to-server"
            case .serverToClient: "server-to-client"
            }
        let magic = "session key to \(way) \(purpose) key magic constant\0"
        return Libcrypto.md5(exportedSessionKey, Array(magic.utf8))
    }

    private static func utf16(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }

    /// Capitals one UTF-16 unit at a time, as Windows makes them: what would become longer stays.
    private static func capitals(_ text: String) -> String {
        var capitals = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let mapped = scalar.properties.uppercaseMapping.unicodeScalars
            let isSimple = mapped.count == 1 && scalar.value <= 0xFFFF
            capitals.append(isSimple ? mapped.first ?? scalar : scalar)
        }
        return String(capitals)
    }
}
