package import NIOCore
internal import NIOPosix

/// The TCP connections of one host, all on one event loop.
///
/// Owns sockets and nothing else: no framing, no decisions. What is sent waits in one buffer a
/// socket until `flush`, so that the answers to one read leave in one write: a flush per message
/// costs ten times as much. A peer that does not read makes its buffer wait, not the loop.
package final class SocketPool: ConnectionPool {
    /// A class: its buffer grows in place, wherever it was looked up.
    private final class Socket {
        var channel: (any Channel)?
        var outgoing = ByteBuffer()
        var isDirty = false
    }

    private let loop: any EventLoop
    private let connectLimit: TimeAmount
    private var sockets: [Int: Socket] = [:]
    /// Closed ones among them have nothing to write.
    private var dirty: [Socket] = []
    package weak var owner: (any ConnectionPoolOwner)?

    /// A pool on the current event loop; connecting gives up after `connectLimit`.
    package init(on loop: any EventLoop, connectLimit: Duration) {
        loop.preconditionInEventLoop()
        self.loop = loop
        self.connectLimit = TimeAmount(connectLimit)
    }

    /// Opens a connection; `opened` or `failedToOpen` follows, unless it is closed before.
    package func open(_ socket: Int, address: String, port: UInt16) {
        sockets[socket] = Socket()
        let peer: SocketAddress
        do {
            peer = try SocketAddress(ipAddress: address, port: Int(port))
        } catch {
            loop.assumeIsolated().execute { [self] in
                fail(socket, SocketFailure(.badAddress, "“\(address)” is no IP address"))
            }
            return
        }
        let handler = NIOLoopBound(SocketHandler(socket: socket, pool: self), eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(connectLimit)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
            .connect(to: peer)
            .assumeIsolated()
            .whenComplete { [self] result in connected(socket, result, peer: peer) }
    }

    private func connected(
        _ socket: Int,
        _ result: Result<any Channel, any Error>,
        peer: SocketAddress
    ) {
        switch result {
        case .success(let channel):
            guard let entry = sockets[socket] else {
                channel.close(promise: nil)
                return
            }
            entry.channel = channel
            let local = channel.localAddress?.endpoint
            owner?.opened(socket, tuple: local.map { "\($0) -> \(peer.endpoint)" })
        case .failure(let error): fail(socket, SocketFailure(error, peer: peer))
        }
    }

    private func fail(_ socket: Int, _ failure: SocketFailure) {
        guard sockets.removeValue(forKey: socket) != nil else { return }
        owner?.failedToOpen(socket, failure)
    }

    /// Appends to what the next `flush` writes; dropped when the socket is gone already.
    package func send(_ socket: Int, _ bytes: [UInt8]) {
        guard let entry = sockets[socket] else { return }
        entry.outgoing.writeBytes(bytes)
        if !entry.isDirty {
            entry.isDirty = true
            dirty.append(entry)
        }
    }

    /// Writes what was sent since the last flush, one write a socket.
    package func flush() {
        for entry in dirty { write(entry) }
        dirty.removeAll(keepingCapacity: true)
    }

    /// Writes unless the socket's own buffer is above its mark; `becameWritable` comes back then.
    private func write(_ entry: Socket) {
        entry.isDirty = false
        guard let channel = entry.channel, channel.isWritable, entry.outgoing.readableBytes > 0
        else { return }
        let outgoing = entry.outgoing
        entry.outgoing = ByteBuffer()
        channel.writeAndFlush(outgoing, promise: nil)
    }

    func becameWritable(_ socket: Int) {
        if let entry = sockets[socket] { write(entry) }
    }

    /// Closes without a word to the owner.
    package func close(_ socket: Int) {
        guard let entry = sockets.removeValue(forKey: socket) else { return }
        entry.channel?.close(promise: nil)
        entry.channel = nil
    }

    package func closeAll() {
        let open = sockets.keys.sorted()
        for socket in open { close(socket) }
    }

    func received(_ socket: Int, _ bytes: [UInt8]) {
        guard sockets[socket] != nil else { return }
        owner?.received(socket, bytes)
    }

    func receivedAll() { owner?.receivedAll() }

    func ended(_ socket: Int, _ failure: SocketFailure) {
        guard sockets.removeValue(forKey: socket) != nil else { return }
        owner?.closed(socket, failure)
    }
}

/// Hands a socket's events to its pool.
private final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let socket: Int
    private let pool: SocketPool
    private var failure: SocketFailure?

    init(socket: Int, pool: SocketPool) {
        self.socket = socket
        self.pool = pool
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pool.received(socket, Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelReadComplete(context: ChannelHandlerContext) { pool.receivedAll() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pool.becameWritable(socket) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = SocketFailure(error, peer: context.remoteAddress)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        pool.ended(socket, failure ?? SocketFailure(.closedByPeer, "the peer closed it"))
    }
}
