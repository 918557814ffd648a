import Crypto
import Emulator
import Primitives
import SMBWire

/// A server that authenticates and a client of ours, raw or in SPNEGO.
struct Dialogue {
    static let alice = UserPlan(name: "alice", ntHash: NTLMv2.ntHash(password: "secret"))
    static let bob = UserPlan(name: "Bob", ntHash: NTLMv2.ntHash(password: "hidden"))

    static func settings(
        domain: String = "example.test",
        anonymous: Bool = false,
        strangers: ServerPlan.Strangers = .refused
    ) -> Authentication.Settings {
        Authentication.Settings(
            users: [alice, bob],
            serverName: "ns1.example.test",
            domainName: domain,
            allowsAnonymous: anonymous,
            strangers: strangers
        )
    }

    var server: Authentication
    var client: NTLMClient
    var random = SplitMix64(seed: 11)
    let now = Instant(nanoseconds: 5_000_000_000)

    init(
        _ settings: Authentication.Settings = settings(),
        user: String = "alice",
        domain: String = "EXAMPLE",
        password: String = "secret"
    ) {
        server = Authentication(settings)
        client = NTLMClient(
            user: user,
            domain: domain,
            ntHash: NTLMv2.ntHash(password: password)
        )
    }

    mutating func serverReceived(_ token: [UInt8]) -> Authentication.Step {
        server.received(token, random: &random, at: now)
    }

    struct Unexpected: Error {}

    /// The client's token for the server's.
    mutating func token(for input: [UInt8]) throws -> (bytes: [UInt8], key: [UInt8]?) {
        guard case .token(let bytes, _, let key) = client.received(input, random: &random) else {
            throw Unexpected()
        }
        return (bytes, key)
    }

    /// A whole raw log-on: how it ended, and the client's key.
    mutating func raw() throws -> (Authentication.Step, key: [UInt8]?) {
        let negotiate = try token(for: Authentication.hint()).bytes
        guard case .more(let challenge) = serverReceived(negotiate) else { throw Unexpected() }
        let (authenticate, key) = try token(for: challenge)
        return (serverReceived(authenticate), key)
    }

    /// The server's NegTokenResp for a token of the client.
    mutating func response(to token: [UInt8]) throws -> NegTokenResp {
        guard case .more(let bytes) = serverReceived(token),
            case .response(let response) = try NegotiationToken(bytes)
        else { throw Unexpected() }
        return response
    }

    /// Up to CHALLENGE, with NTLM's token sent at once; the client's last token and its key.
    mutating func optimistic(
        _ offer: [MechType] = [.ntlmssp]
    ) throws -> (authenticate: [UInt8], key: [UInt8]) {
        let negotiate = try token(for: []).bytes
        let initial = NegTokenInit(mechTypes: offer, mechToken: negotiate)
        let challenge = try response(to: initial.bytes).responseToken ?? []
        let (authenticate, key) = try token(for: challenge)
        return (authenticate, key ?? [])
    }

    static func mic(
        _ direction: NTLMv2.Direction,
        _ key: [UInt8],
        _ offer: [MechType]
    ) -> [UInt8] {
        NTLMv2.mechListMIC(
            exportedSessionKey: key,
            direction,
            mechTypes: NegTokenInit(mechTypes: offer).mechTypeList
        )
    }
}
