internal import Foundation
internal import Measurement
internal import Primitives
internal import Report
internal import TerminalServer

/// Turns a host's snapshot into the run's summary and its exit code.
struct SummaryBuilder {
    let plan: RunPlan
    let startedAt: Date
    let facts: RunFacts
    let writeFailure: Failure?

    /// More errors than this share fail a run for which nobody wrote a threshold.
    private static let errorShareMax = 0.01

    func summary(of state: RunState) -> (RunSummary, ExitCode) {
        let sums = state.operations
        let operations = OperationKind.allCases.compactMap { kind in
            let statistics = sums[kind.rawValue]
            return statistics.count > 0
                ? OperationRow(name: kind.name, statistics: statistics) : nil
        }
        let (code, reasons) = verdict(on: state, operations)
        var summary = RunSummary(
            version: Gridlock.version,
            profile: plan.name,
            profileHash: plan.hash,
            seed: plan.settings.seed,
            target: plan.emulation == nil ? plan.settings.target.text : "emulated",
            client: plan.settings.client.name,
            hosts: plan.settings.hosts,
            startedAt: Timestamp.text(startedAt),
            finishedAt: Timestamp.text(startedAt.addingTimeInterval(facts.wall.seconds)),
            wallSeconds: facts.wall.seconds,
            exitCode: code.rawValue,
            reasons: reasons,
            operations: operations,
            sessions: state.sessions.map { row($0.session, host: $0.host) },
            generator: GeneratorRow(
                lagMillisecondsMax: Double(facts.lag) / 1e6,
                cpuSeconds: Self.cpuSeconds
            )
        )
        summary.isVirtualTime = facts.virtual != nil
        summary.traceHash = facts.traceHash
        summary.loadSeconds =
            Double(state.hosts.map(\.loadDuration).max() ?? 0) / 1e9
        return (summary, code)
    }

    private func row(_ session: HostSnapshot.Session, host: Int) -> SessionRow {
        SessionRow(
            id: session.plan.number.rawValue,
            user: session.plan.userName,
            host: host,
            statistics: session.statistics,
            state: session.state,
            inFlight: session.inFlight.map { flight in
                .init(
                    operation: flight.operation,
                    path: flight.path,
                    ageSeconds: Double(flight.age) / 1e9
                )
            },
            lastError: session.lastError
        )
    }

    /// All reasons, and the code of the gravest.
    private func verdict(
        on state: RunState,
        _ operations: [OperationRow]
    ) -> (ExitCode, [String]) {
        var found: [(ExitCode, String)] = []
        for violation in facts.violations {
            found.append((.internalError, "a rule of the simulated world is broken: \(violation)"))
        }
        for outcome in state.outcomes {
            if let reason = reason(outcome) { found.append(reason) }
        }
        if let writeFailure { found.append((.cannotWrite, writeFailure.sentence)) }
        if let signal = facts.signal {
            let code: ExitCode =
                signal == SIGHUP
                ? .hangup : signal == SIGINT ? .interrupted : .terminated
            found.append((code, "stopped by signal \(signal)"))
        }
        let count = operations.reduce(0) { $0 + $1.statistics.count }
        let errors = operations.reduce(0) { $0 + $1.statistics.errors }
        if count > 0, Double(errors) >= Self.errorShareMax * Double(count) {
            let share = Decimals.text(Double(errors) / Double(count) * 100, places: 1)
            found.append(
                (
                    .thresholdFailed,
                    "\(errors) of \(count) operations failed (\(share) %); "
                        + "a run passes with errors < 1%"
                )
            )
        }
        if state.uncleaned > 0 {
            let sentence = "\(state.uncleaned) names could not be deleted; run gridlock clean"
            found.append((.pass, sentence))
        }
        let code = found.first { $0.0 != .pass }?.0 ?? .pass
        return (code, found.map(\.1))
    }

    private func reason(_ outcome: HostOutcome) -> (ExitCode, String)? {
        switch outcome {
        case .completed, .stopped: return nil
        case .unreachable(let sentence): return (.unreachable, sentence)
        case .refused(let sentence), .outsideScope(let sentence): return (.refused, sentence)
        case .stuck(let count):
            let sentence =
                "\(count) sessions had not ended when the grace was over; "
                + "summary.json says what they were doing"
            return (.stalled, sentence)
        }
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return Double(seconds) + Double(microseconds) / 1e6
    }
}
