internal import Dashboard
internal import Emulator
internal import Foundation
internal import NIOCore
internal import Primitives
internal import Report
internal import Synchronization
internal import Terminal
internal import TerminalServer
internal import Transport

/// A run that a person watches: the dashboard has the main thread, and reads the run there.
///
/// No event loop is waited for while the screen is on: each is asked, and what has come is shown.
final class DashboardRun: WatchedRun {
    let run: LoadRun
    private var builder: ModelBuilder
    private var inputs: RunInputs
    private let feed = Arrivals<HostEvent>()
    private let glances = Arrivals<(host: Int, glance: HostGlance, lag: UInt64)>()
    private let switches = Arrivals<[FaultSwitch]>()
    private let states = Arrivals<(RunState, lag: UInt64)>()
    private var hasBegun = false
    private var isAsked: [Bool] = []
    private var glanceNumber = 0
    private var nextSample = ContinuousClock.now
    private var isSampling = false
    private(set) var result: RunResults.Result?
    private let decidesOnHangs: Bool

    /// Whoever looks at a dashboard decides what becomes of a hang; who reads lines does not.
    init(_ run: LoadRun, decidesOnHangs: Bool) {
        self.run = run
        self.decidesOnHangs = decidesOnHangs
        builder = ModelBuilder(run.plan, hosts: run.hostPlans)
        inputs = RunInputs(sessions: run.plan.settings.sessions, hosts: run.hostPlans.count)
    }

    var plan: RunPlan { run.plan }

    func end(bySignal number: Int32?) -> RunResults.Result {
        run.stop(bySignal: number)
        return run.waitForEnd()
    }

    func watchSignals() -> SignalWatch { run.watchSignals() }

    func rest() { _ = run.hear(within: .milliseconds(200)) }

    func model(wanted: SessionNumber?) -> DashboardModel {
        if !hasBegun { begin() }
        while !run.isOver, run.hear(within: .zero) {}
        for event in feed.take() { builder.take(event) }
        for (host, glance, lag) in glances.take() {
            isAsked[host] = false
            guard result == nil else { continue }
            builder.take(glance, ofHost: host, lag: lag)
        }
        for (state, lag) in states.take() {
            isSampling = false
            guard result == nil else { continue }
            run.take(state, lag: lag)
            let facts = run.facts(lag: lag)
            builder.take(
                state,
                thresholds: run.results.thresholds(state, facts),
                timeline: run.results.timeline
            )
        }
        for switches in switches.take() { builder.model.faults = switches.map { .init($0) } }
        if result == nil { showHangs() }
        if run.isOver, result == nil { finish() }
        if result == nil {
            ask(wanted)
            builder.model.run.elapsed =
                UInt64(clamping: (ContinuousClock.now - run.began).wholeNanoseconds)
        }
        return builder.model
    }

    private func begin() {
        hasBegun = true
        let feed = feed
        run.results.hangs.voice = { [unowned self] sentence in
            builder.tell(.critical, "watchdog", sentence)
        }
        if decidesOnHangs { run.goesOnAfterHangs() }
        run.begin { feed.add($0) }
        isAsked = run.loops.map { _ in false }
    }

    /// Asks each host that has answered the last time.
    private func ask(_ wanted: SessionNumber?) {
        glanceNumber += 1
        let glances = glances
        let place = wanted.flatMap { builder.place(of: $0) }
        for (host, loop) in run.loops.enumerated() where !isAsked[host] {
            isAsked[host] = true
            var question = HostGlance.Question(number: glanceNumber)
            question.wanted = place?.host == host ? place?.index : nil
            question.asksForWaits =
                builder.asksForWaits(ofHost: host) && glanceNumber.isMultiple(of: 5)
            loop.glance(question).whenSuccess { answer in
                guard let answer else { return }
                glances.add((host, answer.0, answer.lag))
            }
        }
        guard !isSampling, ContinuousClock.now >= nextSample else { return }
        nextSample = .now + run.plan.settings.samplePeriod
        isSampling = true
        let states = states
        run.askForState { states.add(($0, $1)) }
    }

    private func finish() {
        let result = run.end()
        self.result = result
        showHangs()
        builder.finish(result, timeline: run.results.timeline)
    }

    private func showHangs() {
        let keeper = run.results.hangs
        builder.take(keeper.hangs, open: keeper.open, conflicts: keeper.conflicts)
    }

    func perform(_ intent: Intent) {
        guard result == nil else {
            return builder.tell(.information, "dashboard", "the run is over; its dumps are written")
        }
        switch intent {
        case .stop: run.stop(bySignal: nil)
        case .dump:
            run.dump()
            builder.tell(.information, "dashboard", "asked the watchdog to look at once")
        case .breakHang(let hang, let victim):
            run.breakHang(hang, byCancelling: victim)
            builder.tell(.warning, "dashboard", "hang \(hang): asked for the end of \(victim)")
        default:
            let faults = builder.model.faults
            guard let input = inputs.input(for: intent, faults: faults) else { return }
            let switches = switches
            run.perform(input) { switches.add($0) }
            builder.tell(.information, "dashboard", input.sentence)
        }
    }

    func suspend(_ stop: () -> Duration) {
        var gap = Duration.zero
        guard result == nil else {
            _ = stop()
            return
        }
        run.suspend {
            gap = stop()
            return gap
        }
        let seconds = Decimals.text(gap.seconds, places: 1)
        builder.tell(.warning, "dashboard", "suspended for \(seconds) s, left out of all figures")
    }

    func wrote(_ line: String) { builder.tell(.warning, "stderr", line) }
}

extension DashboardModel.Fault {
    init(_ fault: FaultSwitch) { self.init(name: fault.name, isOn: fault.isOn) }
}

/// Values from any thread, for the dashboard's.
final class Arrivals<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) { values.withLock { $0.append(value) } }

    /// What has come since the last time, oldest first.
    func take() -> [Value] {
        values.withLock { values in
            defer { values = [] }
            return values
        }
    }
}
