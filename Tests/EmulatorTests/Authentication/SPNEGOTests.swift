import Crypto
import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct SPNEGOTests {
    @Test func `NTLM's token sent at once is answered with the challenge`() throws {
        var dialogue = Dialogue()
        let negotiate = try dialogue.token(for: []).bytes
        let initial = NegTokenInit(mechTypes: [.ntlmssp], mechToken: negotiate)
        let response = try dialogue.response(to: initial.bytes)
        #expect(response.state == .acceptIncomplete)
        #expect(response.supportedMech == .ntlmssp)
        #expect(throws: Never.self) { try NTLMChallenge(response.responseToken ?? []) }
    }

    @Test func `a mechListMIC is checked and answered`() throws {
        var dialogue = Dialogue()
        let (authenticate, key) = try dialogue.optimistic()
        let mic = Dialogue.mic(.clientToServer, key, [.ntlmssp])
        let last = NegTokenResp(responseToken: authenticate, mechListMIC: mic)
        let answer = NegTokenResp(
            state: .acceptCompleted,
            mechListMIC: Dialogue.mic(.serverToClient, key, [.ntlmssp])
        )
        let step = dialogue.serverReceived(last.bytes)
        #expect(step == .done(answer.bytes, .user(0), sessionKey: key))
    }

    @Test func `a client that sends no mechListMIC gets none`() throws {
        var dialogue = Dialogue()
        let (authenticate, key) = try dialogue.optimistic()
        let step = dialogue.serverReceived(NegTokenResp(responseToken: authenticate).bytes)
        let answer = NegTokenResp(state: .acceptCompleted)
        #expect(step == .done(answer.bytes, .user(0), sessionKey: key))
    }

    @Test func `a wrong mechListMIC ends it`() throws {
        var dialogue = Dialogue()
        let (authenticate, key) = try dialogue.optimistic()
        let mic = Dialogue.mic(.clientToServer, key, [.kerberos, .ntlmssp])
        let last = NegTokenResp(responseToken: authenticate, mechListMIC: mic)
        #expect(dialogue.serverReceived(last.bytes) == .refused(.accessDenied))
    }

    @Test func `mechanisms without a token are answered with the choice alone`() throws {
        var dialogue = Dialogue()
        let choice = try dialogue.response(to: NegTokenInit(mechTypes: [.ntlmssp]).bytes)
        #expect(choice == NegTokenResp(state: .acceptIncomplete, supportedMech: .ntlmssp))
        let negotiate = try dialogue.token(for: []).bytes
        let response = try dialogue.response(to: NegTokenResp(responseToken: negotiate).bytes)
        #expect(response.state == .acceptIncomplete)
        #expect(response.supportedMech == nil)
        let (authenticate, key) = try dialogue.token(for: response.responseToken ?? [])
        let step = dialogue.serverReceived(NegTokenResp(responseToken: authenticate).bytes)
        let answer = NegTokenResp(state: .acceptCompleted)
        #expect(step == .done(answer.bytes, .user(0), sessionKey: key))
    }

    /// Kerberos first, its token sent on the chance; NTLM is chosen and both MICs are due.
    private func counterProposal(
        _ offer: [MechType]
    ) throws -> (Dialogue, authenticate: [UInt8], key: [UInt8]) {
        var dialogue = Dialogue()
        let initial = NegTokenInit(mechTypes: offer, mechToken: [1, 2, 3])
        let choice = try dialogue.response(to: initial.bytes)
        #expect(choice == NegTokenResp(state: .requestMIC, supportedMech: .ntlmssp))
        let negotiate = try dialogue.token(for: []).bytes
        let response = try dialogue.response(to: NegTokenResp(responseToken: negotiate).bytes)
        let (authenticate, key) = try dialogue.token(for: response.responseToken ?? [])
        return (dialogue, authenticate, key ?? [])
    }

    @Test func `another first choice leads to NTLM, and the MICs are exchanged`() throws {
        let offer: [MechType] = [.kerberos, .ntlmssp]
        var (dialogue, authenticate, key) = try counterProposal(offer)
        let mic = Dialogue.mic(.clientToServer, key, offer)
        let last = NegTokenResp(responseToken: authenticate, mechListMIC: mic)
        let answer = NegTokenResp(
            state: .acceptCompleted,
            mechListMIC: Dialogue.mic(.serverToClient, key, offer)
        )
        let step = dialogue.serverReceived(last.bytes)
        #expect(step == .done(answer.bytes, .user(0), sessionKey: key))
    }

    @Test func `a MIC that is due may come one round later`() throws {
        let offer: [MechType] = [.kerberos, .ntlmssp]
        var (dialogue, authenticate, key) = try counterProposal(offer)
        let early = try dialogue.response(to: NegTokenResp(responseToken: authenticate).bytes)
        let ours = Dialogue.mic(.serverToClient, key, offer)
        #expect(early == NegTokenResp(state: .acceptIncomplete, mechListMIC: ours))
        var impatient = dialogue
        let nothing = NegTokenResp(state: .acceptCompleted)
        #expect(impatient.serverReceived(nothing.bytes) == .refused(.accessDenied))
        let mic = Dialogue.mic(.clientToServer, key, offer)
        let step = dialogue.serverReceived(NegTokenResp(mechListMIC: mic).bytes)
        #expect(step == .done(nothing.bytes, .user(0), sessionKey: key))
    }

    @Test func `a guest's and the anonymous user's completion has no MIC`() throws {
        var dialogue = Dialogue(Dialogue.settings(strangers: .guest), password: "wrong")
        let (authenticate, key) = try dialogue.optimistic()
        let mic = Dialogue.mic(.clientToServer, key, [.ntlmssp])
        let last = NegTokenResp(responseToken: authenticate, mechListMIC: mic)
        let answer = NegTokenResp(state: .acceptCompleted).bytes
        let step = dialogue.serverReceived(last.bytes)
        #expect(step == .done(answer, .guest, sessionKey: nil))
        #expect(answer.hex == "a1073005a0030a0100")
        dialogue = Dialogue(Dialogue.settings(anonymous: true), user: "", password: "")
        let anonymous = NegTokenResp(responseToken: try dialogue.optimistic().authenticate)
        let end = dialogue.serverReceived(anonymous.bytes)
        #expect(end == .done(answer, .anonymous, sessionKey: nil))
    }

    @Test func `an offer without NTLM is refused`() {
        var dialogue = Dialogue()
        let initial = NegTokenInit(mechTypes: [.kerberos], mechToken: [1])
        #expect(dialogue.serverReceived(initial.bytes) == .refused(.invalidParameter))
    }
}
