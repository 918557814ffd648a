package import NIOCore

/// The connections of one host into an emulated namespace of the same process.
///
/// Lives on the host's loop; what the host flushes until the emulator's loop gets to it crosses in
/// one hop, and so does what comes back.
package final class EmulatedPool: ConnectionPool {
    package weak var owner: (any ConnectionPoolOwner)?
    private let way: HopQueue<PeerOrder>
    private var orders: [PeerOrder] = []
    /// For look-up only.
    private var sockets: Set<Int> = []

    /// A pool on the current event loop.
    package init(on loop: any EventLoop, to emulator: EmulatorLoop) {
        loop.preconditionInEventLoop()
        let pool = NIOLoopBound(WeakPool(), eventLoop: loop)
        let peer = InMemoryPeer(HopQueue(to: loop) { pool.value.pool?.deliver($0) })
        way = emulator.way(from: peer)
        pool.value.pool = self
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
        guard !orders.isEmpty else { return }
        way.put(orders)
        orders.removeAll(keepingCapacity: true)
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
private final class WeakPool {
    weak var pool: EmulatedPool?
}

/// A pool as the emulator's loop sees it.
private final class InMemoryPeer: EmulatorPeer, Sendable {
    private let way: HopQueue<PeerNews>

    init(_ way: HopQueue<PeerNews>) { self.way = way }

    func deliver(_ news: [PeerNews]) { way.put(news) }
}
