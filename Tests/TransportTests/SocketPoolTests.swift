import NIOCore
import NIOPosix
import Testing
import Transport

@Suite struct SocketPoolTests {
    @Test func `bytes go out in one piece and come back`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
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

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }
}

/// Opens one socket, sends four bytes in two pieces, notes what it hears until it is over.
private final class Conversation: ConnectionPoolOwner {
    enum Heard: Equatable, Sendable {
        case opened(String?)
        case failed(SocketFailure.Kind)
        case bytes([UInt8])
        case closed
    }

    private let pool: SocketPool
    private let promise: EventLoopPromise<[Heard]>
    private var heard: [Heard] = []

    private init(pool: SocketPool, promise: EventLoopPromise<[Heard]>) {
        self.pool = pool
        self.promise = promise
    }

    static func run(
        on loop: any EventLoop,
        address: String,
        port: UInt16
    ) async throws -> [Heard] {
        try await loop.flatSubmit {
            let pool = SocketPool(on: loop, connectLimit: .seconds(5))
            let promise = loop.makePromise(of: [Heard].self)
            let conversation = Conversation(pool: pool, promise: promise)
            pool.owner = conversation
            pool.open(7, address: address, port: port)
            let alive = NIOLoopBound(conversation, eventLoop: loop)
            return promise.futureResult.always { _ in alive.value.pool.closeAll() }
        }.get()
    }

    func opened(_ socket: Int, tuple: String?) {
        heard.append(.opened(tuple))
        pool.send(socket, [1, 2])
        pool.send(socket, [3, 4])
        pool.flush()
    }

    func failedToOpen(_ socket: Int, _ failure: SocketFailure) {
        promise.succeed(heard + [.failed(failure.kind)])
    }

    func received(_ socket: Int, _ bytes: [UInt8]) { heard.append(.bytes(bytes)) }
    func receivedAll() { promise.succeed(heard) }
    func closed(_ socket: Int, _ failure: SocketFailure) { promise.succeed(heard + [.closed]) }
}
