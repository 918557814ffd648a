internal import Emulator
package import NIOCore
internal import NIOPosix

extension EmulatorLoop {
    /// Puts each server on TCP at its address; the future says where each really listens.
    ///
    /// Fails with a `SocketFailure` that names the address, and nothing listens then.
    package func listen(port: UInt16) -> EventLoopFuture<[SocketAddress]> {
        loop.flatSubmit { [self] in
            let promise = loop.makePromise(of: [SocketAddress].self)
            perform { state in
                let listener = EmulatorListener(state)
                listener.bind(port: port).cascade(to: promise)
            }
            return promise.futureResult
        }
    }
}

/// The listening sockets of an emulated namespace, and the connections that came by them.
///
/// Everything is on the emulator's loop. It lives as long as its sockets.
private final class EmulatorListener: EmulatorPeer {
    private struct Arrival {
        let channel: any Channel
        var isDirty = false
    }

    private let state: EmulatorState
    private var arrivals: [Int: Arrival] = [:]
    private var arrivalCount = 0
    private var dirty: [Int] = []

    init(_ state: EmulatorState) { self.state = state }

    func bind(port: UInt16) -> EventLoopFuture<[SocketAddress]> {
        let futures = state.addresses.map { bind($0, port: port) }
        return EventLoopFuture.whenAllSucceed(futures, on: state.loop)
            .flatMapThrowing { channels in channels.compactMap(\.localAddress) }
    }

    private func bind(_ address: String, port: UInt16) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(self, eventLoop: state.loop)
        return ServerBootstrap(group: state.loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let listener = bound.value
                    let handler = ArrivalHandler(listener: listener, address: address)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: address, port: Int(port))
            .flatMapErrorThrowing { error in
                let place = try? SocketAddress(ipAddress: address, port: Int(port))
                throw SocketFailure(error, peer: place)
            }
    }

    func arrived(_ channel: any Channel, at address: String) -> Int {
        arrivalCount += 1
        arrivals[arrivalCount] = Arrival(channel: channel)
        state.take([.open(arrivalCount, address: address)], from: self)
        return arrivalCount
    }

    func received(_ socket: Int, _ pieces: [[UInt8]]) {
        state.take(pieces.map { .send(socket, $0) }, from: self)
    }

    func left(_ socket: Int) {
        guard arrivals.removeValue(forKey: socket) != nil else { return }
        state.take([.close(socket)], from: self)
    }

    func deliver(_ news: [PeerNews]) {
        for piece in news {
            switch piece {
            case .opened: break
            case .received(let socket, let bytes):
                guard let arrival = arrivals[socket] else { continue }
                arrival.channel.write(ByteBuffer(bytes: bytes), promise: nil)
                if !arrival.isDirty {
                    arrivals[socket]?.isDirty = true
                    dirty.append(socket)
                }
            case .failedToOpen(let socket, _), .closed(let socket, _):
                guard let arrival = arrivals.removeValue(forKey: socket) else { continue }
                arrival.channel.flush()
                arrival.channel.close(promise: nil)
            }
        }
        for socket in dirty {
            arrivals[socket]?.isDirty = false
            arrivals[socket]?.channel.flush()
        }
        dirty.removeAll(keepingCapacity: true)
    }
}

/// One connection that came from outside.
private final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let listener: EmulatorListener
    private let address: String
    private var socket: Int?
    private var pieces: [[UInt8]] = []

    init(listener: EmulatorListener, address: String) {
        self.listener = listener
        self.address = address
    }

    func channelActive(context: ChannelHandlerContext) {
        socket = listener.arrived(context.channel, at: address)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pieces.append(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard let socket, !pieces.isEmpty else { return }
        let batch = pieces
        pieces = []
        listener.received(socket, batch)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let socket { listener.left(socket) }
    }
}
