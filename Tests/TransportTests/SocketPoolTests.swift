import NIOCore
import NIOPosix
import Testing
import Transport

@Suite struct SocketPoolTests {
    @Test func `bytes go out in one piece and come back`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await EchoHandler.listen(on: group)
        let port = UInt16(try #require(server.localAddress?.port))
        let heard = try await Conversation.run(on: group.next(), address: "127.0.0.1", port: port)
        guard case .opened(let tuple)? = heard.first else {
            Issue.record("heard \(heard)")
            return
        }
        #expect(tuple?.wholeMatch(of: /127\.0\.0\.1:\d+ -> 127\.0\.0\.1:(\d+)/)?.1 == "\(port)")
        #expect(heard.dropFirst() == [.bytes([1, 2, 3, 4])])
        try await server.close()
        try await group.shutdownGracefully()
    }

    @Test func `more than the kernel takes at once arrives whole and once`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let server = try await EchoHandler.listen(on: group)
        let port = UInt16(try #require(server.localAddress?.port))
        let pieces = (0..<96).map { [UInt8](repeating: $0, count: 100_000) }
        let heard = try await Conversation.run(
            on: group.next(),
            address: "127.0.0.1",
            port: port,
            sending: pieces
        )
        let bytes = heard.reduce(into: [UInt8]()) { all, piece in
            if case .bytes(let bytes) = piece { all += bytes }
        }
        let isWhole = bytes == pieces.reduce(into: []) { $0 += $1 }
        #expect(isWhole, "\(bytes.count) bytes came")
        try await server.close()
        try await group.shutdownGracefully()
    }

    @Test func `a port where nobody listens is refused`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let heard = try await Conversation.run(on: group.next(), address: "127.0.0.1", port: 1)
        #expect(heard == [.failed(.refused)])
        try await group.shutdownGracefully()
    }

    @Test func `what is no address fails instead of asking a resolver`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let heard = try await Conversation.run(on: group.next(), address: "fs1", port: 445)
        #expect(heard == [.failed(.badAddress)])
        try await group.shutdownGracefully()
    }
}

private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    static func listen(on group: any EventLoopGroup) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }
}

/// Opens one socket, sends pieces, two in a flush, and notes what it hears until all came back.
private final class Conversation: ConnectionPoolOwner {
    enum Heard: Equatable, Sendable {
        case opened(String?)
        case failed(SocketFailure.Kind)
        case bytes([UInt8])
        case closed
    }

    private let pool: SocketPool
    private let promise: EventLoopPromise<[Heard]>
    private let pieces: [[UInt8]]
    private var missing: Int
    private var heard: [Heard] = []

    private init(pool: SocketPool, promise: EventLoopPromise<[Heard]>, pieces: [[UInt8]]) {
        self.pool = pool
        self.promise = promise
        self.pieces = pieces
        missing = pieces.reduce(0) { $0 + $1.count }
    }

    static func run(
        on loop: any EventLoop,
        address: String,
        port: UInt16,
        sending pieces: [[UInt8]] = [[1, 2], [3, 4]]
    ) async throws -> [Heard] {
        try await loop.flatSubmit {
            let pool = SocketPool(on: loop, connectLimit: .seconds(5))
            let promise = loop.makePromise(of: [Heard].self)
            let conversation = Conversation(pool: pool, promise: promise, pieces: pieces)
            pool.owner = conversation
            pool.open(7, address: address, port: port)
            let alive = NIOLoopBound(conversation, eventLoop: loop)
            return promise.futureResult.always { _ in alive.value.pool.closeAll() }
        }.get()
    }

    func opened(_ socket: Int, tuple: String?) {
        heard.append(.opened(tuple))
        for (index, piece) in pieces.enumerated() {
            pool.send(socket, piece)
            if index.isMultiple(of: 2) == false { pool.flush() }
        }
    }

    func failedToOpen(_ socket: Int, _ failure: SocketFailure) {
        promise.succeed(heard + [.failed(failure.kind)])
    }

    func received(_ socket: Int, _ bytes: [UInt8]) {
        heard.append(.bytes(bytes))
        missing -= bytes.count
    }

    func receivedAll() { if missing <= 0 { promise.succeed(heard) } }
    func closed(_ socket: Int, _ failure: SocketFailure) { promise.succeed(heard + [.closed]) }
}
