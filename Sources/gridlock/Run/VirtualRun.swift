internal import Dashboard
internal import Foundation
internal import Primitives
internal import Report
internal import Simulation
internal import TerminalServer
internal import Watchdog

/// One run in virtual time: hosts and emulated servers in one thread, repeatable from the seed.
final class VirtualRun {
    let plan: RunPlan
    let results: RunResults
    let hostPlans: [HostPlan]
    let mailbox = Mailbox()
    var world: World
    /// Hears what the hosts say in place of standard error.
    var voice: ((HostEvent) -> Void)?
    private let clock = ContinuousClock()
    private var began = ContinuousClock.now
    private var steps = 0
    private var signal: Int32?
    private var noted = 0
    private var written = 0
    private var seen = 0
    private var captured = 0
    /// Virtual nanoseconds.
    private var nextSample: UInt64 = 0

    init(_ plan: RunPlan, _ emulation: Emulation, results: RunResults) throws {
        self.plan = plan
        self.results = results
        // The folder's name is part of every path, so it has to follow from the seed.
        let id = String(plan.settings.seed, radix: 16)
        hostPlans = try plan.hosts(runFolder: "gridlock-\(id)")
        var worldPlan = WorldPlan(
            hosts: hostPlans,
            namespace: emulation.plan,
            addresses: emulation.addresses,
            userNames: emulation.userNames,
            password: Emulation.password,
            seed: plan.settings.seed
        )
        worldPlan.plantedBug = plan.settings.plantedBug
        worldPlan.watchdog.limits = plan.settings.watchdogLimits
        worldPlan.keepsFrames = results.keepsFrames
        worldPlan.capturesFrames = results.capture != nil
        results.captureBegins(at: nil)
        worldPlan.onHang = plan.settings.onHang ?? .stop
        world = World(worldPlan)
    }

    /// Runs to the end, whatever that is.
    func perform() -> RunResults.Result {
        let signals = SignalWatch(posting: mailbox)
        begin()
        var lastProgress = began
        while advance() {
            hearSignals()
            if clock.now - lastProgress >= plan.settings.progress {
                lastProgress = clock.now
                progress(wall: clock.now - began)
            }
        }
        signals.end()
        return end()
    }

    func begin() {
        began = clock.now
        world.start()
    }

    /// Takes the next steps; false when there are none.
    ///
    /// As many of them in every run of a seed, so that samples fall on the same moments.
    func advance() -> Bool {
        repeat {
            guard !world.isFinished, world.step() else { return false }
            steps += 1
        } while !steps.isMultiple(of: 1_024)
        tell()
        sample(wall: clock.now - began)
        return true
    }

    /// The results of a run that has no more steps.
    func end() -> RunResults.Result {
        world.finish()
        tell()
        return results.take(state, facts(wall: clock.now - began))
    }

    /// What is known in the middle of the run.
    var factsSoFar: RunFacts {
        var facts = facts(wall: clock.now - began)
        facts.isComplete = false
        return facts
    }

    /// Somebody looks on: a hang does not end the run, unless a setting says so.
    func goesOnAfterHangs() {
        if plan.settings.onHang == nil { world.onHang = .continue }
    }

    func stop(bySignal number: Int32?) {
        signal = signal ?? number
        world.stop(grace: plan.settings.grace)
    }

    /// Does what a person wants; a part of the trace.
    func perform(_ input: RunInput) {
        let seconds = Double(world.now.nanoseconds) / 1e9
        results.events?.append(RunEvent(.input, at: seconds, input.sentence).line)
        for (host, command) in input.commands { world.command(command, toHost: host) }
        if let fault = input.fault { world.command(fault) }
    }

    var state: RunState {
        RunState(hosts: world.hosts.map { $0.snapshot(at: world.now) })
    }

    private func facts(wall: Duration) -> RunFacts {
        var facts = RunFacts(wall: wall)
        facts.signal = signal
        facts.virtual = .nanoseconds(Int64(clamping: world.now.nanoseconds))
        facts.traceHash = world.trace.hexadecimal
        facts.violations = world.checkers.violations
        return facts
    }

    /// Ends the load if a signal asks for it.
    func hearSignals() {
        guard case .signal(let number)? = mailbox.next(within: .zero), signal == nil else { return }
        Console.note("stopping; what is under way may end, results follow")
        stop(bySignal: number)
    }

    /// Passes on what the hosts said since the last time.
    private func tell() {
        for entry in world.manifest[written...] { results.manifest?.append(entry.line) }
        written = world.manifest.count
        for (_, event) in world.events[noted...] {
            results.events?.append(RunEvent(event).line)
            if let voice { voice(event) } else { Console.note(event) }
        }
        noted = world.events.count
        for sighting in world.sightings[seen...] {
            results.hangs.take(sighting.effect, at: sighting.at)
        }
        seen = world.sightings.count
        for (id, frames) in world.hangFrames[captured...] {
            results.hangs.take(frames, ofHang: id)
        }
        captured = world.hangFrames.count
        if let file = results.capture { file.append(world.takeCaptured()) }
    }

    /// Steps are the same in every run of a seed, and so are the moments of the samples.
    private func sample(wall: Duration) {
        guard world.now.nanoseconds >= nextSample else { return }
        let period = plan.settings.samplePeriod.wholeNanoseconds
        nextSample = world.now.nanoseconds + UInt64(clamping: period)
        var facts = facts(wall: wall)
        facts.isComplete = false
        guard let reason = results.sample(state, facts) else { return }
        Console.note("stopping: \(reason.sentence); results follow")
        world.stop(grace: plan.settings.grace)
    }

    private func progress(wall: Duration) {
        var facts = facts(wall: wall)
        facts.isComplete = false
        _ = results.take(state, facts)
        let seconds = Decimals.text(Double(world.now.nanoseconds) / 1e9, places: 1)
        Console.note("virtual \(seconds) s  \(world.frames) frames")
    }
}
