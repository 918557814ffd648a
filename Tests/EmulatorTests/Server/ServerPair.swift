import Crypto
import Emulator
import Primitives
import Redirector
import SMBWire

/// A redirector and an emulated server joined by a wire without length, in virtual time.
struct ServerPair {
    static let users = ["alice", "bob"]
    static let password = "Passw0rd!"

    var redirector: Redirector
    var server: FileServer
    var now = Instant.zero
    var answers: [Int: Answer] = [:]
    /// Effects of the redirector that are neither bytes nor answers, in order.
    var others: [RedirectorEffect] = []
    /// Why the server ended connections.
    var reasons: [String] = []
    /// Frames that the server sent, in order.
    var frames: [[UInt8]] = []
    /// Changes each frame from the redirector.
    var tamper: ([UInt8]) -> [UInt8] = { $0 }
    var passwords = [ServerPair.password, ServerPair.password]
    private var clients: [SMBSessionNumber: NTLMClient] = [:]
    private var random = SplitMix64(seed: 17)
    private var nextTag = 0

    init(
        _ changePlan: (inout NamespacePlan) -> Void = { _ in },
        client changeSettings: (inout RedirectorSettings) -> Void = { _ in }
    ) {
        var settings = RedirectorSettings(clientGUID: GUID(high: 1, low: 2))
        changeSettings(&settings)
        redirector = Redirector(settings: settings, random: SplitMix64(seed: 3))
        server = FileServer(Self.plan(changePlan), server: 0, seed: 5)
    }

    /// One server with a share, and a namespace whose only link leads elsewhere.
    static func plan(_ change: (inout NamespacePlan) -> Void = { _ in }) -> NamespacePlan {
        let files = [FilePlan(path: #"dir\a.txt"#, size: 1_000, seed: 1)]
        var plan = NamespacePlan(
            servers: [ServerPlan(name: "fs1", shares: [SharePlan(name: "data", files: files)])],
            roots: [
                RootPlan(
                    name: "dfs",
                    kind: .standalone,
                    targets: [TargetPlan(UNCPath(components: ["fs1", "dfs"]))],
                    links: [
                        LinkPlan(
                            path: "eng",
                            targets: [TargetPlan(UNCPath(components: ["fs2", "eng"]))]
                        )
                    ]
                )
            ],
            users: users.map { UserPlan(name: $0, ntHash: NTLMv2.ntHash(password: password)) }
        )
        change(&plan)
        return plan
    }

    @discardableResult
    mutating func submit(_ request: Request) -> Int {
        nextTag += 1
        var effects: [RedirectorEffect] = []
        redirector.submit(request, tag: nextTag, at: now, into: &effects)
        run(effects)
        return nextTag
    }

    mutating func ask(_ request: Request) -> Answer? { answers[submit(request)] }

    mutating func cancel(_ tag: Int) {
        var effects: [RedirectorEffect] = []
        redirector.cancel(tag: tag, at: now, into: &effects)
        run(effects)
    }

    /// The connection breaks, and both ends learn of it.
    mutating func close(_ connection: ConnectionNumber) {
        var fromServer: [ServerEffect] = []
        server.closed(connection.rawValue, at: now, into: &fromServer)
        var effects: [RedirectorEffect] = []
        redirector.transportClosed(
            connection,
            .connectionReset,
            sentence: "reset",
            at: now,
            into: &effects
        )
        take(fromServer, into: &effects)
        run(effects)
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
        var fromServer: [ServerEffect] = []
        if let deadline = server.nextDeadline, deadline <= now {
            server.timerFired(at: now, into: &fromServer)
        }
        var effects: [RedirectorEffect] = []
        redirector.timerFired(at: now, into: &effects)
        take(fromServer, into: &effects)
        run(effects)
    }

    private var numbers: [Int: ConnectionNumber] = [:]

    private mutating func run(_ first: [RedirectorEffect]) {
        var effects = first
        while !effects.isEmpty {
            var next: [RedirectorEffect] = []
            for effect in effects { perform(effect, into: &next) }
            effects = next
        }
    }

    private mutating func perform(_ effect: RedirectorEffect, into next: inout [RedirectorEffect]) {
        var fromServer: [ServerEffect] = []
        switch effect {
        case .connect(let connection, _):
            numbers[connection.rawValue] = connection
            server.accepted(connection.rawValue, at: now, into: &fromServer)
            redirector.transportConnected(connection, at: now, into: &next)
        case .send(let connection, let bytes):
            server.received(connection.rawValue, tamper(bytes), at: now, into: &fromServer)
        case .token(let session, let user, _, let input):
            redirector.tokenReady(session, token(session, user, input), at: now, into: &next)
        case .tokenEnd(let session): clients[session] = nil
        case .answered(let tag, let answer): answers[tag] = answer
        case .disconnect(let connection):
            server.closed(connection.rawValue, at: now, into: &fromServer)
            others.append(effect)
        case .broke, .lost: others.append(effect)
        }
        take(fromServer, into: &next)
    }

    private mutating func take(_ effects: [ServerEffect], into next: inout [RedirectorEffect]) {
        for effect in effects {
            switch effect {
            case .send(let number, let bytes):
                frames.append(bytes)
                guard let connection = numbers[number] else { continue }
                redirector.received(connection, bytes, at: now, into: &next)
            case .disconnect(let number, let reason):
                reasons.append(reason)
                guard let connection = numbers[number] else { continue }
                redirector.transportClosed(
                    connection,
                    .connectionDisconnected,
                    sentence: reason,
                    at: now,
                    into: &next
                )
            }
        }
    }

    private mutating func token(
        _ session: SMBSessionNumber,
        _ user: Int,
        _ input: [UInt8]
    ) -> TokenAnswer {
        let name = Self.users.indices.contains(user) ? Self.users[user] : ""
        let password = passwords.indices.contains(user) ? passwords[user] : ""
        var client =
            clients[session]
            ?? NTLMClient(user: name, domain: "", ntHash: NTLMv2.ntHash(password: password))
        let step = client.received(input, random: &random)
        clients[session] = client
        switch step {
        case .token(let token, let isComplete, let key):
            return .output(token, isComplete: isComplete, sessionKey: key)
        case .failed(let status):
            guard input.isEmpty else { return .failed(status, sentence: "no token") }
            return .output([], isComplete: true, sessionKey: nil)
        }
    }
}

extension ServerPair {
    struct Unreached: Error { let answer: Answer? }

    mutating func connect() throws -> ConnectionNumber {
        let answer = ask(.connect(server: "fs1"))
        guard case .connection(let connection)? = answer?.result else {
            throw Unreached(answer: answer)
        }
        return connection
    }

    mutating func logon(
        _ connection: ConnectionNumber,
        user: Int = 0
    ) throws -> SMBSessionNumber {
        let answer = ask(.logon(connection, user: user))
        guard case .smbSession(let session)? = answer?.result else {
            throw Unreached(answer: answer)
        }
        return session
    }

    mutating func tree(_ session: SMBSessionNumber, _ share: String = "data") throws -> TreeNumber {
        let answer = ask(.treeConnect(session, share: UNCPath(components: ["fs1", share])))
        guard case .tree(let tree, _)? = answer?.result else { throw Unreached(answer: answer) }
        return tree
    }

    /// Connects, logs on and reaches a share.
    mutating func reach(
        _ share: String = "data"
    ) throws -> (connection: ConnectionNumber, session: SMBSessionNumber, tree: TreeNumber) {
        let connection = try connect()
        let session = try logon(connection)
        return (connection, session, try tree(session, share))
    }

    mutating func open(
        _ tree: TreeNumber,
        _ name: String = #"dir\a.txt"#,
        access: AccessMask = [.readData, .writeData],
        share: ShareAccess = .all,
        disposition: CreateDisposition = .openIf,
        oplock: OplockLevel = .none,
        lease: LeaseState? = nil
    ) throws -> OpenNumber {
        let parameters = CreateParameters(
            name: name,
            access: access,
            share: share,
            disposition: disposition,
            oplock: oplock,
            lease: lease
        )
        let answer = ask(.create(tree, parameters))
        guard case .open(let open, _)? = answer?.result else { throw Unreached(answer: answer) }
        return open
    }

    /// The headers of what the server sent, unless it is sealed.
    var headers: [Header] {
        frames.flatMap { frame -> [Header] in
            let messages = try? Message.all(of: frame, in: DirectTCP.prefixSize..<frame.count)
            return messages?.map(\.header) ?? []
        }
    }
}
