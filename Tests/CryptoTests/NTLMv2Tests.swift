import Crypto
import Testing

@Suite struct NTLMv2Tests {
    /// The example of [MS-NLMP] 4.2.4.
    @Test func `the specification's example comes out`() {
        let hash = NTLMv2.ntHash(password: "Password")
        #expect(hash.hex == "a4f49c406510bdcab6824ee7c30fd852")
        let ntowfv2 = NTLMv2.ntowfv2(ntHash: hash, user: "User", domain: "Domain")
        #expect(ntowfv2.hex == "0c868a403bfd7a93a3001ef22ef02e3f")
        let temp =
            "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
            + "02000c0044006f006d00610069006e00"
            + "01000c005300650072007600650072000000000000000000"
        let proof = NTLMv2.ntProofString(
            ntowfv2: ntowfv2,
            serverChallenge: "0123456789abcdef".bytes,
            temp: temp.bytes
        )
        #expect(proof.hex == "68cd0ab851e51c96aabc927bebef6a1c")
        let base = NTLMv2.sessionBaseKey(ntowfv2: ntowfv2, ntProofString: proof)
        #expect(base.hex == "8de40ccadbc14a82f15cb0ad0de95ca3")
        let exported = [UInt8](repeating: 0x55, count: 16)
        let encrypted = NTLMv2.exchanged(exported, keyExchangeKey: base)
        #expect(encrypted.hex == "c5dad2544fc9799094ce1ce90bc9d03e")
        #expect(NTLMv2.exchanged(encrypted, keyExchangeKey: base) == exported)
    }

    /// [MS-NLMP] 4.2.4.4: the text is sealed first, and its signature continues the stream.
    @Test func `the specification's sealed message comes out`() {
        let exported = [UInt8](repeating: 0x55, count: 16)
        let signing = NTLMv2.signingKey(exportedSessionKey: exported, .clientToServer)
        let sealing = NTLMv2.sealingKey(exportedSessionKey: exported, .clientToServer)
        #expect(signing.hex == "4788dc861b4782f35d43fd98fe1a2d39")
        #expect(sealing.hex == "59f600973cc4960a25480a7c196e4c58")
        let text: [UInt8] = "Plaintext".utf8.flatMap { [$0, 0] }
        var cipher: RC4? = RC4(key: sealing)
        #expect(cipher?.applied(to: text).hex == "54e50165bf1936dc996020c1811b0f06fb5f")
        let signature = NTLMv2.signature(
            of: text,
            signingKey: signing,
            sequence: 0,
            cipher: &cipher
        )
        #expect(signature.hex == "010000007fb38ec5c55d497600000000")
    }

    /// The logon that Microsoft published with the 3.1.1 keys, from password to mechListMIC.
    @Test func `the published logon comes out, from the password to the session key`() throws {
        let logon = try PublishedLogon()
        let hash = NTLMv2.ntHash(password: "Password01!")
        #expect(hash == "7C4FE5EADA682714A036E39378362BAB".bytes)
        let ntowfv2 = NTLMv2.ntowfv2(ntHash: hash, user: "administrator", domain: "SUT311")
        #expect(ntowfv2 == "AEE3959B44A815F1EB28C9511B4F533B".bytes)
        let response = logon.field(20)
        let proof = NTLMv2.ntProofString(
            ntowfv2: ntowfv2,
            serverChallenge: Array(logon.challenge[24..<32]),
            temp: Array(response.dropFirst(16))
        )
        #expect(proof == Array(response.prefix(16)))
        let base = NTLMv2.sessionBaseKey(ntowfv2: ntowfv2, ntProofString: proof)
        #expect(base == "B4CF22566926B1C069ACD80E4D73C814".bytes)
        let exported = NTLMv2.exchanged(logon.field(52), keyExchangeKey: base)
        #expect(exported == logon.sessionKey)
        let mic = NTLMv2.mic(
            exportedSessionKey: exported,
            negotiate: logon.negotiate,
            challenge: logon.challenge,
            authenticate: logon.authenticate
        )
        #expect(mic == Array(logon.authenticate[72..<88]))
    }

    @Test func `the published mechListMICs come out, both ways`() throws {
        let exported = try PublishedLogon().sessionKey
        let mechTypes = "300c060a2b06010401823702020a".bytes
        let client = NTLMv2.mechListMIC(
            exportedSessionKey: exported,
            .clientToServer,
            mechTypes: mechTypes
        )
        let server = NTLMv2.mechListMIC(
            exportedSessionKey: exported,
            .serverToClient,
            mechTypes: mechTypes
        )
        #expect(client.hex == "0100000063775a9a5fd97f0600000000")
        #expect(server.hex == "010000003b453cdc3524164200000000")
        let plain = NTLMv2.mechListMIC(
            exportedSessionKey: exported,
            .clientToServer,
            mechTypes: mechTypes,
            hasKeyExchange: false
        )
        let sealing = NTLMv2.sealingKey(exportedSessionKey: exported, .clientToServer)
        var cipher = RC4(key: sealing)
        #expect(cipher.applied(to: Array(plain[4..<12])) == Array(client[4..<12]))
    }

    @Test func `the MIC's own place does not count, and a short message has none`() {
        func mic(_ authenticate: [UInt8]) -> [UInt8] {
            NTLMv2.mic(
                exportedSessionKey: [1],
                negotiate: [2],
                challenge: [3],
                authenticate: authenticate
            )
        }
        let message = [UInt8](repeating: 4, count: 100)
        var other = message
        other.replaceSubrange(72..<88, with: repeatElement(5, count: 16))
        #expect(mic(message) == mic(other))
        other[88] = 5
        #expect(mic(message) != mic(other))
        for count in 0..<88 { #expect(mic(Array(message.prefix(count))).count == 16) }
    }

    @Test(arguments: [("mueller", "MUELLER"), ("müller", "MÜLLER"), ("straße", "STRAßE")])
    func `a user's name counts in capitals that are no longer than it`(
        name: String,
        capitals: String
    ) {
        let hash = NTLMv2.ntHash(password: "x")
        let ours = NTLMv2.ntowfv2(ntHash: hash, user: name, domain: "d")
        let text: [UInt8] = (capitals + "d").utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(ours == Digest.hmacMD5(key: hash, text))
        #expect(ours != NTLMv2.ntowfv2(ntHash: hash, user: name, domain: "D"))
    }
}

/// The NTLM messages inside the published SESSION_SETUPs.
private struct PublishedLogon {
    let negotiate: [UInt8]
    let challenge: [UInt8]
    let authenticate: [UInt8]
    let sessionKey: [UInt8]

    init() throws {
        let published = try Published.load()
        let messages = published.chain.map(\.hex.bytes)
        negotiate = try Self.message(in: messages[2])
        challenge = try Self.message(in: messages[3])
        // Behind AUTHENTICATE comes the mechListMIC: a3 12 04 10 and 16 bytes.
        authenticate = try Self.message(in: messages[4]).dropLast(20)
        sessionKey = published.smb311Keys.sessionKey.bytes
    }

    /// What a {Len, MaxLen, Offset} field of AUTHENTICATE points at.
    func field(_ place: Int) -> [UInt8] {
        let length = Int(authenticate[place]) | Int(authenticate[place + 1]) << 8
        let offset = Int(authenticate[place + 4]) | Int(authenticate[place + 5]) << 8
        return Array(authenticate[offset..<offset + length])
    }

    private static func message(in bytes: [UInt8]) throws -> [UInt8] {
        let start = try #require(bytes.firstRange(of: Array("NTLMSSP\0".utf8))).lowerBound
        return Array(bytes[start...])
    }
}
