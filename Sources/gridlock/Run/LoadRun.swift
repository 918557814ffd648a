internal import Dashboard
internal import Dispatch
internal import Emulator
internal import Foundation
internal import Measurement
internal import NIOCore
internal import NIOPosix
internal import Primitives
internal import Report
internal import SMBWire
internal import Synchronization
package import TerminalServer
internal import Transport
internal import Watchdog

/// One run, from the first connection to the results.
///
/// The main thread waits here for the hosts, for signals and for the next progress line; each host
/// lives on an event loop, and an emulated namespace on one of its own.
package final class LoadRun {
    /// For what is under way, for cleaning up and for logging off together: Ctrl-C has its results
    /// within three seconds, whatever a server does.
    private static let interruptGrace = Duration.milliseconds(1_000)
    /// When nobody waits for a host any more.
    private static let interruptMax = Duration.milliseconds(1_400)

    let plan: RunPlan
    let hostPlans: [HostPlan]
    let results: RunResults
    private let tokens: TokenSource
    private let mailbox = Mailbox()
    private(set) var loops: [HostLoop] = []
    private var emulator: EmulatorLoop?
    private var group: MultiThreadedEventLoopGroup?
    /// Hosts that are not done.
    private var running = 0
    private var signal: Int32?
    /// When somebody asked for the end.
    private var stoppedAt: ContinuousClock.Instant?
    private var isQuiet = false
    private var voice: (@Sendable (HostEvent) -> Void)?
    /// Hosts whose sessions all stand at a barrier.
    private var waiting: [Int] = []
    private let clock: RunClock
    private(set) var began: ContinuousClock.Instant
    private var lastOperations: UInt64 = 0
    private var lastProgress: ContinuousClock.Instant
    private var lastLook: ContinuousClock.Instant
    private let watch: RunWatch
    /// What hosts said last, for the case that one of them does not answer any more.
    private var lastStates: [Int: HostSnapshot] = [:]

    init(
        _ plan: RunPlan,
        _ hosts: [HostPlan],
        results: RunResults,
        clock: RunClock = .system
    ) {
        self.plan = plan
        self.clock = clock
        (began, lastProgress, lastLook) = (clock.now(), clock.now(), clock.now())
        hostPlans = hosts
        self.results = results
        tokens = TokenSource(plan)
        watch = RunWatch(
            plan,
            hosts: hosts.count,
            keeper: results.hangs,
            mailbox: mailbox,
            clock: clock
        )
    }

    /// Runs to the end, whatever that is.
    func perform(isQuiet: Bool = false) -> RunResults.Result {
        begin(isQuiet: isQuiet)
        return waitForEnd()
    }

    /// Starts the hosts; `voice` hears what they say in place of standard error.
    package func begin(isQuiet: Bool = false, voice: (@Sendable (HostEvent) -> Void)? = nil) {
        (self.isQuiet, self.voice) = (isQuiet, voice)
        began = clock.now()
        lastProgress = began
        group = startLoops()
        running = loops.count
    }

    /// Ends the operation of one session of a hang.
    func breakHang(_ id: Int, byCancelling session: SessionNumber) {
        watch.breakHang(id, byCancelling: session)
    }

    /// Does what a person wants; `switched` hears from any thread how the faults stand then.
    func perform(
        _ input: RunInput,
        switched: @escaping @Sendable ([FaultSwitch]) -> Void
    ) {
        let seconds = (ContinuousClock.now - began).seconds
        results.events?.append(RunEvent(.input, at: seconds, input.sentence).line)
        for (host, command) in input.commands { loops[host].command(command) }
        guard let fault = input.fault, let emulator else { return }
        emulator.command(fault).whenSuccess(switched)
    }

    /// Stops the process by `stop`, and leaves the time that it stood still out of the run's.
    func suspend(_ stop: () -> Duration) {
        HostLoop.freeze(loops, emulator) {
            let gap = stop()
            began += gap
            watch.leaveOut(gap)
            return gap
        }
    }

    /// Waits for the hosts, for signals and for the next progress line, until the hosts are done.
    func waitForEnd() -> RunResults.Result {
        let signals = watchSignals()
        while !isOver {
            hear(within: .milliseconds(50))
            // Who asked for the end waits for the results, and for no more samples.
            guard !isQuiet, stoppedAt == nil else { continue }
            if clock.now() - lastLook >= plan.settings.samplePeriod { look() }
        }
        signals.end()
        return end()
    }

    /// Makes messages of signals until `end` is called on what it returns.
    func watchSignals() -> SignalWatch { SignalWatch(posting: mailbox) }

    /// All hosts are done, or one does not answer any more and the run's time is over.
    package var isOver: Bool {
        if running == 0 { return true }
        let now = clock.now()
        if let stoppedAt, now - stoppedAt > Self.interruptMax { return true }
        let settings = plan.settings
        let limit =
            settings.duration + settings.grace * 3 + settings.setupLimit
            + settings.logoffLimit
        return watch.isStuck && now - began > limit
    }

    /// Takes one message if one comes in time; false otherwise.
    @discardableResult
    package func hear(within limit: Duration) -> Bool {
        watch.tick()
        switch mailbox.next(within: limit) {
        case .finished: running -= 1
        case .alive(let host, let oldestWait, let lastInput):
            watch.alive(host, oldestWait: oldestWait, lastInput: lastInput)
        case .waits(let waits): watch.received(waits)
        case .frames(let hang, let frames): take(frames, ofHang: hang)
        case .dump: watch.look()
        case .signal(let number): stop(bySignal: number)
        case .assembled(let host): assembled(host)
        case nil: return false
        }
        return true
    }

    /// Somebody looks on: a hang does not end the run, unless a setting says so.
    func goesOnAfterHangs() { watch.standard = .continue }

    /// Looks who waits for whom, and says it.
    func dump() { watch.look() }

    /// Ends the load: what is under way gets a moment.
    func stop(bySignal number: Int32?) {
        signal = signal ?? number
        stoppedAt = stoppedAt ?? clock.now()
        if !isQuiet { Console.note("stopping; what is under way may end, results follow") }
        for loop in loops { loop.stop(grace: Self.interruptGrace) }
    }

    /// The results of hosts that are done.
    func end() -> RunResults.Result {
        lookForTheLastTime()
        let (state, lag) = state()
        var facts = RunFacts(wall: clock.now() - began)
        (facts.lag, facts.signal) = (lag, signal)
        let result = results.take(state, facts)
        // The loops' threads end with the process; waiting for them could only delay the results.
        group?.shutdownGracefully { _ in }
        return result
    }

    /// A barrier falls when all hosts that still run stand at it.
    private func assembled(_ host: Int) {
        // A host that got another session meanwhile says it again.
        if !waiting.contains(host) { waiting.append(host) }
        guard waiting.count >= running else { return }
        for number in waiting { loops[number].command(.releaseBarrier) }
        waiting = []
    }

    /// One loop a host as far as there are processors, and one for an emulated namespace.
    private func startLoops() -> MultiThreadedEventLoopGroup {
        let threads = min(hostPlans.count, System.coreCount)
        let isEmulated = plan.emulation != nil
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads + (isEmulated ? 1 : 0))
        let origin = NIODeadline.now()
        results.captureBegins(at: Date())
        var ports = ports()
        ports.emulator = plan.emulation.map { emulation in
            EmulatorLoop(
                emulation.plan,
                addresses: emulation.addresses,
                seed: plan.settings.seed,
                on: group.next(),
                origin: origin
            )
        }
        emulator = ports.emulator
        let free = Array(group.makeIterator()).dropFirst(isEmulated ? 1 : 0)
        let mailbox = mailbox
        loops = hostPlans.enumerated().map { index, host in
            let loop = HostLoop(
                host,
                on: free[free.startIndex + index % threads],
                origin: origin,
                ports: ports
            )
            loop.finished.whenComplete { _ in mailbox.post(.finished) }
            return loop
        }
        watch.watch(loops)
        return group
    }

    /// What ended with the run is to be known as ended, and what hangs is to be written.
    private func lookForTheLastTime() {
        watch.look()
        let end = ContinuousClock.now + .milliseconds(300)
        while watch.awaitsAnswers, ContinuousClock.now < end {
            switch mailbox.next(within: .milliseconds(20)) {
            case .waits(let waits): watch.received(waits)
            case .frames(let hang, let frames): take(frames, ofHang: hang)
            default: continue
            }
        }
    }

    private func take(_ frames: [CapturedFrame], ofHang id: Int) {
        watch.receivedFrames()
        results.hangs.take(frames, ofHang: id)
    }

    private func ports() -> HostPorts {
        let (tokens, manifest, events) = (tokens, results.manifest, results.events)
        let (isQuiet, voice, mailbox) = (isQuiet, voice, mailbox)
        var ports = HostPorts(
            token: { request, done in tokens.step(request, done: done) },
            tokenEnd: { host, session in tokens.end(host: host, session) },
            manifest: { entry in manifest?.append(entry.line) },
            event: { event in
                events?.append(RunEvent(event).line)
                if let voice {
                    voice(event)
                } else if !isQuiet {
                    Console.note(event)
                }
            },
            assembled: { host in mailbox.post(.assembled(host)) }
        )
        ports.keepsFrames = results.keepsFrames
        if let file = results.capture { ports.capture = { file.append($0) } }
        return ports
    }

    /// All hosts, each at its own moment, and the longest lag of a timer in nanoseconds.
    ///
    /// A host that does not answer within a second is shown as it was.
    private func state() -> (RunState, lag: UInt64) {
        let box = SnapshotBox()
        for (host, loop) in loops.enumerated() where !watch.isStuck(host) {
            loop.snapshot().whenSuccess { state in
                guard let state else { return }
                box.put(state, of: host)
            }
        }
        let end = DispatchTime.now() + (stoppedAt == nil ? .seconds(1) : .milliseconds(300))
        for host in loops.indices where !watch.isStuck(host) { _ = box.arrived.wait(timeout: end) }
        var lag: UInt64 = 0
        for (host, state) in box.taken {
            lastStates[host] = state.0
            lag = max(lag, state.1)
        }
        return (RunState(hosts: loops.indices.compactMap { lastStates[$0] }), lag)
    }

    /// Asks all hosts, and calls back from any thread when the last has answered.
    func askForState(_ done: @escaping @Sendable (RunState, _ lag: UInt64) -> Void) {
        guard let group else { return }
        EventLoopFuture.whenAllSucceed(loops.map { $0.snapshot() }, on: group.next())
            .whenSuccess { answers in
                let all = answers.compactMap { $0 }
                done(RunState(hosts: all.map(\.0)), all.map(\.lag).max() ?? 0)
            }
    }

    /// Takes a sample, ends the run if a threshold asks for it, and says how it goes when it is
    /// time.
    private func look() {
        lastLook = clock.now()
        let (state, lag) = state()
        take(state, lag: lag)
    }

    /// Takes a sample, ends the run if a threshold asks for it, and says how it goes when it is
    /// time.
    func take(_ state: RunState, lag: UInt64) {
        let now = clock.now()
        let facts = facts(lag: lag)
        if let reason = results.sample(state, facts) {
            Console.note("stopping: \(reason.sentence); results follow")
            for loop in loops { loop.stop(grace: plan.settings.grace) }
        }
        if now - lastProgress >= plan.settings.progress { progress(state, facts, at: now) }
    }

    /// What is known in the middle of the run.
    func facts(lag: UInt64) -> RunFacts {
        var facts = RunFacts(wall: clock.now() - began)
        (facts.lag, facts.isComplete) = (lag, false)
        return facts
    }

    /// A line for the person, and results for the case that nobody gets to write later ones.
    private func progress(_ state: RunState, _ facts: RunFacts, at now: ContinuousClock.Instant) {
        let whole = state.operations.reduce(into: OperationStatistics()) { $0.add($1) }
        let step = (now - lastProgress).seconds
        let sessions = state.hosts.flatMap(\.sessions)
        let line = ProgressLine(
            elapsedSeconds: facts.wall.seconds,
            active: sessions.count { $0.state == "working" || $0.state == "thinking" },
            sessions: sessions.count,
            operations: whole.count,
            errors: whole.errors,
            rate: step > 0 ? Double(whole.count - lastOperations) / step : 0,
            p50: whole.response.percentile(50),
            p99: whole.response.percentile(99),
            oldest: sessions.compactMap(\.inFlight?.age).max() ?? 0,
            leftOut: state.warmUpOperations
        )
        (lastOperations, lastProgress) = (whole.count, now)
        // Whoever reads the line may end the program: what it says is on the disk by then.
        _ = results.take(state, facts)
        results.events?.append(RunEvent.progress(line).line)
        if voice == nil { Console.note(line.text) }
    }
}

/// Snapshots that come from the hosts' loops.
private final class SnapshotBox: Sendable {
    let arrived = DispatchSemaphore(value: 0)
    private let answers = Mutex<[Int: (HostSnapshot, UInt64)]>([:])

    func put(_ state: (HostSnapshot, lag: UInt64), of host: Int) {
        answers.withLock { $0[host] = (state.0, state.lag) }
        arrived.signal()
    }

    var taken: [Int: (HostSnapshot, UInt64)] { answers.withLock { $0 } }
}
