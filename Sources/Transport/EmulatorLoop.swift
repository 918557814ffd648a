package import Emulator
package import NIOCore
internal import NIOPosix
internal import Primitives

/// The shell of an emulated namespace: its machine and its timer, on an event loop of its own.
///
/// Hosts of the same process reach it through pools, other programs through listening sockets; the
/// machine cannot tell them apart. Frames cross between loops as moved batches, one hop a batch.
package final class EmulatorLoop: Sendable {
    private let state: NIOLoopBoundBox<EmulatorState?>
    let loop: any EventLoop

    /// Starts the namespace on the loop; instants count from `origin`.
    ///
    /// `addresses` are the servers' loopback addresses, in the order of the plan.
    package init(
        _ plan: NamespacePlan,
        addresses: [String],
        seed: UInt64,
        on loop: any EventLoop,
        origin: NIODeadline
    ) {
        self.loop = loop
        let state = NIOLoopBoundBox.makeEmptyBox(valueType: EmulatorState.self, eventLoop: loop)
        self.state = state
        loop.execute {
            state.value = EmulatorState(
                Emulator(plan, seed: seed),
                addresses: addresses,
                loop: loop,
                origin: origin
            )
        }
    }

    /// How a peer's orders get to the emulator.
    func way(from peer: some EmulatorPeer & Sendable) -> HopQueue<PeerOrder> {
        let state = state
        return HopQueue(to: loop) { orders in state.value?.take(orders, from: peer) }
    }

    /// Does something on the emulator's loop.
    func perform(_ body: @escaping @Sendable (EmulatorState) -> Void) {
        let state = state
        loop.execute { if let value = state.value { body(value) } }
    }

    /// Switches a fault, and says how all of them stand then.
    @discardableResult
    package func command(_ command: FaultCommand) -> EventLoopFuture<[FaultSwitch]> {
        perform { $0.command(command) }
        return snapshot { $0.faultSwitches }.map { $0 ?? [] }
    }

    /// The machine as it is now: for counters and for who waits.
    package func snapshot<Value: Sendable>(
        _ read: @escaping @Sendable (Emulator) -> Value
    ) -> EventLoopFuture<Value?> {
        let state = state
        return loop.submit { state.value.map { read($0.emulator) } }
    }
}

/// Whoever opens connections to the emulated servers; all calls are on the emulator's loop.
protocol EmulatorPeer: AnyObject {
    /// What became of its connections, in order, and in one go.
    func deliver(_ news: [PeerNews])
}

/// What a peer wants; sockets are numbered by the peer.
enum PeerOrder: Sendable {
    case open(Int, address: String)
    case send(Int, [UInt8])
    case close(Int)
}

/// What a peer is told.
enum PeerNews: Sendable {
    case opened(Int)
    case failedToOpen(Int, SocketFailure)
    case received(Int, [UInt8])
    case closed(Int, SocketFailure)
}

/// Everything of an emulated namespace that lives on its loop.
final class EmulatorState {
    private struct Peer {
        let peer: any EmulatorPeer
        /// Its open connections by its own numbers.
        var connections: [Int: Int] = [:]
        var news: [PeerNews] = []
    }

    private struct Place {
        let peer: Int
        let socket: Int
    }

    private(set) var emulator: Emulator
    let loop: any EventLoop
    let addresses: [String]
    private var origin: NIODeadline
    private var peers: [Peer] = []
    private var peerIndices: [ObjectIdentifier: Int] = [:]
    private var places: [Int: Place] = [:]
    private var connectionCount = 0
    private var effects: [EmulatorEffect] = []
    private var timer: Scheduled<Void>?
    private var timerAt: Instant?

    init(
        _ emulator: Emulator,
        addresses: [String],
        loop: any EventLoop,
        origin: NIODeadline
    ) {
        self.emulator = emulator
        self.addresses = addresses
        self.loop = loop
        self.origin = origin
    }

    private var now: Instant {
        Instant(nanoseconds: UInt64(max(0, (NIODeadline.now() - origin).nanoseconds)))
    }

    /// Carries out a peer's batch, and tells all peers what came of it.
    func take(_ orders: [PeerOrder], from sender: any EmulatorPeer) {
        let now = now
        let peer = index(of: sender)
        for order in orders {
            switch order {
            case .open(let socket, let address): open(socket, address, of: peer, at: now)
            case .send(let socket, let bytes):
                guard let connection = peers[peer].connections[socket] else { continue }
                emulator.received(connection, bytes, at: now, into: &effects)
            case .close(let socket):
                guard let connection = peers[peer].connections.removeValue(forKey: socket)
                else { continue }
                places[connection] = nil
                emulator.closed(connection, at: now, into: &effects)
            }
            perform()
        }
        deliver()
    }

    private func index(of peer: any EmulatorPeer) -> Int {
        let identity = ObjectIdentifier(peer)
        if let known = peerIndices[identity] { return known }
        peers.append(Peer(peer: peer))
        peerIndices[identity] = peers.count - 1
        return peers.count - 1
    }

    private func open(_ socket: Int, _ address: String, of peer: Int, at now: Instant) {
        guard let server = addresses.firstIndex(of: address) else {
            let failure = SocketFailure(.refused, "no emulated server listens at \(address)")
            peers[peer].news.append(.failedToOpen(socket, failure))
            return
        }
        connectionCount += 1
        peers[peer].connections[socket] = connectionCount
        places[connectionCount] = Place(peer: peer, socket: socket)
        emulator.connect(connectionCount, toServer: server, at: now, into: &effects)
    }

    func command(_ command: FaultCommand) {
        emulator.command(command, at: now, into: &effects)
        perform()
        deliver()
    }

    /// Moves the beginning of time by a gap in which the process stood still.
    func leaveOut(_ gap: Duration) {
        origin = origin + .nanoseconds(gap.wholeNanoseconds)
        timer?.cancel()
        timerAt = nil
        setTimer()
    }

    private func perform() {
        for effect in effects { perform(effect) }
        effects.removeAll(keepingCapacity: true)
    }

    private func perform(_ effect: EmulatorEffect) {
        switch effect {
        case .accepted(let connection): tell(connection) { .opened($0) }
        case .refused(let connection):
            tell(connection) { .failedToOpen($0, SocketFailure(.refused, "connection refused")) }
            forget(connection)
        case .send(let connection, let bytes): tell(connection) { .received($0, bytes) }
        case .disconnect(let connection, let reason):
            tell(connection) { .closed($0, SocketFailure(.closedByPeer, reason)) }
            forget(connection)
        case .faulted: break
        }
    }

    private func tell(_ connection: Int, _ news: (Int) -> PeerNews) {
        guard let place = places[connection] else { return }
        peers[place.peer].news.append(news(place.socket))
    }

    private func forget(_ connection: Int) {
        guard let place = places.removeValue(forKey: connection) else { return }
        peers[place.peer].connections[place.socket] = nil
    }

    private func deliver() {
        for index in peers.indices where !peers[index].news.isEmpty {
            let news = peers[index].news
            peers[index].news = []
            peers[index].peer.deliver(news)
        }
        setTimer()
    }

    private func setTimer() {
        let deadline = Self.deadline(of: &emulator)
        guard deadline != timerAt else { return }
        timer?.cancel()
        timerAt = deadline
        timer = deadline.map { deadline in
            let due = origin + .nanoseconds(Int64(clamping: deadline.nanoseconds))
            return loop.assumeIsolated().scheduleTask(deadline: due) { [self] in fire() }
        }
    }

    /// In place: what is not `inout` is copied for a call that might change this object.
    private static func deadline(of emulator: inout Emulator) -> Instant? {
        emulator.nextDeadline
    }

    private func fire() {
        timerAt = nil
        emulator.timerFired(at: now, into: &effects)
        perform()
        deliver()
    }
}
