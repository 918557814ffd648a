package import NIOCore
internal import NIOPosix
package import Primitives
package import Redirector
package import SMBWire
internal import Synchronization
package import TerminalServer
package import Watchdog

/// What a host's loop needs from the rest of the program; called on the loop, must not block long.
package struct HostPorts: Sendable {
    /// Works out a token, and calls back from any thread.
    package typealias Token =
        @Sendable (TokenRequest, @escaping @Sendable (TokenAnswer) -> Void) -> Void

    package struct TokenRequest: Sendable {
        package let host: Int
        package let session: SMBSessionNumber
        package let user: Int
        package let server: String
        package let input: [UInt8]
    }

    package var token: Token
    package var tokenEnd: @Sendable (Int, SMBSessionNumber) -> Void
    /// Returns when the line is out of the program's hands.
    package var manifest: @Sendable (ManifestEntry) -> Void
    package var event: @Sendable (HostEvent) -> Void
    /// All sessions of the host of that number stand at a barrier.
    package var assembled: @Sendable (Int) -> Void
    /// Takes every frame as it goes by, in plain; nil where nobody asked for them.
    package var capture: (@Sendable ([CapturedFrame]) -> Void)?
    /// Whether the newest frames are kept, for a hang's own capture.
    package var keepsFrames = false
    /// Where connections lead: nil to real servers, else into this namespace.
    package var emulator: EmulatorLoop?
    /// Makes the host's connections itself, on the host's loop, whatever else is said: for
    /// measurements of a host alone.
    package var connections: (@Sendable (any EventLoop) -> any ConnectionPool)?

    package init(
        token: @escaping Token,
        tokenEnd: @escaping @Sendable (Int, SMBSessionNumber) -> Void,
        manifest: @escaping @Sendable (ManifestEntry) -> Void,
        event: @escaping @Sendable (HostEvent) -> Void,
        assembled: @escaping @Sendable (Int) -> Void
    ) {
        self.token = token
        self.tokenEnd = tokenEnd
        self.manifest = manifest
        self.event = event
        self.assembled = assembled
    }
}

/// The shell of one host: its machine, its sockets and its timer, on one event loop.
///
/// The only logic is the switch over effects. What the machine makes of one read is written in one
/// go, when the read is complete.
package final class HostLoop: Sendable {
    private let state: NIOLoopBoundBox<HostState?>
    private let loop: any EventLoop
    private let finish: EventLoopPromise<Void>
    private let mark = InputMark()

    /// Starts the host on the loop; instants count from `origin`.
    package init(
        _ plan: HostPlan,
        on loop: any EventLoop,
        origin: NIODeadline,
        ports: HostPorts
    ) {
        self.loop = loop
        let finish = loop.makePromise(of: Void.self)
        self.finish = finish
        let state = NIOLoopBoundBox.makeEmptyBox(valueType: HostState.self, eventLoop: loop)
        self.state = state
        let mark = mark
        loop.execute {
            let host = HostState(
                plan,
                loop: loop,
                origin: origin,
                ports: ports,
                finish: finish,
                mark: mark
            )
            state.value = host
            host.start()
        }
    }

    /// Succeeds when the host has finished.
    package var finished: EventLoopFuture<Void> { finish.futureResult }

    /// Ends the load early; what is under way gets `grace`.
    package func stop(grace: Duration) {
        let state = state
        loop.execute { state.value?.stop(grace: grace) }
    }

    /// Says by `alive` that the loop lives, and since when its oldest wait is there; never blocks.
    package func pulse(_ alive: @escaping @Sendable (Instant?, _ lastInput: String) -> Void) {
        let (state, mark) = (state, mark)
        loop.execute { if let value = state.value { alive(value.oldestWait, mark.text) } }
    }

    /// What the host was told last, even if its loop does not answer any more.
    package var lastInput: String { mark.text }

    /// Hands over who waits for what; never blocks.
    package func waits(_ take: @escaping @Sendable (WaitSnapshot) -> Void) {
        let state = state
        loop.execute { if let value = state.value { take(value.waits()) } }
    }

    /// Hands over the newest frames of these sessions, or of all where none is named; never blocks.
    package func frames(
        of sessions: [SessionNumber],
        limit: Int,
        _ take: @escaping @Sendable ([CapturedFrame]) -> Void
    ) {
        let state = state
        loop.execute {
            if let value = state.value { take(value.frames(of: sessions, limit: limit)) }
        }
    }

    /// Tells the host something.
    package func command(_ command: HostCommand) {
        let state = state
        loop.execute { state.value?.command(command) }
    }

    /// The host as it is now, and the longest that a timer was late, in nanoseconds.
    package func snapshot() -> EventLoopFuture<(HostSnapshot, lag: UInt64)?> {
        let state = state
        return loop.submit { state.value.map { $0.snapshot() } }
    }

    /// The host at a glance; see `Host.glance`.
    package func glance(
        _ question: HostGlance.Question
    ) -> EventLoopFuture<(HostGlance, lag: UInt64)?> {
        let state = state
        return loop.submit { state.value.map { $0.glance(question) } }
    }

    /// Keeps the loops of all hosts, and of their namespace, still while `stopped` runs, and leaves
    /// the time that it says out of theirs: nothing that waited meanwhile has become older.
    package static func freeze(
        _ hosts: [HostLoop],
        _ emulator: EmulatorLoop?,
        while stopped: () -> Duration
    ) {
        var gates: [(loop: any EventLoop, gate: Gate)] = []
        for host in hosts where !gates.contains(where: { $0.loop === host.loop }) {
            let (gate, loop) = (Gate(), host.loop)
            let states = hosts.filter { $0.loop === host.loop }.map(\.state)
            loop.execute {
                gate.hold()
                for state in states { state.value?.leaveOut(gate.gap) }
            }
            gates.append((loop, gate))
        }
        if let emulator {
            let gate = Gate()
            emulator.perform { state in
                gate.hold()
                state.leaveOut(gate.gap)
            }
            gates.append((emulator.loop, gate))
        }
        for (_, gate) in gates { gate.awaitHeld() }
        let gap = stopped()
        for (_, gate) in gates { gate.release(leavingOut: gap) }
    }
}

/// Everything of a host that lives on its loop.
private final class HostState: ConnectionPoolOwner {
    private var host: Host
    private let loop: any EventLoop
    private var origin: NIODeadline
    private let ports: HostPorts
    private let pool: any ConnectionPool
    private let finish: EventLoopPromise<Void>
    private var wire: HostCapture?
    private var effects: [HostEffect] = []
    /// What is being done; kept for its room.
    private var batch: [HostEffect] = []
    private var numbers: [Int: ConnectionNumber] = [:]
    private var timer: Scheduled<Void>?
    private var timerAt: Instant?
    private var lagMax: UInt64 = 0
    private var isPerforming = false
    private let mark: InputMark

    init(
        _ plan: HostPlan,
        loop: any EventLoop,
        origin: NIODeadline,
        ports: HostPorts,
        finish: EventLoopPromise<Void>,
        mark: InputMark
    ) {
        self.mark = mark
        host = Host(plan)
        self.loop = loop
        self.origin = origin
        self.ports = ports
        self.finish = finish
        if ports.keepsFrames || ports.capture != nil { wire = HostCapture(ports) }
        if let connections = ports.connections {
            pool = connections(loop)
        } else if let emulator = ports.emulator {
            pool = EmulatedPool(on: loop, to: emulator)
        } else {
            pool = SocketPool(on: loop, connectLimit: plan.redirector.connectLimit)
        }
        pool.owner = self
    }

    private var now: Instant {
        let elapsed = (NIODeadline.now() - origin).nanoseconds
        return Instant(nanoseconds: UInt64(max(0, elapsed)))
    }

    func start() {
        host.start(at: now, into: &effects)
        perform()
    }

    func stop(grace: Duration) {
        host.stop(grace: grace, at: now, into: &effects)
        perform()
    }

    func command(_ command: HostCommand) {
        mark.set(.command)
        host.command(command, at: now, into: &effects)
        perform()
    }

    var oldestWait: Instant? { host.oldestWait }

    func waits() -> WaitSnapshot { host.waitSnapshot(at: now) }

    func snapshot() -> (HostSnapshot, lag: UInt64) { (host.snapshot(at: now), lagMax) }

    func glance(_ question: HostGlance.Question) -> (HostGlance, lag: UInt64) {
        (host.glance(question, at: now), lagMax)
    }

    /// Moves the beginning of time by a gap in which the process stood still.
    func leaveOut(_ gap: Duration) {
        origin = origin + .nanoseconds(gap.wholeNanoseconds)
        timer?.cancel()
        timerAt = nil
        setTimer()
    }

    func opened(_ socket: Int, tuple: String?) {
        guard let number = numbers[socket] else { return }
        wire?.opened(number, tuple: tuple, host)
        host.transportConnected(number, tuple: tuple, at: now, into: &effects)
        perform()
    }

    func failedToOpen(_ socket: Int, _ failure: SocketFailure) {
        guard let number = numbers.removeValue(forKey: socket) else { return }
        host.transportFailed(
            number,
            failure.status,
            sentence: failure.description,
            at: now,
            into: &effects
        )
        perform()
    }

    func received(_ socket: Int, _ bytes: [UInt8]) {
        guard let number = numbers[socket] else { return }
        mark.set(.bytes, socket)
        let now = now
        wire?.note(socket, isRequest: false, bytes, at: now, host)
        host.received(number, bytes, at: now, into: &effects)
    }

    func receivedAll() { perform() }

    func frames(of sessions: [SessionNumber], limit: Int) -> [CapturedFrame] {
        wire?.frames(of: sessions, limit: limit, host) ?? []
    }

    func closed(_ socket: Int, _ failure: SocketFailure) {
        guard let number = numbers.removeValue(forKey: socket) else { return }
        host.transportClosed(
            number,
            failure.status,
            sentence: failure.description,
            at: now,
            into: &effects
        )
        perform()
    }

    /// Does what the machine asked for, flushes once, and sets the timer.
    private func perform() {
        // Closing a socket may call back at once; the outer call goes on with what that adds.
        guard !isPerforming else { return }
        isPerforming = true
        // A local array is not checked for exclusive access with each effect.
        var batch: [HostEffect] = []
        swap(&batch, &self.batch)
        while !effects.isEmpty {
            swap(&batch, &effects)
            for index in batch.indices {
                perform(batch.move(index))
            }
            batch.removeAll(keepingCapacity: true)
        }
        swap(&batch, &self.batch)
        isPerforming = false
        pool.flush()
        wire?.handOver()
        setTimer()
    }

    private func perform(_ effect: HostEffect) {
        switch effect {
        case .resolve(let number, let name): resolve(number, name)
        case .connect(let number, let address, let port):
            numbers[number.rawValue] = number
            wire?.connects(number, to: address, port: port)
            pool.open(number.rawValue, address: address, port: port)
        case .send(let number, let bytes):
            if wire != nil { wire?.note(number.rawValue, isRequest: true, bytes, at: now, host) }
            pool.send(number.rawValue, bytes)
        case .disconnect(let number):
            numbers[number.rawValue] = nil
            pool.flush()
            pool.close(number.rawValue)
        case .token(let session, let user, let server, let input):
            let request = HostPorts.TokenRequest(
                host: host.plan.number,
                session: session,
                user: user,
                server: server,
                input: input
            )
            let bound = NIOLoopBound(self, eventLoop: loop)
            ports.token(request) { [loop] answer in
                loop.execute { bound.value.tokenReady(session, answer) }
            }
        case .tokenEnd(let session): ports.tokenEnd(host.plan.number, session)
        case .manifest(let entry): ports.manifest(entry)
        case .event(let event): ports.event(event)
        case .assembled: ports.assembled(host.plan.number)
        case .finished:
            timer?.cancel()
            pool.flush()
            pool.closeAll()
            finish.succeed()
        }
    }

    private func tokenReady(_ session: SMBSessionNumber, _ answer: TokenAnswer) {
        mark.set(.token)
        host.tokenReady(session, answer, at: now, into: &effects)
        perform()
    }

    private func resolve(_ number: ConnectionNumber, _ name: String) {
        // The plan maps all names of an emulated namespace; real ones mean nothing inside it.
        guard ports.emulator == nil else {
            host.resolved(number, name: name, addresses: [], at: now, into: &effects)
            return
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            NameResolver.addresses(of: name)
        }.whenComplete { result in
            let state = bound.value
            let addresses = (try? result.get()) ?? []
            state.host.resolved(
                number,
                name: name,
                addresses: addresses,
                at: state.now,
                into: &state.effects
            )
            state.perform()
        }
    }

    private func setTimer() {
        let deadline = Self.deadline(of: &host)
        guard deadline != timerAt else { return }
        timer?.cancel()
        timerAt = deadline
        timer = deadline.map { deadline in
            let due = origin + .nanoseconds(Int64(clamping: deadline.nanoseconds))
            return loop.assumeIsolated().scheduleTask(deadline: due) { [self] in fire(deadline) }
        }
    }

    /// In place: what is not `inout` is copied for a call that might change this object.
    private static func deadline(of host: inout Host) -> Instant? { host.nextDeadline }

    private func fire(_ deadline: Instant) {
        lagMax = max(lagMax, now.nanoseconds(since: deadline))
        timerAt = nil
        mark.set(.timer)
        host.timerFired(at: now, into: &effects)
        perform()
    }
}

extension SocketFailure {
    /// As the Dfs client's fail-over list knows it ([MS-DFSC] 3.1.5.2).
    var status: NTStatus {
        switch kind {
        case .badAddress: .badNetworkPath
        case .refused: .connectionRefused
        case .hostUnreachable: .hostUnreachable
        case .networkUnreachable: .networkUnreachable
        case .timedOut: .ioTimeout
        case .reset: .connectionReset
        case .closedByPeer: .connectionDisconnected
        case .other: .unexpectedNetworkError
        }
    }
}
