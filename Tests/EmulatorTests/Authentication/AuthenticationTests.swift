import Crypto
import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct AuthenticationTests {
    @Test func `the hint is the one that servers send`() {
        #expect(
            Authentication.hint().hex
                == "604806062b0601050502a03e303ca00e300c060a2b06010401823702020a"
                + "a32a3028a0261b246e6f745f646566696e65645f696e5f5246433431373840"
                + "706c656173655f69676e6f7265"
        )
    }

    @Test(arguments: [
        ("alice", "EXAMPLE"), ("alice", "example.test"), ("ALICE", "NS1"), ("alice", ""),
        ("alice@example.test", ""), ("alice", "WORKGROUP"),
    ])
    func `a user logs on raw, however the domain is spelled`(
        user: String,
        domain: String
    ) throws {
        var dialogue = Dialogue(user: user, domain: domain)
        let (step, key) = try dialogue.raw()
        #expect(step == .done([], .user(0), sessionKey: key))
        #expect(key?.count == 16)
    }

    @Test(arguments: [("alice", "wrong"), ("carol", "secret"), ("bob", "secret")])
    func `a wrong password and an unknown user are refused, or guests`(
        user: String,
        password: String
    ) throws {
        var dialogue = Dialogue(user: user, password: password)
        #expect(try dialogue.raw().0 == .refused(.logonFailure))
        let hospitable = Dialogue.settings(strangers: .guest)
        dialogue = Dialogue(hospitable, user: user, password: password)
        #expect(try dialogue.raw().0 == .done([], .guest, sessionKey: nil))
    }

    @Test func `nobody may log on without a name unless the server allows it`() throws {
        var dialogue = Dialogue(user: "", password: "")
        #expect(try dialogue.raw().0 == .refused(.logonFailure))
        dialogue = Dialogue(Dialogue.settings(anonymous: true), user: "", password: "")
        #expect(try dialogue.raw().0 == .done([], .anonymous, sessionKey: nil))
    }

    @Test func `the second user is the second of the plan`() throws {
        var dialogue = Dialogue(user: "bob", password: "hidden")
        let (step, key) = try dialogue.raw()
        #expect(step == .done([], .user(1), sessionKey: key))
    }

    @Test func `the challenge tells names, time, and what kind of target answers`() throws {
        var dialogue = Dialogue()
        let negotiate = try dialogue.token(for: []).bytes
        guard case .more(let token) = dialogue.serverReceived(negotiate) else { return }
        let challenge = try NTLMChallenge(token)
        #expect(challenge.targetName == "EXAMPLE")
        #expect(challenge.flags.contains([.targetTypeDomain, .targetInfo, .keyExchange]))
        #expect(challenge.targetInfo.value(.netbiosComputer)?.hex == "4e0053003100")
        // 1 January 2026 and five seconds.
        #expect(challenge.targetInfo.value(.timestamp)?.hex == "80f07b95b17adc01")
        dialogue = Dialogue(Dialogue.settings(domain: ""))
        guard case .more(let alone) = dialogue.serverReceived(negotiate) else { return }
        #expect(try NTLMChallenge(alone).targetName == "NS1")
        #expect(try NTLMChallenge(alone).flags.contains(.targetTypeServer))
    }

    @Test func `a server whose clock is set tells that time`() throws {
        var settings = Dialogue.settings()
        settings.epoch = 1 << 56
        var dialogue = Dialogue(settings)
        let negotiate = try dialogue.token(for: []).bytes
        guard case .more(let token) = dialogue.serverReceived(negotiate) else { return }
        let time = try NTLMChallenge(token).targetInfo.value(.timestamp)
        // Five seconds later.
        #expect(time?.hex == "80f0fa0200000001")
    }

    @Test func `the same generator gives the same challenge, another one another`() throws {
        var dialogues = [Dialogue(), Dialogue(), Dialogue()]
        dialogues[2].random = SplitMix64(seed: 12)
        let negotiate = try dialogues[0].token(for: []).bytes
        let answers = dialogues.indices.map { dialogues[$0].serverReceived(negotiate) }
        #expect(answers[0] == answers[1])
        #expect(answers[0] != answers[2])
    }

    @Test func `after the end, and for what is no token, there is a refusal`() throws {
        var dialogue = Dialogue()
        let (step, _) = try dialogue.raw()
        guard case .done = step else {
            Issue.record("\(step)")
            return
        }
        let negotiate = NTLMNegotiate(flags: .unicode).bytes
        #expect(dialogue.serverReceived(negotiate) == .refused(.invalidParameter))
        for bytes in [[], [0x60], Array("NTLMSSP\0".utf8), [UInt8](repeating: 0x30, count: 90)] {
            dialogue = Dialogue()
            #expect(dialogue.serverReceived(bytes) == .refused(.invalidParameter))
        }
        dialogue = Dialogue()
        let bytes = NTLMNegotiate(flags: .ntlm).bytes
        #expect(dialogue.serverReceived(bytes) == .refused(.invalidParameter))
    }
}
