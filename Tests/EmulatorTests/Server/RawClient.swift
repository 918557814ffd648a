import Crypto
import Emulator
import Primitives
import SMBWire

/// A client that sends whatever a test wants, as the anonymous user and without signatures.
struct RawClient {
    struct Reply: Equatable {
        var header: Header
        var body: AnyBody

        var status: NTStatus { header.status }
    }

    var server: FileServer
    let number: Int
    var now = Instant.zero
    var nextID: UInt64 = 0
    /// What the server granted so far, the first credit included.
    var granted = 1
    /// Frames that came, as lists of replies.
    var frames: [[Reply]] = []
    /// Why the server ended the connection.
    var reason: String?
    var session = SMBSessionID.none
    var tree = TreeID.none
    private var dialects: [Dialect]

    init(
        _ dialects: [Dialect] = Dialect.all,
        _ change: (inout NamespacePlan) -> Void = { _ in }
    ) {
        let plan = ServerPair.plan {
            $0.servers[0].allowsAnonymous = true
            change(&$0)
        }
        self.init(FileServer(plan, server: 0, seed: 9), number: 1, dialects)
    }

    /// One more connection to a server.
    init(_ server: FileServer, number: Int = 1, _ dialects: [Dialect] = Dialect.all) {
        self.server = server
        self.number = number
        self.dialects = dialects
        var effects: [ServerEffect] = []
        self.server.accepted(number, at: now, into: &effects)
    }

    /// A header with the next MessageId, or ids where the charge is more than one.
    mutating func header(
        _ command: Command,
        charge: UInt16 = 1,
        credits: UInt16 = 1,
        related: Bool = false
    ) -> Header {
        var header = Header(command: command, messageID: MessageID(nextID))
        header.creditCharge = charge
        header.credits = credits
        header.sessionID = related ? .related : session
        header.treeID = related ? .related : tree
        if related { header.flags = .relatedOperations }
        nextID += UInt64(charge)
        return header
    }

    /// Sends bytes, and takes what comes of it.
    mutating func receive(_ bytes: [UInt8]) {
        var effects: [ServerEffect] = []
        server.received(number, bytes, at: now, into: &effects)
        take(effects)
    }

    mutating func take(_ effects: [ServerEffect]) {
        for effect in effects {
            switch effect {
            case .send(number, let frame):
                let range = DirectTCP.prefixSize..<frame.count
                let messages = (try? Message.all(of: frame, in: range)) ?? []
                granted += messages.reduce(0) { $0 + Int($1.header.credits) }
                frames.append(messages.map { Reply(header: $0.header, body: $0.body) })
            case .send: break
            case .disconnect(_, let reason): self.reason = reason
            }
        }
    }

    /// Sends messages as one frame; the replies that came of it.
    @discardableResult
    mutating func send(_ messages: [(Header, AnyBody)]) -> [Reply] {
        let before = frames.count
        receive(Self.frame(messages))
        return frames[before...].flatMap { $0 }
    }

    @discardableResult
    mutating func ask(_ header: Header, _ body: AnyBody) -> Reply? {
        send([(header, body)]).first
    }

    static func frame(_ messages: [(Header, AnyBody)]) -> [UInt8] {
        var writer = ByteWriter()
        DirectTCP.begin(in: &writer)
        for (index, message) in messages.enumerated() {
            writer.beginMessage()
            message.0.encode(into: &writer)
            message.1.encode(into: &writer)
            if index + 1 < messages.count { Message.chain(&writer) }
        }
        var bytes = writer.take()
        DirectTCP.finish(&bytes)
        return bytes
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
        var effects: [ServerEffect] = []
        if let deadline = server.nextDeadline, deadline <= now {
            server.timerFired(at: now, into: &effects)
        }
        take(effects)
    }
}

extension RawClient {
    static let guid = GUID(high: 7, low: 8)

    func negotiation(
        contexts: [NegotiateContext] = [.preauthIntegrity(algorithms: [1], salt: [1, 2])]
    ) -> NegotiateRequest {
        NegotiateRequest(
            securityMode: .signingEnabled,
            capabilities: .largeMTU,
            clientGUID: Self.guid,
            dialects: dialects,
            contexts: contexts
        )
    }

    @discardableResult
    mutating func negotiate() -> Reply? {
        ask(header(.negotiate, charge: 1), .negotiateRequest(negotiation()))
    }

    /// One more SMB session of the anonymous user; it becomes the one that requests are for.
    mutating func logon(credits: UInt16 = 64) {
        var client = NTLMClient(user: "", domain: "", ntHash: [])
        var random = SplitMix64(seed: 1)
        var input: [UInt8] = []
        session = .none
        tree = .none
        while case .token(let token, let isComplete, _) = client.received(input, random: &random) {
            let setup = SessionSetupRequest(
                isBinding: false,
                securityMode: .signingEnabled,
                capabilities: [],
                previousSessionID: .none,
                token: token
            )
            let reply = ask(header(.sessionSetup, credits: credits), .sessionSetupRequest(setup))
            guard let reply, case .sessionSetupResponse(let response) = reply.body else { return }
            session = reply.header.sessionID
            input = response.token
            if isComplete { return }
        }
    }

    @discardableResult
    mutating func connectTree(_ share: String = "data") -> Reply? {
        let request = TreeConnectRequest(path: #"\\fs1\"# + share)
        let reply = ask(header(.treeConnect), .treeConnectRequest(request))
        tree = reply?.header.treeID ?? .none
        return reply
    }

    /// Negotiates, logs on and reaches a share.
    static func inShare(
        _ dialects: [Dialect] = Dialect.all,
        _ change: (inout NamespacePlan) -> Void = { _ in }
    ) -> RawClient {
        var client = RawClient(dialects, change)
        client.negotiate()
        client.logon()
        client.connectTree()
        return client
    }

    static func create(
        _ name: String,
        access: AccessMask = [.readData, .writeData],
        disposition: CreateDisposition = .openIf,
        options: CreateOptions = [],
        share: ShareAccess = .all,
        oplock: OplockLevel = .none,
        contexts: [CreateContext] = []
    ) -> AnyBody {
        .createRequest(
            CreateRequest(
                oplockLevel: oplock,
                desiredAccess: access,
                shareAccess: share,
                disposition: disposition,
                options: options,
                name: name,
                contexts: contexts
            )
        )
    }

    /// Opens a file; all ones if that failed.
    mutating func open(
        _ name: String,
        options: CreateOptions = [],
        share: ShareAccess = .all,
        oplock: OplockLevel = .none,
        contexts: [CreateContext] = []
    ) -> FileID {
        let body = Self.create(
            name,
            options: options,
            share: share,
            oplock: oplock,
            contexts: contexts
        )
        guard case .createResponse(let response)? = ask(header(.create), body)?.body else {
            return .related
        }
        return response.fileID
    }

    static func notify(_ directory: FileID) -> AnyBody {
        .changeNotifyRequest(
            ChangeNotifyRequest(
                watchesTree: false,
                outputBufferLength: 4_096,
                fileID: directory,
                filter: .fileName
            )
        )
    }

    static func lock(_ file: FileID, waits: Bool = true) -> AnyBody {
        let flags: LockElement.Flags = waits ? .exclusive : [.exclusive, .failImmediately]
        let element = LockElement(offset: 0, length: 10, flags: flags)
        return .lockRequest(LockRequest(fileID: file, elements: [element]))
    }

    mutating func cancel(_ id: MessageID, async: AsyncID? = nil) {
        var header = Header(command: .cancel, messageID: id)
        header.sessionID = session
        if let async {
            header.flags = .asyncCommand
            header.asyncID = async
        }
        send([(header, .empty(EmptyBody()))])
    }
}
