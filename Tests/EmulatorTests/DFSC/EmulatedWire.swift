import Crypto
import Emulator
import Primitives
import Redirector
import SMBWire

/// Our redirector and an emulated namespace, joined by a wire without length.
struct EmulatedWire {
    struct Unreached: Error {
        let sentence: String
    }

    private var emulator: Emulator
    private var redirector: Redirector
    private var clients: [SMBSessionNumber: NTLMClient] = [:]
    /// The wire's number of a connection, for the emulator, is its place here.
    private var connections: [ConnectionNumber] = []
    private var answers: [Int: Answer] = [:]
    private var tagCount = 0
    private var random = SplitMix64(seed: 5)
    private let now = Instant.zero
    private let user: (name: String, password: String)

    init(
        _ plan: NamespacePlan,
        user: (name: String, password: String) = ("alice", "secret"),
        _ change: (inout RedirectorSettings) -> Void = { _ in }
    ) {
        emulator = Emulator(plan, seed: 7)
        var settings = RedirectorSettings(clientGUID: GUID(high: 1, low: 2))
        change(&settings)
        redirector = Redirector(settings: settings, random: SplitMix64(seed: 3))
        self.user = user
    }

    /// NEGOTIATE, SESSION_SETUP and TREE_CONNECT.
    mutating func reach(_ server: String, share: String) throws -> TreeNumber {
        let connected = try ask(.connect(server: server))
        guard case .connection(let connection) = connected.result else {
            throw Unreached(sentence: connected.sentence ?? "")
        }
        let loggedOn = try ask(.logon(connection, user: 0))
        guard case .smbSession(let session) = loggedOn.result else {
            throw Unreached(sentence: loggedOn.sentence ?? "")
        }
        let path = UNCPath(components: [server, share])
        let entered = try ask(.treeConnect(session, share: path))
        guard case .tree(let tree, _) = entered.result else {
            throw Unreached(sentence: entered.sentence ?? "")
        }
        return tree
    }

    mutating func ask(_ request: Request) throws -> Answer {
        tagCount += 1
        var effects: [RedirectorEffect] = []
        redirector.submit(request, tag: tagCount, at: now, into: &effects)
        run(effects)
        guard let answer = answers.removeValue(forKey: tagCount) else {
            throw Unreached(sentence: "\(request.name) is not answered")
        }
        return answer
    }

    private mutating func run(_ first: [RedirectorEffect]) {
        var effects = first
        while !effects.isEmpty {
            var next: [RedirectorEffect] = []
            for effect in effects { carry(effect, into: &next) }
            effects = next
        }
    }

    private mutating func carry(_ effect: RedirectorEffect, into next: inout [RedirectorEffect]) {
        var replies: [EmulatorEffect] = []
        switch effect {
        case .connect(let connection, let server):
            connections.append(connection)
            emulator.connect(
                connections.count - 1,
                toServer: emulator.server(named: server) ?? 0,
                at: now,
                into: &replies
            )
        case .send(let connection, let bytes):
            guard let place = connections.lastIndex(of: connection) else { return }
            emulator.received(place, bytes, at: now, into: &replies)
        case .disconnect(let connection):
            guard let place = connections.lastIndex(of: connection) else { return }
            emulator.closed(place, at: now, into: &replies)
        case .token(let session, _, _, let input):
            redirector.tokenReady(session, token(session, input), at: now, into: &next)
        case .answered(let tag, let answer): answers[tag] = answer
        case .tokenEnd(let session): clients[session] = nil
        case .broke, .lost: break
        }
        for reply in replies { deliver(reply, into: &next) }
    }

    private mutating func deliver(_ reply: EmulatorEffect, into next: inout [RedirectorEffect]) {
        switch reply {
        case .accepted(let place):
            redirector.transportConnected(connections[place], at: now, into: &next)
        case .send(let place, let bytes):
            redirector.received(connections[place], bytes, at: now, into: &next)
        case .refused(let place), .disconnect(let place, _):
            redirector.transportClosed(
                connections[place],
                .connectionReset,
                sentence: "\(reply)",
                at: now,
                into: &next
            )
        case .faulted: break
        }
    }

    private mutating func token(_ session: SMBSessionNumber, _ input: [UInt8]) -> TokenAnswer {
        let hash = NTLMv2.ntHash(password: user.password)
        var client =
            clients[session] ?? NTLMClient(user: user.name, domain: "", ntHash: hash)
        defer { clients[session] = client }
        switch client.received(input, random: &random) {
        case .token(let token, let isComplete, let key):
            return .output(token, isComplete: isComplete, sessionKey: key)
        case .failed(let status): return .failed(status, sentence: "no challenge")
        }
    }
}
