internal import Dashboard
internal import Emulator
internal import Foundation
internal import Primitives
internal import Simulation
internal import Terminal
internal import TerminalServer

/// A run in virtual time that a person watches: between two looks the world goes as far as it can.
///
/// Virtual time has no pace of its own, and a simulated hour is over in seconds: the clock on the
/// screen is the simulated one, and once the run is over it stays to be explored.
final class VirtualDashboardRun: WatchedRun {
    let run: VirtualRun
    private(set) var result: RunResults.Result?
    private var builder: ModelBuilder
    private var inputs: RunInputs
    private let decidesOnHangs: Bool
    private var hasBegun = false
    private var lookNumber = 0

    /// How long the world may go on before keys are heard again.
    private static let slice = Duration.milliseconds(60)

    init(_ run: VirtualRun, decidesOnHangs: Bool) {
        self.run = run
        self.decidesOnHangs = decidesOnHangs
        builder = ModelBuilder(run.plan, hosts: run.hostPlans)
        inputs = RunInputs(sessions: run.plan.settings.sessions, hosts: run.hostPlans.count)
    }

    var plan: RunPlan { run.plan }

    func model(wanted: SessionNumber?) -> DashboardModel {
        if !hasBegun { begin() }
        guard result == nil else { return builder.model }
        let until = ContinuousClock.now + Self.slice
        var goesOn = true
        while goesOn, !builder.model.run.isPaused, ContinuousClock.now < until {
            goesOn = run.advance()
        }
        look(wanted)
        if !goesOn { finish() }
        return builder.model
    }

    private func begin() {
        hasBegun = true
        run.voice = { [unowned self] event in builder.take(event) }
        run.results.hangs.voice = { [unowned self] sentence in
            builder.tell(.critical, "watchdog", sentence)
        }
        if decidesOnHangs { run.goesOnAfterHangs() }
        builder.tell(
            .information,
            "clock",
            "virtual time, as fast as it goes: the clock above is the simulated one"
        )
        run.begin()
    }

    private func look(_ wanted: SessionNumber?) {
        lookNumber += 1
        let isPaused = builder.model.run.isPaused
        builder.model.run.elapsed = run.world.now.nanoseconds
        let place = wanted.flatMap { builder.place(of: $0) }
        for host in run.world.hosts.indices {
            var question = HostGlance.Question(number: lookNumber)
            question.wanted = place?.host == host ? place?.index : nil
            question.asksForWaits = builder.asksForWaits(ofHost: host)
            let glance = run.world.glance(atHost: host, question)
            builder.take(glance, ofHost: host, lag: 0)
        }
        // The hosts know nothing of a clock that stands still.
        builder.model.run.isPaused = isPaused
        showHangs()
        guard lookNumber.isMultiple(of: 5) else { return }
        let state = run.state
        builder.take(
            state,
            thresholds: run.results.thresholds(state, run.factsSoFar),
            timeline: run.results.timeline
        )
    }

    private func showHangs() {
        let keeper = run.results.hangs
        builder.take(keeper.hangs, open: keeper.open, conflicts: keeper.conflicts)
    }

    private func finish() {
        let result = run.end()
        self.result = result
        showHangs()
        builder.finish(result, timeline: run.results.timeline)
    }

    func perform(_ intent: Intent) {
        guard result == nil else {
            return builder.tell(.information, "dashboard", "the run is over; its dumps are written")
        }
        switch intent {
        case .stop: run.stop(bySignal: nil)
        case .pause, .resume:
            builder.model.run.isPaused = intent == .pause
            let does = intent == .pause ? "stands still" : "goes on"
            builder.tell(.information, "dashboard", "virtual time \(does)")
        case .dump:
            run.world.look()
            builder.tell(.information, "dashboard", "asked the watchdog to look at once")
        case .breakHang(let hang, let victim):
            run.world.breakHang(hang, byCancelling: victim)
            builder.tell(.warning, "dashboard", "hang \(hang): asked for the end of \(victim)")
        default:
            let faults = builder.model.faults
            guard let input = inputs.input(for: intent, faults: faults) else { return }
            run.perform(input)
            builder.model.faults = run.world.emulator.faultSwitches.map { .init($0) }
            builder.tell(.information, "dashboard", input.sentence)
        }
    }

    /// Virtual time stands still with the process.
    func suspend(_ stop: () -> Duration) { _ = stop() }

    func wrote(_ line: String) { builder.tell(.warning, "stderr", line) }

    func end(bySignal number: Int32?) -> RunResults.Result {
        run.stop(bySignal: number)
        while run.advance() {}
        return run.end()
    }

    func watchSignals() -> SignalWatch { SignalWatch(posting: run.mailbox) }

    func rest() { run.hearSignals() }
}
