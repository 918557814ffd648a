internal import Dashboard
internal import Emulator
internal import Measurement
internal import Primitives
internal import Report
internal import TerminalServer
internal import Watchdog

/// What the run's own parts say of it, for the dashboard.
extension ModelBuilder {
    init(_ plan: RunPlan, hosts: [HostPlan]) {
        var run = DashboardModel.Run(
            profile: plan.name,
            target: plan.settings.target.text,
            client: plan.settings.client.name,
            seed: plan.settings.seed
        )
        run.duration = UInt64(clamping: plan.settings.duration.wholeNanoseconds)
        run.isVirtual = plan.settings.isVirtual
        self.init(run, hosts: hosts)
        model.faults = plan.emulation?.plan.faults.map { .init(name: $0.name, isOn: $0.isOn) } ?? []
    }

    mutating func take(
        _ state: RunState,
        thresholds: [ThresholdResult],
        timeline: LatencyTimeline
    ) {
        take(RunFigures(state), timeline: timeline)
        model.run.checks = thresholds.map(DashboardModel.Check.init)
    }

    /// All hangs so far, of which those of `open` are still there, and the known order conflicts.
    mutating func take(_ hangs: [Hang], open: [Int], conflicts: [LockOrder.Conflict]) {
        let now = Instant(nanoseconds: model.run.elapsed)
        model.hangs = hangs.map { hang in
            let isOpen = open.contains(hang.id)
            var shown = DashboardModel.Hang(hang, at: isOpen ? now : hang.instant)
            shown.isOver = !isOpen
            return shown
        }
        model.orderConflicts = conflicts.compactMap(DashboardModel.OrderConflict.init)
        guard !model.run.isOver else { return }
        let worst = hangs.filter { open.contains($0.id) }.max { $0.exitCode < $1.exitCode }
        model.run.verdict = worst?.verdict.rawValue ?? "none"
        model.run.exitCode = worst?.exitCode ?? 0
    }

    /// The run is over: what the screen shows from now on is what the results say.
    mutating func finish(_ result: RunResults.Result, timeline: LatencyTimeline) {
        finish(RunFigures(result.state), hosts: result.state.hosts, timeline: timeline)
        model.run.verdict = result.summary.verdict
        model.run.exitCode = result.code.rawValue
        model.run.checks = result.summary.thresholds.map(DashboardModel.Check.init)
        for reason in result.summary.reasons { tell(.warning, "verdict", reason) }
        tell(.information, "run", "over; the results are written")
    }
}

extension RunFigures {
    init(_ state: RunState) {
        self.init(operations: state.operations, dropped: state.dropped)
    }
}

extension DashboardModel.Check {
    init(_ result: ThresholdResult) {
        self.init(
            label: result.threshold.expression,
            value: result.valueText,
            holds: result.state == .inconclusive ? nil : result.state == .passed
        )
    }
}
