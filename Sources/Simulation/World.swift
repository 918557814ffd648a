package import Emulator
package import Primitives
internal import Redirector
package import SMBWire
package import TerminalServer
package import Watchdog

/// Hosts and emulated servers in one thread under a virtual clock, repeatable from a seed.
///
/// The same machines as in real time, joined by links instead of sockets. The world owns the clock:
/// it moves on to the next thing that is due, so a quiet hour costs nothing. Checkers watch every
/// frame; the trace hash covers every frame and its time.
package struct World: Sendable {
    private enum Event: Hashable, Sendable {
        case open(connection: Int, server: Int)
        case opened(Int)
        case refused(Int)
        case toServer(Int, [UInt8])
        case toHost(Int, [UInt8])
        case closedByHost(Int)
        case closedByServer(Int, reason: String)
        case unresolved(host: Int, ConnectionNumber, name: String)
        case unreachable(host: Int, ConnectionNumber, address: String)
        case token(host: Int, SMBSessionNumber, user: Int, input: [UInt8])
    }

    /// One end of a connection; its number is its place.
    private struct Link: Hashable, Sendable {
        let host: Int
        let number: ConnectionNumber
        /// Each end hears of the other's closing only after what was sent before it.
        var isOpenAtHost = true
        var isOpenAtServer = true
    }

    private struct LinkKey: Hashable {
        let host: Int
        let number: ConnectionNumber
    }

    package let plan: WorldPlan
    package private(set) var now = Instant.zero
    package private(set) var hosts: [Host]
    /// Whether all hosts have finished.
    package private(set) var isFinished: Bool
    /// When each host's timer is due: kept, for it is asked for more often than it moves.
    private var hostDeadlines: [Instant?]
    package private(set) var emulator: Emulator
    package private(set) var checkers = Checkers()
    /// What people would have read, in order; the host's number beside it.
    package private(set) var events: [(host: Int, event: HostEvent)] = []
    package private(set) var manifest: [ManifestEntry] = []
    package private(set) var trace = StableHash()
    package private(set) var watchdog: Watchdog
    /// What becomes of a hang; the plan's, until somebody looks on.
    package var onHang: OnHang
    /// What the watchdog said, in order.
    package private(set) var sightings: [Sighting] = []
    private var nextWatch = Instant.zero
    private var watchEffects: [Watchdog.Effect] = []
    private var capture: WorldCapture
    /// The newest frames of a hang's members, as of when it was found.
    package private(set) var hangFrames: [(id: Int, frames: [CapturedFrame])] = []
    /// Frames that arrived, in either direction.
    package private(set) var frames: UInt64 = 0
    private var logons: EmulatedLogons
    private var queue = EventQueue<Event>()
    private var links: [Link] = []
    /// Hosts whose sessions all stand at a barrier.
    private var assembled: [Int] = []
    /// For look-up only.
    private var linkNumbers: [LinkKey: Int] = [:]
    private var bug: PlantedBugState?
    /// When all faults are switched off; nil if that has happened or never will.
    private var faultsEnd: Instant?
    private var hostEffects: [HostEffect] = []
    private var emulatorEffects: [EmulatorEffect] = []

    package init(_ plan: WorldPlan) {
        self.plan = plan
        hosts = plan.hosts.map { Host($0) }
        hostDeadlines = plan.hosts.map { _ in nil }
        isFinished = plan.hosts.isEmpty
        emulator = Emulator(plan.namespace, seed: plan.seed)
        logons = EmulatedLogons(
            userNames: plan.userNames,
            password: plan.password,
            seed: plan.seed ^ 0x5EED
        )
        capture = WorldCapture(plan)
        onHang = plan.onHang
        bug = plan.plantedBug.map { PlantedBugState($0) }
        faultsEnd = plan.faultsEnd.map { .zero + $0 }
        watchdog = Watchdog(
            plan.watchdog,
            sources: plan.hosts.map { .init(number: $0.number, name: "host \($0.number)") },
            at: .zero
        )
    }

    /// Something that the watchdog said.
    package struct Sighting: Hashable, Sendable {
        package let at: Instant
        package let effect: Watchdog.Effect
    }

    /// Starts all hosts.
    package mutating func start() {
        for index in hosts.indices {
            hosts[index].start(at: now, into: &hostEffects)
            perform(of: index)
        }
    }

    /// Does what is due next; false when nothing ever will be.
    package mutating func step() -> Bool {
        let due = nextDeadline
        guard let due else { return false }
        if nextWatch <= due {
            now = max(now, nextWatch)
            nextWatch = now + Self.watchEvery
            watch()
            return true
        }
        now = max(now, due)
        if let faultsEnd, faultsEnd <= now {
            heal()
            return true
        }
        if let next = queue.next, next <= now, let (_, event) = queue.removeFirst() {
            take(event)
            return true
        }
        if let deadline = emulator.nextDeadline, deadline <= now {
            emulator.timerFired(at: now, into: &emulatorEffects)
            performEmulator()
            return true
        }
        for index in hosts.indices {
            guard let deadline = hostDeadlines[index], deadline <= now else { continue }
            hosts[index].timerFired(at: now, into: &hostEffects)
            perform(of: index)
            return true
        }
        return true
    }

    /// When something is due next; nil when nothing ever will be.
    package var nextDeadline: Instant? {
        var due = queue.next
        Self.bring(&due, forwardTo: emulator.nextDeadline)
        Self.bring(&due, forwardTo: faultsEnd)
        for deadline in hostDeadlines { Self.bring(&due, forwardTo: deadline) }
        return due
    }

    private static func bring(_ due: inout Instant?, forwardTo deadline: Instant?) {
        guard let deadline else { return }
        due = min(due ?? deadline, deadline)
    }

    /// Runs until all hosts have finished, nothing is due any more, or it is `limit`.
    ///
    /// Lets `look` see the world after each step; it stops the run by answering false.
    package mutating func run(until limit: Instant, look: (World) -> Bool = { _ in true }) {
        start()
        while !isFinished {
            guard let due = nextDeadline, due <= limit, step(), look(self) else { break }
        }
        finish()
    }

    /// Lets the checkers say what is missing at the end.
    package mutating func finish() {
        // What ended with the run is to be known as ended.
        look()
        let isComplete = isFinished && hosts.allSatisfy { $0.outcome == .completed }
        checkers.finish(isComplete: isComplete, at: now)
        if plan.faultsEnd != nil, faultsEnd == nil { checkers.healed(hosts, at: now) }
    }

    /// The end of the weather: from here on every session must get on.
    private mutating func heal() {
        faultsEnd = nil
        for fault in plan.namespace.faults { command(.switchOff(fault.name)) }
    }

    /// Switches a fault of the emulated namespace; part of the trace.
    package mutating func command(_ command: FaultCommand) {
        trace.combine("\(command)")
        trace.combine(now.nanoseconds)
        emulator.command(command, at: now, into: &emulatorEffects)
        performEmulator()
    }

    /// Tells a host something; part of the trace.
    package mutating func command(_ command: HostCommand, toHost host: Int) {
        trace.combine("\(host) \(command)")
        trace.combine(now.nanoseconds)
        hosts[host].command(command, at: now, into: &hostEffects)
        perform(of: host)
    }

    /// Ends the operation of one session of a hang; part of the trace.
    package mutating func breakHang(_ id: Int, byCancelling session: SessionNumber) {
        for host in hosts.indices { command(.cancel(session), toHost: host) }
        watchdog.broke(id, byCancelling: session, at: now, into: &watchEffects)
        performWatchdog()
    }

    /// What has changed on a host since the last glance.
    package mutating func glance(atHost host: Int, _ question: HostGlance.Question) -> HostGlance {
        hosts[host].glance(question, at: now)
    }

    /// What a host is told from outside; part of the trace.
    package mutating func stop(grace: Duration) {
        trace.combine("stop")
        trace.combine(now.nanoseconds)
        for index in hosts.indices {
            hosts[index].stop(grace: grace, at: now, into: &hostEffects)
            perform(of: index)
        }
    }
}

extension World {
    private mutating func take(_ event: Event) {
        switch event {
        case .open(let link, let server):
            emulator.connect(link, toServer: server, at: now, into: &emulatorEffects)
            performEmulator()
        case .toServer(let link, let bytes):
            guard links[link].isOpenAtServer else { return }
            note(link, bytes, isRequest: true)
            emulator.received(link, bytes, at: now, into: &emulatorEffects)
            performEmulator()
        case .closedByHost(let link):
            links[link].isOpenAtServer = false
            emulator.closed(link, at: now, into: &emulatorEffects)
            performEmulator()
        case .opened(let link):
            tell(link) { $0.transportConnected($1, tuple: nil, at: $2, into: &$3) }
        case .refused(let link):
            let sentence = "connection refused"
            tell(link) {
                $0.transportFailed(
                    $1,
                    .connectionRefused,
                    sentence: sentence,
                    at: $2,
                    into: &$3
                )
            }
            links[link].isOpenAtHost = false
        case .toHost(let link, let bytes):
            guard links[link].isOpenAtHost else { return }
            note(link, bytes, isRequest: false)
            let (host, number) = (links[link].host, links[link].number)
            capture.note(host, number, isRequest: false, bytes, at: now, hosts)
            tell(link) { $0.received($1, bytes, at: $2, into: &$3) }
        case .closedByServer(let link, let reason):
            tell(link) {
                $0.transportClosed(
                    $1,
                    .connectionDisconnected,
                    sentence: reason,
                    at: $2,
                    into: &$3
                )
            }
            links[link].isOpenAtHost = false
        case .unresolved, .unreachable, .token: takeLocal(event)
        }
    }

    /// What happens inside a host's own machine room.
    private mutating func takeLocal(_ event: Event) {
        switch event {
        case .unresolved(let host, let number, let name):
            hosts[host].resolved(number, name: name, addresses: [], at: now, into: &hostEffects)
            perform(of: host)
        case .unreachable(let host, let number, let address):
            hosts[host].transportFailed(
                number,
                .connectionRefused,
                sentence: "no emulated server listens at \(address)",
                at: now,
                into: &hostEffects
            )
            perform(of: host)
        case .token(let host, let session, let user, let input):
            let answer = logons.token(host: host, session: session, user: user, input: input)
            hosts[host].tokenReady(session, answer, at: now, into: &hostEffects)
            perform(of: host)
        default: preconditionFailure("\(event) crosses a link")
        }
    }

    private mutating func tell(
        _ link: Int,
        _ body: (inout Host, ConnectionNumber, Instant, inout [HostEffect]) -> Void
    ) {
        guard links[link].isOpenAtHost else { return }
        let host = links[link].host
        body(&hosts[host], links[link].number, now, &hostEffects)
        perform(of: host)
    }

    private mutating func perform(of host: Int) {
        var effects: [HostEffect] = []
        swap(&effects, &hostEffects)
        for effect in effects { perform(effect, of: host) }
        // Their room serves the next ones.
        effects.removeAll(keepingCapacity: true)
        if hostEffects.isEmpty { swap(&effects, &hostEffects) }
        hostDeadlines[host] = Self.nextDeadline(of: &hosts[host])
        releaseBarriers()
    }

    /// In place: outside of its array a whole host would be copied.
    private static func nextDeadline(of host: inout Host) -> Instant? { host.nextDeadline }

    private mutating func perform(_ effect: HostEffect, of host: Int) {
        switch effect {
        case .resolve(let number, let name):
            queue.add(.unresolved(host: host, number, name: name), at: now)
        case .connect(let number, let address, _): open(number, address, of: host)
        case .send(let number, let bytes):
            guard let link = linkNumbers[LinkKey(host: host, number: number)] else { return }
            capture.note(host, number, isRequest: true, bytes, at: now, hosts)
            DirectTCP.forEachFrame(of: bytes) { send($0, on: link) }
        case .disconnect(let number):
            let key = LinkKey(host: host, number: number)
            guard let link = linkNumbers.removeValue(forKey: key), links[link].isOpenAtHost else {
                return
            }
            links[link].isOpenAtHost = false
            checkers.closed(link, at: now)
            queue.add(.closedByHost(link), at: now + plan.linkLatency)
        case .token(let session, let user, _, let input):
            queue.add(.token(host: host, session, user: user, input: input), at: now)
        case .tokenEnd(let session): logons.end(host: host, session: session)
        case .manifest(let entry): manifest.append(entry)
        case .event(let event): events.append((host, event))
        case .assembled: if !assembled.contains(host) { assembled.append(host) }
        case .finished: isFinished = hosts.allSatisfy(\.isFinished)
        }
    }

    private mutating func send(_ frame: [UInt8], on link: Int) {
        queue.add(.toServer(link, frame), at: now + plan.linkLatency)
        if bug?.repeats(frame) ?? false {
            queue.add(.toServer(link, frame), at: now + plan.linkLatency)
        }
    }

    /// A barrier falls when all hosts that still run stand at it.
    private mutating func releaseBarriers() {
        guard !assembled.isEmpty,
            hosts.indices.allSatisfy({ hosts[$0].isFinished || assembled.contains($0) })
        else { return }
        let waiting = assembled
        assembled = []
        for host in waiting {
            hosts[host].command(.releaseBarrier, at: now, into: &hostEffects)
            perform(of: host)
        }
    }

    private mutating func open(_ number: ConnectionNumber, _ address: String, of host: Int) {
        guard let server = plan.addresses.firstIndex(of: address) else {
            let event = Event.unreachable(host: host, number, address: address)
            queue.add(event, at: now + plan.linkLatency)
            return
        }
        links.append(Link(host: host, number: number))
        capture.connects(host, number, to: address, hosts[host])
        linkNumbers[LinkKey(host: host, number: number)] = links.count - 1
        let event = Event.open(connection: links.count - 1, server: server)
        queue.add(event, at: now + plan.linkLatency)
    }

    private mutating func performEmulator() {
        let later = now + plan.linkLatency
        for effect in emulatorEffects {
            switch effect {
            case .accepted(let link): queue.add(.opened(link), at: later)
            case .refused(let link): queue.add(.refused(link), at: later)
            case .disconnect(let link, let reason):
                links[link].isOpenAtServer = false
                checkers.closed(link, at: now)
                queue.add(.closedByServer(link, reason: reason), at: later)
            case .send(let link, let bytes):
                checkers.answered(link, bytes, at: now)
                guard let bug else {
                    queue.add(.toHost(link, bytes), at: later)
                    continue
                }
                var state = bug
                for frame in state.tampered(bytes) { queue.add(.toHost(link, frame), at: later) }
                self.bug = state
            case .faulted(let link, let fault): checkers.faulted(link, by: fault)
            }
        }
        emulatorEffects.removeAll(keepingCapacity: true)
    }

    /// A frame arrives: part of the trace, and seen by the checkers.
    private mutating func note(_ link: Int, _ bytes: [UInt8], isRequest: Bool) {
        frames += 1
        trace.combine(now.nanoseconds)
        trace.combine(UInt64(link) << 1 | (isRequest ? 1 : 0))
        trace.combine(bytes)
        checkers.arrived(link, bytes, isRequest: isRequest, at: now)
    }
}

/// The watchdog of the world: all hosts are read at one instant.
extension World {
    private static let watchEvery = Duration.milliseconds(100)

    /// In place, as above.
    private static func report(
        _ host: inout Host,
        to watchdog: inout Watchdog,
        at now: Instant,
        into effects: inout [Watchdog.Effect]
    ) {
        guard !host.isFinished else { return }
        watchdog.alive(
            source: host.plan.number,
            oldestWait: host.oldestWait,
            lastInput: "",
            at: now,
            into: &effects
        )
    }

    private mutating func watch() {
        for index in hosts.indices {
            Self.report(&hosts[index], to: &watchdog, at: now, into: &watchEffects)
        }
        checkers.waiting(emulator.waits, at: now)
        if let deadline = watchdog.nextDeadline, deadline <= now {
            watchdog.timerFired(at: now, into: &watchEffects)
        }
        performWatchdog()
    }

    /// Looks whatever is due: at the end of a run, or because somebody asks.
    package mutating func look() {
        watchdog.look(at: now, into: &watchEffects)
        performWatchdog()
    }

    private mutating func performWatchdog() {
        while !watchEffects.isEmpty {
            let batch = watchEffects
            watchEffects.removeAll(keepingCapacity: true)
            for effect in batch {
                guard case .takeSnapshots = effect else {
                    sightings.append(Sighting(at: now, effect: effect))
                    if case .found(let hang) = effect {
                        if plan.keepsFrames { keepFrames(of: hang) }
                        react(to: hang)
                    }
                    continue
                }
                for host in hosts {
                    watchdog.received(host.waitSnapshot(at: now), at: now, into: &watchEffects)
                }
            }
        }
    }

    private mutating func keepFrames(of hang: Hang) {
        let frames = hosts.indices.flatMap { capture.frames(of: hang, $0, hosts[$0]) }
        hangFrames.append((hang.id, frames))
    }

    /// The frames since the last call, if the plan captures them.
    package mutating func takeCaptured() -> [CapturedFrame] { capture.takeAll() }

    private mutating func react(to hang: Hang) {
        switch onHang.reaction(to: hang) {
        case .nothing: break
        case .stop: stop(grace: .zero)
        case .cancel(let session):
            for index in hosts.indices {
                hosts[index].command(.cancel(session), at: now, into: &hostEffects)
                perform(of: index)
            }
            watchdog.broke(hang.id, byCancelling: session, at: now, into: &watchEffects)
        }
    }
}
