internal import Crypto
package import Primitives
package import SMBWire

/// The client's side of one NTLM log-on, without libraries ([MS-NLMP] 3.1.5): raw tokens, not in
/// SPNEGO.
///
/// Sessions of a simulated world log on with it, by the thousand and always with the same bytes.
package struct NTLMClient: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// The next token; with completion comes the session key, which the anonymous user has not.
        case token([UInt8], isComplete: Bool, sessionKey: [UInt8]?)
        /// What the server sent is no challenge.
        case failed(NTStatus)
    }

    private enum Phase: Hashable, Sendable {
        case fresh
        case negotiated([UInt8])
        case ended
    }

    private let user: String
    private let domain: String
    private let ntHash: [UInt8]
    private var phase = Phase.fresh

    /// An empty user is the anonymous one.
    package init(user: String, domain: String, ntHash: [UInt8]) {
        self.user = user
        self.domain = domain
        self.ntHash = ntHash
    }

    /// The server's token; the first may be empty, or SPNEGO's hint, which is not needed.
    package mutating func received(_ token: [UInt8], random: inout SplitMix64) -> Step {
        switch phase {
        case .fresh:
            let negotiate = NTLMNegotiate(flags: .offered).bytes
            phase = .negotiated(negotiate)
            return .token(negotiate, isComplete: false, sessionKey: nil)
        case .negotiated(let negotiate):
            phase = .ended
            guard let challenge = try? NTLMChallenge(token) else {
                return .failed(.invalidNetworkResponse)
            }
            return user.isEmpty
                ? anonymous(challenge)
                : authenticate(negotiate, token, challenge, random: &random)
        case .ended: return .failed(.invalidNetworkResponse)
        }
    }

    private func anonymous(_ challenge: NTLMChallenge) -> Step {
        let message = NTLMAuthenticate(
            lmResponse: [0],
            ntResponse: [],
            domain: "",
            user: "",
            workstation: "",
            encryptedRandomSessionKey: [],
            flags: NTLMFlags.offered.intersection(challenge.flags)
                .subtracting(.keyExchange).union(.anonymous)
        )
        return .token(message.bytes, isComplete: true, sessionKey: nil)
    }

    /// Response, session key and MIC.
    private func authenticate(
        _ negotiate: [UInt8],
        _ token: [UInt8],
        _ challenge: NTLMChallenge,
        random: inout SplitMix64
    ) -> Step {
        let flags = NTLMFlags.offered.intersection(challenge.flags)
        let ntowfv2 = NTLMv2.ntowfv2(ntHash: ntHash, user: user, domain: domain)
        var pairs = challenge.targetInfo
        pairs.set(flags: pairs.flags | AVPairs.hasMIC)
        let temp = NTLMv2Response.temp(
            time: pairs.value(.timestamp) ?? [UInt8](repeating: 0, count: 8),
            clientChallenge: Self.bytes(8, &random),
            pairs: pairs
        )
        let proof = NTLMv2.ntProofString(
            ntowfv2: ntowfv2,
            serverChallenge: challenge.serverChallenge,
            temp: temp
        )
        let base = NTLMv2.sessionBaseKey(ntowfv2: ntowfv2, ntProofString: proof)
        let exchanges = flags.contains(.keyExchange)
        let key = exchanges ? Self.bytes(16, &random) : base
        var message = NTLMAuthenticate(
            lmResponse: [UInt8](repeating: 0, count: 24),
            ntResponse: proof + temp,
            domain: domain,
            user: user,
            workstation: "",
            encryptedRandomSessionKey: exchanges
                ? NTLMv2.exchanged(key, keyExchangeKey: base) : [],
            flags: flags
        ).bytes
        let mic = NTLMv2.mic(
            exportedSessionKey: key,
            negotiate: negotiate,
            challenge: token,
            authenticate: message
        )
        message.replaceSubrange(NTLMAuthenticate.micRange, with: mic)
        return .token(message, isComplete: true, sessionKey: key)
    }

    private static func bytes(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
        var writer = ByteWriter(reserving: count)
        for _ in 0..<count / 8 { writer.uint64(random.next()) }
        return writer.take()
    }
}
