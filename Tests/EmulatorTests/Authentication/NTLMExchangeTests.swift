import Crypto
import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct NTLMExchangeTests {
    let settings = Authentication.Settings(
        users: [UserPlan(name: "Alice", ntHash: NTLMv2.ntHash(password: "Passw0rd!alice"))],
        serverName: "srv1",
        domainName: "",
        allowsAnonymous: false,
        strangers: .refused
    )

    @Test func `there are captures to check against`() {
        #expect(CapturedLogon.byGSSAPI.count >= 18)
        #expect(CapturedLogon.bySmbclient.count >= 2)
        #expect(CapturedLogon.byLibsmb2.count >= 2)
    }

    @Test(arguments: CapturedLogon.byGSSAPI + CapturedLogon.bySmbclient)
    func `a captured log-on in SPNEGO comes out, MICs included`(_ logon: CapturedLogon) throws {
        guard case .initial(let offer) = try NegotiationToken(logon.tokens[0]),
            case .response(let challenge) = try NegotiationToken(logon.tokens[1]),
            case .response(let authenticate) = try NegotiationToken(logon.tokens[2]),
            case .response(let completion) = try NegotiationToken(logon.tokens[3])
        else {
            Issue.record("the tokens are of other kinds")
            return
        }
        let exchange = NTLMExchange(
            negotiate: try #require(offer.mechToken),
            challenge: try #require(challenge.responseToken)
        )
        let outcome = exchange.outcome(of: authenticate.responseToken ?? [], settings)
        guard case .accepted(.user(0), let key, true) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        if let known = logon.sessionKey { #expect(key == known) }
        for (direction, mic) in [
            (NTLMv2.Direction.clientToServer, authenticate.mechListMIC),
            (.serverToClient, completion.mechListMIC),
        ] {
            let ours = NTLMv2.mechListMIC(
                exportedSessionKey: key,
                direction,
                mechTypes: offer.mechTypeList
            )
            #expect(ours == mic)
        }
    }

    @Test(arguments: CapturedLogon.byLibsmb2)
    func `a captured raw log-on without key exchange and MIC comes out`(
        _ logon: CapturedLogon
    ) {
        let exchange = NTLMExchange(negotiate: logon.tokens[0], challenge: logon.tokens[1])
        let outcome = exchange.outcome(of: logon.tokens[2], settings)
        guard case .accepted(.user(0), let key, false) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(key.count == 16)
    }

    @Test func `one changed bit of a captured AUTHENTICATE is found wherever it counts`() throws {
        let logon = try #require(CapturedLogon.bySmbclient.first)
        guard case .initial(let offer) = try NegotiationToken(logon.tokens[0]),
            case .response(let challenge) = try NegotiationToken(logon.tokens[1]),
            case .response(let response) = try NegotiationToken(logon.tokens[2])
        else { return }
        let message = try #require(response.responseToken)
        let exchange = NTLMExchange(
            negotiate: offer.mechToken ?? [],
            challenge: challenge.responseToken ?? []
        )
        for place in message.indices {
            var changed = message
            changed[place] ^= 1
            guard case .refused = exchange.outcome(of: changed, settings) else {
                Issue.record("a change of byte \(place) goes unseen")
                continue
            }
        }
    }

    @Test func `the captured stranger is refused, or a guest where guests may come`() throws {
        let logon = try #require(CapturedLogon.stranger)
        guard case .initial(let offer) = try NegotiationToken(logon.tokens[0]),
            case .response(let challenge) = try NegotiationToken(logon.tokens[1]),
            case .response(let authenticate) = try NegotiationToken(logon.tokens[2])
        else { return }
        let exchange = NTLMExchange(
            negotiate: offer.mechToken ?? [],
            challenge: challenge.responseToken ?? []
        )
        let message = authenticate.responseToken ?? []
        #expect(exchange.outcome(of: message, settings) == .refused(.logonFailure))
        var hospitable = settings
        hospitable.strangers = .guest
        #expect(exchange.outcome(of: message, hospitable) == .guest)
    }
}
