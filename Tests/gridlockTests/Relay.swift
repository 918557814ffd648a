import NIOCore
import NIOPosix
import Primitives
import SMBWire
import Synchronization

/// Carries bytes between a listener and port 445 of an address, as a man in the middle.
enum Relay {
    /// Frames of the server that `swallows` answers true for never arrive.
    static func listen(
        on host: String,
        to address: String,
        group: MultiThreadedEventLoopGroup,
        swallowing swallows: @escaping @Sendable (Header) -> Bool = { _ in false }
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop).connect(host: address, port: 445)
                    .flatMapThrowing { far in
                        try near.pipeline.syncOperations.addHandler(Pipe(to: far))
                        let back = AnswerPipe(to: near, swallowing: swallows)
                        try far.pipeline.syncOperations.addHandler(back)
                    }
                    .flatMap { near.setOption(.autoRead, value: true) }
            }
            .bind(host: host, port: 0).get()
    }

    private final class Pipe: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let other: any Channel

        init(to other: any Channel) { self.other = other }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
    }

    /// Looks at each frame before it passes it on.
    private final class AnswerPipe: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let other: any Channel
        private let swallows: (Header) -> Bool
        private var assembler = FrameAssembler()

        init(to other: any Channel, swallowing swallows: @escaping (Header) -> Bool) {
            self.other = other
            self.swallows = swallows
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            assembler.append(Array(unwrapInboundIn(data).readableBytesView))
            var passed = ByteBuffer()
            while let (bytes, range) = try? assembler.next() {
                var reader = ByteReader(bytes, in: range)
                if let header = try? Header(from: &reader), swallows(header) { continue }
                passed.writeBytes(DirectTCP.prefix(length: range.count))
                passed.writeBytes(bytes[range])
            }
            other.writeAndFlush(passed, promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
    }
}

/// True once, for the final answer of that number to the command, counted from 1.
final class OneAnswer: Sendable {
    private let command: Command
    private let left: Mutex<Int>
    private let found = Mutex<UInt64?>(nil)

    /// The MessageId of the answer that it was.
    var messageID: UInt64? { found.withLock { $0 } }

    init(_ number: Int, to command: Command) {
        self.command = command
        left = Mutex(number)
    }

    func isIt(_ header: Header) -> Bool {
        guard header.command == command, header.status != .pending else { return false }
        let isIt = left.withLock { left in
            left -= 1
            return left == 0
        }
        if isIt { found.withLock { $0 = header.messageID.rawValue } }
        return isIt
    }
}
