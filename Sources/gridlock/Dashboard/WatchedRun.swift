internal import Dashboard
internal import Primitives
internal import Terminal

/// A run that can be watched, or go by itself.
protocol UnwatchedRun {
    associatedtype Watched: WatchedRun
    /// Runs to the end, whatever that is, with lines on standard error.
    func perform() -> RunResults.Result
    /// Whoever looks at a dashboard decides what becomes of a hang; who reads lines does not.
    func watched(byPerson: Bool) -> Watched
}

extension LoadRun: UnwatchedRun {
    func perform() -> RunResults.Result { perform(isQuiet: false) }

    func watched(byPerson: Bool) -> DashboardRun { DashboardRun(self, decidesOnHangs: byPerson) }
}

extension VirtualRun: UnwatchedRun {
    func watched(byPerson: Bool) -> VirtualDashboardRun {
        VirtualDashboardRun(self, decidesOnHangs: byPerson)
    }
}

/// A run that a person watches, in real or in virtual time.
protocol WatchedRun: DashboardSource {
    var plan: RunPlan { get }
    /// What came of it, once it is over.
    var result: RunResults.Result? { get }
    /// Ends what is still under way; the terminal is the person's again.
    func end(bySignal number: Int32?) -> RunResults.Result
    /// For lines: the dashboard hears signals by itself.
    func watchSignals() -> SignalWatch
    /// Lets a moment pass between lines.
    func rest()
}

extension WatchedRun {
    /// Shows the run until the person leaves it, and returns its results; refused where no
    /// dashboard can be shown, and then nothing was begun.
    func perform(_ settings: TerminalSettings) throws(TerminalRefusal) -> RunResults.Result {
        let ending = try DashboardLoop.run(self, settings: settings)
        if let result { return result }
        switch ending {
        case .quit: return end(bySignal: nil)
        case .signal(let number): return end(bySignal: number)
        }
    }

    /// Tells the run in lines, for screen readers, and returns its results.
    func narrate() -> RunResults.Result {
        let signals = watchSignals()
        let period = UInt64(clamping: plan.settings.progress.wholeNanoseconds)
        var narrator = PlainNarrator(period: period)
        while true {
            for line in narrator.lines(for: model(wanted: nil)) { Console.note(line) }
            if let result {
                signals.end()
                return result
            }
            rest()
        }
    }
}
