package import NIOCore

/// The connections of one host into an emulated namespace of the same process.
///
/// Lives on the host's loop; what the host sends between two flushes crosses to the emulator's loop
/// in one hop, and so does what comes back.
package final class EmulatedPool: ConnectionPool {
    package weak var owner: (any ConnectionPoolOwner)?
    private let emulator: EmulatorLoop
    private let loop: any EventLoop
    private var peer: InMemoryPeer?
    private var orders: [PeerOrder] = []
    /// For look-up only.
    private var sockets: Set<Int> = []

    /// A pool on the current event loop.
    package init(on loop: any EventLoop, to emulator: EmulatorLoop) {
        loop.preconditionInEventLoop()
        self.emulator = emulator
        self.loop = loop
        peer = InMemoryPeer(loop: loop, pool: NIOLoopBound(WeakPool(pool: self), eventLoop: loop))
    }

    package func open(_ socket: Int, address: String, port: UInt16) {
        sockets.insert(socket)
        orders.append(.open(socket, address: address))
    }

    package func send(_ socket: Int, _ bytes: [UInt8]) {
        guard sockets.contains(socket) else { return }
        orders.append(.send(socket, bytes))
    }

    package func flush() {
        guard !orders.isEmpty, let peer else { return }
        let batch = orders
        orders = []
        emulator.perform { state in state.take(batch, from: peer) }
    }

    package func close(_ socket: Int) {
        guard sockets.remove(socket) != nil else { return }
        orders.append(.close(socket))
        flush()
    }

    package func closeAll() {
        for socket in sockets.sorted() { orders.append(.close(socket)) }
        sockets.removeAll()
        flush()
    }

    func deliver(_ news: [PeerNews]) {
        for piece in news {
            switch piece {
            case .opened(let socket):
                if sockets.contains(socket) { owner?.opened(socket, tuple: nil) }
            case .failedToOpen(let socket, let failure):
                if sockets.remove(socket) != nil { owner?.failedToOpen(socket, failure) }
            case .received(let socket, let bytes):
                if sockets.contains(socket) { owner?.received(socket, bytes) }
            case .closed(let socket, let failure):
                if sockets.remove(socket) != nil { owner?.closed(socket, failure) }
            }
        }
        owner?.receivedAll()
    }
}

/// The emulator's loop must not keep a host's pool alive.
private struct WeakPool {
    weak var pool: EmulatedPool?
}

/// A pool as the emulator's loop sees it.
private final class InMemoryPeer: EmulatorPeer, Sendable {
    private let loop: any EventLoop
    private let pool: NIOLoopBound<WeakPool>

    init(loop: any EventLoop, pool: NIOLoopBound<WeakPool>) {
        self.loop = loop
        self.pool = pool
    }

    func deliver(_ news: [PeerNews]) {
        let pool = pool
        loop.execute { pool.value.pool?.deliver(news) }
    }
}
