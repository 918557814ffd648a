import Crypto
import Primitives
import Redirector
import SMBWire
import ServerSupport

/// A redirector and a fake server joined by a wire without length, in virtual time.
struct Pair {
    var redirector: Redirector
    var server: FakeServer
    var now = Instant.zero
    var answers: [Int: Answer] = [:]
    var answerCount = 0
    /// Effects that are neither bytes nor answers, in order.
    var others: [RedirectorEffect] = []
    /// Changes each frame from the server.
    var tamper: ([UInt8]) -> [UInt8] = { $0 }
    /// Hands the server's bytes over in pieces of that size; 0 for whole frames.
    var pieceSize = 0
    private var nextTag = 0

    init(
        _ server: FakeServer = FakeServer(),
        _ change: (inout RedirectorSettings) -> Void = { _ in }
    ) {
        var settings = RedirectorSettings(clientGUID: GUID(high: 1, low: 2))
        change(&settings)
        redirector = Redirector(settings: settings, random: SplitMix64(seed: 3))
        self.server = server
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

    mutating func close(_ connection: ConnectionNumber) {
        var effects: [RedirectorEffect] = []
        redirector.transportClosed(
            connection,
            .connectionReset,
            sentence: "reset",
            at: now,
            into: &effects
        )
        run(effects)
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
        var effects: [RedirectorEffect] = []
        redirector.timerFired(at: now, into: &effects)
        run(effects)
    }

    mutating func receive(_ connection: ConnectionNumber, _ bytes: [UInt8]) {
        var effects: [RedirectorEffect] = []
        redirector.received(connection, bytes, at: now, into: &effects)
        run(effects)
    }

    private mutating func run(_ first: [RedirectorEffect]) {
        var effects = first
        while !effects.isEmpty {
            var next: [RedirectorEffect] = []
            for effect in effects {
                switch effect {
                case .connect(let connection, _):
                    redirector.transportConnected(connection, at: now, into: &next)
                case .send(let connection, let bytes):
                    for frame in server.answer(bytes) {
                        deliver(tamper(frame), to: connection, into: &next)
                    }
                case .token(let session, _, _, _):
                    redirector.tokenReady(
                        session,
                        .output([1], isComplete: true, sessionKey: FakeServer.key),
                        at: now,
                        into: &next
                    )
                case .answered(let tag, let answer):
                    answers[tag] = answer
                    answerCount += 1
                case .disconnect, .tokenEnd, .broke, .lost: others.append(effect)
                }
            }
            effects = next
        }
    }

    private mutating func deliver(
        _ frame: [UInt8],
        to connection: ConnectionNumber,
        into effects: inout [RedirectorEffect]
    ) {
        guard pieceSize > 0 else {
            redirector.received(connection, frame, at: now, into: &effects)
            return
        }
        for start in stride(from: 0, to: frame.count, by: pieceSize) {
            let piece = Array(frame[start..<min(start + pieceSize, frame.count)])
            redirector.received(connection, piece, at: now, into: &effects)
        }
    }

    struct Unreached: Error {}

    /// Connects, logs on and reaches a share.
    mutating func reach() throws -> (ConnectionNumber, SMBSessionNumber, TreeNumber) {
        guard case .connection(let connection)? = ask(.connect(server: "fs1"))?.result,
            case .smbSession(let session)? = ask(.logon(connection, user: 0))?.result,
            case .tree(let tree, _)? = ask(
                .treeConnect(session, share: UNCPath(components: ["fs1", "data"]))
            )?.result
        else { throw Unreached() }
        return (connection, session, tree)
    }

    mutating func open(_ tree: TreeNumber) throws -> OpenNumber {
        let parameters = CreateParameters(name: "a.txt", access: .readData)
        guard case .open(let open, _)? = ask(.create(tree, parameters))?.result else {
            throw Unreached()
        }
        return open
    }
}

extension FakeServer {
    /// One for each way to sign or seal.
    static let protections: [FakeServer] = {
        var servers: [FakeServer] = []
        for dialect in [Dialect.smb202, .smb210] {
            servers.append(FakeServer(dialect: dialect, signing: .hmacSHA256, cipher: nil))
        }
        for dialect in [Dialect.smb300, .smb302] {
            servers.append(FakeServer(dialect: dialect, signing: .aesCMAC, cipher: .aes128CCM))
        }
        for signing in SigningAlgorithm.allCases {
            servers.append(FakeServer(dialect: .smb311, signing: signing, cipher: nil))
        }
        for cipher in Cipher.allCases {
            servers.append(
                FakeServer(dialect: .smb311, signing: .aesGMAC, cipher: cipher, encrypts: true)
            )
        }
        return servers
    }()
}
