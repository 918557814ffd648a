package import NIOCore
internal import NIOPosix

/// The TCP connections of one host, all on one event loop.
///
/// Owns sockets and nothing else: no framing, no decisions. What is sent waits in one buffer a
/// socket until `flush`, so that the answers to one read leave in one write: a flush per message
/// costs ten times as much. A peer that does not read makes its buffer wait, not the loop.
package final class SocketPool: ConnectionPool {
    /// A class: its buffer grows in place, wherever it was looked up.
    final class Socket {
        let number: Int
        var channel: (any Channel)?
        var outgoing = ByteBuffer()
        var isDirty = false
        /// False once its owner has closed it or was told that it is gone.
        var isOpen = true

        init(_ number: Int) { self.number = number }
    }

    private let loop: any EventLoop
    private let connectLimit: TimeAmount
    private var sockets: [Int: Socket] = [:]
    /// The one that was sent to last: mostly the next one again, and then not looked up anew.
    private var recent: Socket?
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
        let entry = Socket(socket)
        sockets[socket] = entry
        let peer: SocketAddress
        do {
            peer = try SocketAddress(ipAddress: address, port: Int(port))
        } catch {
            loop.assumeIsolated().execute { [self] in
                fail(socket, SocketFailure(.badAddress, "“\(address)” is no IP address"))
            }
            return
        }
        let handler = NIOLoopBound(SocketHandler(socket: entry, pool: self), eventLoop: loop)
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
        guard remove(socket) != nil else { return }
        owner?.failedToOpen(socket, failure)
    }

    /// Appends to what the next `flush` writes; dropped when the socket is gone already.
    package func send(_ socket: Int, _ bytes: [UInt8]) {
        guard let entry = entry(socket) else { return }
        entry.outgoing.writeBytes(bytes)
        if !entry.isDirty {
            entry.isDirty = true
            dirty.append(entry)
        }
    }

    private func entry(_ socket: Int) -> Socket? {
        if let recent, recent.number == socket { return recent }
        recent = sockets[socket]
        return recent
    }

    private func remove(_ socket: Int) -> Socket? {
        recent = nil
        let entry = sockets.removeValue(forKey: socket)
        entry?.isOpen = false
        return entry
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
        // Out of the entry: writing may call back at once, and must not find the same bytes again.
        var outgoing = ByteBuffer()
        swap(&outgoing, &entry.outgoing)
        channel.pipeline.syncOperations.writeAndFlush(NIOAny(outgoing), promise: nil)
        // What went out at once leaves its memory to the next write.
        guard entry.outgoing.readableBytes == 0, outgoing.capacity <= Self.keptMax else { return }
        outgoing.clear()
        entry.outgoing = outgoing
    }

    /// A socket keeps no larger buffer while it has nothing to write: there may be very many.
    private static let keptMax = 8_192

    func becameWritable(_ entry: Socket) {
        if entry.isOpen { write(entry) }
    }

    /// Closes without a word to the owner.
    package func close(_ socket: Int) {
        guard let entry = remove(socket) else { return }
        entry.channel?.close(promise: nil)
        entry.channel = nil
    }

    package func closeAll() {
        let open = sockets.keys.sorted()
        for socket in open { close(socket) }
    }

    func received(_ entry: Socket, _ bytes: [UInt8]) {
        if entry.isOpen { owner?.received(entry.number, bytes) }
    }

    func receivedAll() { owner?.receivedAll() }

    func ended(_ entry: Socket, _ failure: SocketFailure) {
        guard entry.isOpen, remove(entry.number) != nil else { return }
        owner?.closed(entry.number, failure)
    }
}

/// Hands a socket's events to its pool.
private final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let socket: SocketPool.Socket
    private let pool: SocketPool
    private var failure: SocketFailure?

    init(socket: SocketPool.Socket, pool: SocketPool) {
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
