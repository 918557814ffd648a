internal import Crypto
package import Primitives
package import SMBWire

/// The server's side of one SMB session's authentication: NTLM, raw or inside SPNEGO ([MS-NLMP],
/// [MS-SPNG]), for the users of the plan, guests and the anonymous user.
///
/// States and what moves them:
/// ```
/// fresh ─ NEGOTIATE, raw or as mechToken ─> challenged ─ AUTHENTICATE ─> ended
///   └─ mechanisms without NTLM's token ─> selected ─ NEGOTIATE ─> challenged
/// challenged ─ AUTHENTICATE without the mechListMIC that was due ─> awaitingMIC ─ MIC ─> ended
/// ```
package struct Authentication: Hashable, Sendable {
    package enum Identity: Hashable, Sendable {
        /// Index into the plan's users.
        case user(Int)
        case guest
        case anonymous
    }

    package enum Step: Hashable, Sendable {
        /// STATUS_MORE_PROCESSING_REQUIRED with this token.
        case more([UInt8])
        /// `sessionKey` has 16 bytes; guests and the anonymous user have none.
        case done([UInt8], Identity, sessionKey: [UInt8]?)
        /// STATUS_LOGON_FAILURE, STATUS_INVALID_PARAMETER for what is no token or was changed on
        /// its way, STATUS_ACCESS_DENIED for a wrong mechListMIC.
        case refused(NTStatus)
    }

    private enum Phase: Hashable, Sendable {
        case fresh
        /// SPNEGO has settled on NTLM, whose first token is still to come.
        case selected
        case challenged(NTLMExchange)
        case awaitingMIC(Identity, key: [UInt8], hasKeyExchange: Bool)
        case ended
    }

    /// What SPNEGO is about; nil for raw NTLM.
    private struct Negotiation: Hashable, Sendable {
        /// The client's MechTypeList in DER, over which both sides make a MIC.
        let mechTypeList: [UInt8]
        /// NTLM was not the client's first choice: both MICs are due ([RFC4178] 5).
        let requiresMIC: Bool
    }

    private let settings: Settings
    private var phase = Phase.fresh
    private var negotiation: Negotiation?

    package init(_ settings: Settings) { self.settings = settings }

    /// The NegTokenInit2 that NEGOTIATE's response carries.
    package static func hint() -> [UInt8] {
        NegTokenInit(
            mechTypes: [.ntlmssp],
            hintName: "not_defined_in_RFC4178@please_ignore"
        ).bytes
    }

    /// The client's next token; `random` gives the challenge, `now` the time stamp.
    package mutating func received(
        _ token: [UInt8],
        random: inout SplitMix64,
        at now: Instant
    ) -> Step {
        do {
            switch phase {
            case .fresh:
                if NTLMMessage.isRaw(token) {
                    return .more(try challenge(token, random: &random, at: now))
                }
                return try begin(token, random: &random, at: now)
            case .selected:
                guard case .response(let response) = try NegotiationToken(token),
                    let negotiate = response.responseToken
                else { return refuse(.invalidParameter) }
                return wrapped(try challenge(negotiate, random: &random, at: now), selects: false)
            case .challenged(let exchange): return try authenticate(token, exchange)
            case .awaitingMIC(let identity, let key, let hasKeyExchange):
                guard case .response(let response) = try NegotiationToken(token),
                    response.mechListMIC == mic(.clientToServer, key, hasKeyExchange)
                else { return refuse(.accessDenied) }
                phase = .ended
                let answer = NegTokenResp(state: .acceptCompleted).bytes
                return .done(answer, identity, sessionKey: key)
            case .ended: return refuse(.invalidParameter)
            }
        } catch { return refuse(.invalidParameter) }
    }

    private mutating func refuse(_ status: NTStatus) -> Step {
        phase = .ended
        return .refused(status)
    }

    /// CHALLENGE for a NEGOTIATE.
    private mutating func challenge(
        _ negotiate: [UInt8],
        random: inout SplitMix64,
        at now: Instant
    ) throws(WireError) -> [UInt8] {
        let exchange = try NTLMExchange(
            answering: negotiate,
            as: settings,
            random: &random,
            at: now
        )
        phase = .challenged(exchange)
        return exchange.challenge
    }

    /// The client's NegTokenInit: NTLM is chosen wherever it stands in the list.
    private mutating func begin(
        _ token: [UInt8],
        random: inout SplitMix64,
        at now: Instant
    ) throws(WireError) -> Step {
        guard case .initial(let offer) = try NegotiationToken(token),
            offer.mechTypes.contains(.ntlmssp)
        else { return refuse(.invalidParameter) }
        let isFirst = offer.mechTypes.first == .ntlmssp
        negotiation = Negotiation(mechTypeList: offer.mechTypeList, requiresMIC: !isFirst)
        if isFirst, let negotiate = offer.mechToken {
            return wrapped(try challenge(negotiate, random: &random, at: now), selects: true)
        }
        phase = .selected
        let state = isFirst ? NegTokenResp.State.acceptIncomplete : .requestMIC
        return .more(NegTokenResp(state: state, supportedMech: .ntlmssp).bytes)
    }

    private func wrapped(_ challenge: [UInt8], selects: Bool) -> Step {
        let response = NegTokenResp(
            state: .acceptIncomplete,
            supportedMech: selects ? .ntlmssp : nil,
            responseToken: challenge
        )
        return .more(response.bytes)
    }
}

/// The last round: AUTHENTICATE and the two mechListMICs.
extension Authentication {
    private mutating func authenticate(
        _ token: [UInt8],
        _ exchange: NTLMExchange
    ) throws(WireError) -> Step {
        var message = token
        var clientMIC: [UInt8]?
        if negotiation != nil {
            guard case .response(let response) = try NegotiationToken(token) else {
                return refuse(.invalidParameter)
            }
            message = response.responseToken ?? []
            clientMIC = response.mechListMIC
        }
        switch exchange.outcome(of: message, settings) {
        case .refused(let status): return refuse(status)
        case .guest:
            phase = .ended
            return .done(completion(nil), .guest, sessionKey: nil)
        case .accepted(.anonymous, let key, let hasKeyExchange):
            // Nothing was proved: the MIC is answered if it is right, and missed by nobody.
            phase = .ended
            let isRight = clientMIC == mic(.clientToServer, key, hasKeyExchange)
            let answer = isRight ? mic(.serverToClient, key, hasKeyExchange) : nil
            return .done(completion(answer), .anonymous, sessionKey: nil)
        case .accepted(let identity, let key, let hasKeyExchange):
            return accepted(identity, key, hasKeyExchange, clientMIC)
        }
    }

    private mutating func accepted(
        _ identity: Identity,
        _ key: [UInt8],
        _ hasKeyExchange: Bool,
        _ clientMIC: [UInt8]?
    ) -> Step {
        guard let negotiation else {
            phase = .ended
            return .done([], identity, sessionKey: key)
        }
        let ours = mic(.serverToClient, key, hasKeyExchange)
        guard let clientMIC else {
            guard negotiation.requiresMIC else {
                phase = .ended
                return .done(completion(nil), identity, sessionKey: key)
            }
            phase = .awaitingMIC(identity, key: key, hasKeyExchange: hasKeyExchange)
            return .more(NegTokenResp(state: .acceptIncomplete, mechListMIC: ours).bytes)
        }
        guard clientMIC == mic(.clientToServer, key, hasKeyExchange) else {
            return refuse(.accessDenied)
        }
        phase = .ended
        return .done(completion(ours), identity, sessionKey: key)
    }

    /// The last token: nothing where NTLM came raw.
    private func completion(_ mic: [UInt8]?) -> [UInt8] {
        guard negotiation != nil else { return [] }
        return NegTokenResp(state: .acceptCompleted, mechListMIC: mic).bytes
    }

    private func mic(
        _ direction: NTLMv2.Direction,
        _ key: [UInt8],
        _ hasKeyExchange: Bool
    ) -> [UInt8] {
        NTLMv2.mechListMIC(
            exportedSessionKey: key,
            direction,
            mechTypes: negotiation?.mechTypeList ?? [],
            hasKeyExchange: hasKeyExchange
        )
    }
}
