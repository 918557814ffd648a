internal import Crypto
package import Primitives
package import SMBWire

/// One NTLM log-on as its server sees it, after CHALLENGE was sent ([MS-NLMP] 3.2.5).
package struct NTLMExchange: Hashable, Sendable {
    /// Both as they went over the wire: the MIC is about their bytes.
    private let negotiate: [UInt8]
    package let challenge: [UInt8]

    package init(negotiate: [UInt8], challenge: [UInt8]) {
        self.negotiate = negotiate
        self.challenge = challenge
    }

    /// Answers a NEGOTIATE_MESSAGE; throws if it is none.
    package init(
        answering negotiate: [UInt8],
        as settings: Authentication.Settings,
        random: inout SplitMix64,
        at now: Instant
    ) throws(WireError) {
        let asked = try NTLMNegotiate(negotiate).flags
        guard asked.contains(.unicode) else { throw .malformed(field: "NegotiateFlags") }
        var flags = asked.intersection(.granted)
        flags.formUnion([.targetInfo, .ntlm])
        if asked.contains(.requestTarget) {
            flags.insert(settings.isInDomain ? .targetTypeDomain : .targetTypeServer)
        }
        var challenge = ByteWriter(reserving: 8)
        challenge.uint64(random.next())
        let message = NTLMChallenge(
            flags: flags,
            targetName: settings.netbiosDomainName,
            serverChallenge: challenge.bytes,
            targetInfo: settings.targetInfo(at: now)
        )
        self.init(negotiate: negotiate, challenge: message.bytes)
    }

    /// What an AUTHENTICATE_MESSAGE proves.
    package enum Outcome: Hashable, Sendable {
        /// `key` is the exported session key, with which the mechListMIC is made too.
        case accepted(Authentication.Identity, key: [UInt8], hasKeyExchange: Bool)
        case guest
        case refused(NTStatus)
    }

    /// Checks an AUTHENTICATE_MESSAGE ([MS-NLMP] 3.2.5.1.2).
    package func outcome(of token: [UInt8], _ settings: Authentication.Settings) -> Outcome {
        guard let message = try? NTLMAuthenticate(token),
            let challenge = try? NTLMChallenge(challenge)
        else { return .refused(.invalidParameter) }
        let hasKeyExchange =
            message.flags.contains(.keyExchange) && challenge.flags.contains(.keyExchange)
        if message.isAnonymous {
            guard settings.allowsAnonymous else { return .refused(.logonFailure) }
            // KXKEY of the anonymous user is sixteen zeros.
            let none = [UInt8](repeating: 0, count: 16)
            let key = hasKeyExchange ? exported(message, none) ?? none : none
            return .accepted(.anonymous, key: key, hasKeyExchange: hasKeyExchange)
        }
        guard let (user, base) = proved(message, challenge, settings) else {
            return settings.strangers == .guest ? .guest : .refused(.logonFailure)
        }
        var key = base
        if hasKeyExchange {
            guard let exported = exported(message, base) else { return .refused(.invalidParameter) }
            key = exported
        }
        guard isIntact(token, message, key) else { return .refused(.invalidParameter) }
        return .accepted(.user(user), key: key, hasKeyExchange: hasKeyExchange)
    }

    private func exported(_ message: NTLMAuthenticate, _ base: [UInt8]) -> [UInt8]? {
        let encrypted = message.encryptedRandomSessionKey
        guard encrypted.count == 16 else { return nil }
        return NTLMv2.exchanged(encrypted, keyExchangeKey: base)
    }

    /// The user whose password the response proves, and the session base key.
    ///
    /// As Samba does, the domain is tried as sent, in capitals and not at all: clients differ in
    /// which of them they hash.
    private func proved(
        _ message: NTLMAuthenticate,
        _ challenge: NTLMChallenge,
        _ settings: Authentication.Settings
    ) -> (user: Int, base: [UInt8])? {
        guard let index = settings.index(ofUser: message.user),
            let response = try? NTLMv2Response(message.ntResponse)
        else { return nil }
        var tried: [String] = []
        for domain in [message.domain, message.domain.uppercased(), ""]
        where !tried.contains(domain) {
            tried.append(domain)
            let ntowfv2 = NTLMv2.ntowfv2(
                ntHash: settings.users[index].ntHash,
                user: message.user,
                domain: domain
            )
            let proof = NTLMv2.ntProofString(
                ntowfv2: ntowfv2,
                serverChallenge: challenge.serverChallenge,
                temp: response.temp
            )
            if proof == response.proof {
                return (index, NTLMv2.sessionBaseKey(ntowfv2: ntowfv2, ntProofString: proof))
            }
        }
        return nil
    }

    /// Whether the MIC is right, if the response says that there is one.
    private func isIntact(_ token: [UInt8], _ message: NTLMAuthenticate, _ key: [UInt8]) -> Bool {
        guard let response = try? NTLMv2Response(message.ntResponse),
            response.pairs.flags & AVPairs.hasMIC != 0
        else { return true }
        guard token.count >= NTLMAuthenticate.micRange.upperBound else { return false }
        let mic = NTLMv2.mic(
            exportedSessionKey: key,
            negotiate: negotiate,
            challenge: challenge,
            authenticate: token
        )
        return mic == Array(token[NTLMAuthenticate.micRange])
    }
}
