internal import NIOCore
internal import Primitives
internal import SMBWire
internal import Transport

/// The connections of one host to the least server there can be, which lives on another loop.
///
/// What comes back arrives in pieces as large as a socket gives at a time.
final class LeastServerPool: ConnectionPool {
    weak var owner: (any ConnectionPoolOwner)?
    private let loop: any EventLoop
    private let serverLoop: any EventLoop
    private let server: LeastServer
    private var requests: [LeastServer.Piece] = []
    /// To the server; made with the first flush, and gone with `closeAll`.
    private var way: HopQueue<LeastServer.Piece>?

    init(on loop: any EventLoop, to server: LeastServer, on serverLoop: any EventLoop) {
        self.loop = loop
        self.server = server
        self.serverLoop = serverLoop
    }

    private func makeWay() -> HopQueue<LeastServer.Piece> {
        let pool = NIOLoopBound(self, eventLoop: loop)
        let back = HopQueue(to: loop) { pool.value.deliver($0) }
        return HopQueue(to: serverLoop) { [server] in back.put(server.answers(to: $0)) }
    }

    func open(_ socket: Int, address: String, port: UInt16) {
        let pool = NIOLoopBound(self, eventLoop: loop)
        loop.execute { pool.value.owner?.opened(socket, tuple: nil) }
    }

    /// As with a socket, what is sent until the next flush leaves in large pieces.
    func send(_ socket: Int, _ bytes: [UInt8]) {
        if requests.last?.takesMore(of: socket) != true {
            requests.append(LeastServer.Piece(of: socket))
        }
        requests[requests.count - 1].bytes += bytes
    }

    func flush() {
        guard !requests.isEmpty else { return }
        let way = way ?? makeWay()
        self.way = way
        way.put(requests)
        requests.removeAll(keepingCapacity: true)
    }

    func close(_ socket: Int) {}
    func closeAll() { way = nil }

    private func deliver(_ answers: [LeastServer.Piece]) {
        for piece in answers { owner?.received(piece.socket, piece.bytes) }
        owner?.receivedAll()
    }
}

/// Answers every request at once: with the same body each time, and a header made of its own.
///
/// It knows no session, no file and no namespace.
struct LeastServer: Sendable {
    struct Piece: Sendable {
        let socket: Int
        var bytes: [UInt8] = []
        /// What one read of a socket gives at most.
        private static let most = 65_536

        /// All its room at once: to grow is what would be measured.
        init(of socket: Int) {
            self.socket = socket
            bytes.reserveCapacity(Self.most + 8_192)
        }

        func takesMore(of socket: Int) -> Bool {
            self.socket == socket && bytes.count < Self.most
        }
    }

    /// By command: what follows the header.
    private let bodies: [[UInt8]]

    /// Its files are full of `readSize` bytes.
    init(readSize: Int) {
        bodies = (0...Command.oplockBreak.rawValue).map { number in
            Command(rawValue: number).map { Self.body(of: $0, readSize: readSize) } ?? []
        }
    }

    /// The answers in order, the first one to the first request; pieces hold whole frames.
    func answers(to requests: [Piece]) -> [Piece] {
        var answers: [Piece] = []
        for request in requests {
            var assembler = FrameAssembler()
            assembler.append(request.bytes)
            while let (bytes, frame) = try? assembler.next() {
                if answers.last?.takesMore(of: request.socket) != true {
                    answers.append(Piece(of: request.socket))
                }
                append(answerTo: bytes, frame, to: &answers[answers.count - 1].bytes)
            }
        }
        return answers
    }

    private func append(
        answerTo request: [UInt8],
        _ frame: Range<Int>,
        to bytes: inout [UInt8]
    ) {
        var reader = ByteReader(request, in: frame)
        guard var header = try? Header(from: &reader) else { return }
        header.flags = .serverToRedir
        switch header.command {
        case .sessionSetup: header.sessionID = SMBSessionID(header.messageID.rawValue)
        case .treeConnect: header.treeID = TreeID(1)
        // There is no Dfs here.
        case .ioctl: header.status = .notFound
        default: break
        }
        let body = bodies[Int(header.command.rawValue)]
        var writer = ByteWriter(reserving: Header.size)
        header.encode(into: &writer)
        bytes += DirectTCP.prefix(length: Header.size + body.count)
        bytes += writer.take()
        bytes += body
    }

    private static func body(of command: Command, readSize: Int) -> [UInt8] {
        var writer = ByteWriter()
        Header(command: command, messageID: MessageID(0)).encode(into: &writer)
        switch command {
        case .negotiate: negotiation.encode(into: &writer)
        case .sessionSetup:
            SessionSetupResponse(flags: .isNull, token: []).encode(into: &writer)
        case .treeConnect:
            TreeConnectResponse(
                shareType: .disk,
                shareFlags: [],
                capabilities: [],
                maximalAccess: AccessMask(rawValue: .max)
            ).encode(into: &writer)
        case .create:
            var facts = FileFacts()
            facts.endOfFile = 65_536
            CreateResponse(
                oplockLevel: .none,
                action: 1,
                facts: facts,
                fileID: FileID(persistent: 1, volatile: 1)
            ).encode(into: &writer)
        case .close: CloseResponse(facts: nil).encode(into: &writer)
        case .read: ReadResponse(data: Array(repeating: 1, count: readSize)).encode(into: &writer)
        case .ioctl: ErrorResponse().encode(into: &writer)
        default: EmptyBody().encode(into: &writer)
        }
        return Array(writer.take().dropFirst(Header.size))
    }

    private static var negotiation: NegotiateResponse {
        NegotiateResponse(
            securityMode: .signingEnabled,
            dialect: .smb302,
            serverGUID: GUID(high: 1, low: 1),
            capabilities: .largeMTU,
            maxTransactSize: 1 << 20,
            maxReadSize: 1 << 20,
            maxWriteSize: 1 << 20,
            systemTime: 0,
            securityBuffer: [],
            contexts: []
        )
    }
}
