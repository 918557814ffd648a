internal import Foundation
internal import Primitives
internal import Report
internal import Simulation
internal import TerminalServer
internal import Watchdog

/// One run in virtual time: hosts and emulated servers in one thread, repeatable from the seed.
final class VirtualRun {
    private let plan: RunPlan
    private let results: RunResults
    private let mailbox = Mailbox()
    private var world: World
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
        var worldPlan = WorldPlan(
            hosts: try plan.hosts(runFolder: "gridlock-\(id)"),
            namespace: emulation.plan,
            addresses: emulation.addresses,
            userNames: emulation.userNames,
            password: Emulation.password,
            seed: plan.settings.seed
        )
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
        let clock = ContinuousClock()
        let began = clock.now
        var lastProgress = began
        var steps = 0
        world.start()
        while !world.isFinished, world.step() {
            steps += 1
            guard steps.isMultiple(of: 1_024) else { continue }
            hearSignals()
            tell()
            sample(wall: clock.now - began)
            if clock.now - lastProgress >= plan.settings.progress {
                lastProgress = clock.now
                progress(wall: clock.now - began)
            }
        }
        world.finish()
        tell()
        signals.end()
        return results.take(state, facts(wall: clock.now - began))
    }

    private var state: RunState {
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

    private func hearSignals() {
        guard case .signal(let number)? = mailbox.next(within: .zero), signal == nil else { return }
        signal = number
        Console.note("stopping; what is under way may end, results follow")
        world.stop(grace: plan.settings.grace)
    }

    /// Passes on what the hosts said since the last time.
    private func tell() {
        for entry in world.manifest[written...] { results.manifest?.append(entry.line) }
        written = world.manifest.count
        for (_, event) in world.events[noted...] {
            results.events?.append(RunEvent(event).line)
            Console.note(event)
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
