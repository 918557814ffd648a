internal import Report

/// Where a run and its watchdog read the time; a test may have a clock of its own.
package struct RunClock: Sendable {
    package let now: @Sendable () -> ContinuousClock.Instant

    package init(now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }

    static let system = RunClock { ContinuousClock.now }
}

extension LoadRun {
    /// A run on emulated servers that leaves nothing behind, by a clock of the caller's.
    package convenience init(emulating profile: String, clock: RunClock) throws {
        let plan = try RunPlan(
            profile: try ProfileSource.load(profile),
            flags: [],
            environment: [:],
            seed: 1,
            readsUsers: false
        )
        let hosts = try plan.hosts(runFolder: "gridlock-test")
        self.init(plan, hosts, results: RunResults(plan), clock: clock)
    }

    /// Event loops that are silent now, as sentences.
    package var stuckLoops: [String] { results.hangs.stuck }

    /// The exit code and its reasons, once `isOver`.
    package func finish() -> (code: ExitCode, reasons: [String]) {
        let result = end()
        return (result.code, result.summary.reasons)
    }
}
