internal import Crypto
internal import Foundation
internal import Measurement
internal import Primitives
internal import Redirector
internal import Report
internal import SMBWire
internal import TerminalServer

/// Turns a host's snapshot into the run's summary and its exit code.
struct SummaryBuilder {
    let plan: RunPlan
    let startedAt: Date
    let facts: RunFacts
    let writeFailure: Failure?
    /// What the run is held against; nil for one whose figures nobody wants.
    let thresholds: [Threshold]?
    /// Where the run's manifest is; nil for what leaves nothing behind.
    let folder: String?

    func summary(of state: RunState) -> (RunSummary, ExitCode) {
        let sums = state.operations
        let operations = OperationKind.allCases.compactMap { kind -> OperationRow? in
            let statistics = sums[kind.rawValue]
            guard statistics.count > 0 else { return nil }
            return OperationRow(
                name: kind.name,
                statistics: statistics,
                statuses: statistics.statuses.rows.map { row in
                    .init(name: NTStatus(rawValue: row.status).name, count: row.count)
                }
            )
        }
        let results = results(of: state)
        let found = RunVerdicts(
            facts: facts,
            writeFailure: writeFailure,
            state: state,
            // Emulated servers are gone with the run, and their files with them.
            folder: plan.emulation == nil ? folder : nil
        ).verdicts(thresholds: results)
        let code = RunVerdict.gravest(of: found).map { ExitCode(verdict: $0) } ?? .pass
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
            reasons: found.map(\.sentence),
            operations: operations,
            sessions: state.sessions.map { row($0.session, host: $0.host) },
            generator: GeneratorRow(
                lagMillisecondsMax: Double(facts.lag) / 1e6,
                cpuSeconds: Self.cpuSeconds,
                dropped: state.dropped,
                arrivalLag: plan.settings.rate == nil ? nil : state.arrivalLag
            )
        )
        summary.connections = state.connections.map { ConnectionRow($0) }
        summary.verdicts = found.filter { $0.exitCode != ExitCode.pass.rawValue }
        summary.thresholds = results
        summary.isComplete = facts.isComplete
        summary.stallCount = facts.stalls
        summary.hangs = facts.hangs
        summary.expected = facts.expected
        summary.isVirtualTime = facts.virtual != nil
        summary.traceHash = facts.traceHash
        if plan.settings.warmUp > .zero {
            summary.warmUp = WarmUpRow(
                seconds: plan.settings.warmUp.seconds,
                operations: state.warmUpOperations
            )
        }
        summary.loadSeconds = Double(state.loadDuration) / 1e9
        return (summary, code)
    }

    private func row(_ session: HostSnapshot.Session, host: Int) -> SessionRow {
        SessionRow(
            id: session.plan.number.rawValue,
            user: session.plan.userName,
            host: host,
            statistics: session.statistics,
            state: session.state,
            script: plan.load.scripts.count > 1
                ? plan.load.scripts[session.plan.script].name : nil,
            inFlight: session.inFlight.map { flight in
                .init(
                    operation: flight.operation,
                    path: flight.path?.text ?? "",
                    ageSeconds: Double(flight.age) / 1e9
                )
            },
            lastError: session.lastError
        )
    }

    /// What every threshold says of the run so far.
    func results(of state: RunState) -> [ThresholdResult] {
        guard let thresholds else { return [] }
        let run = MeasuredRun(
            operations: zip(OperationKind.allCases, state.operations).map { kind, statistics in
                .init(name: kind.name, statistics: statistics)
            },
            loadSeconds: Double(state.loadDuration) / 1e9,
            stalls: facts.stalls,
            hangs: facts.stalls == nil ? nil : UInt64(facts.hangs.count),
            lag: facts.lag,
            dropped: state.dropped
        )
        let samplesMin = plan.settings.samplesMin
        return thresholds.map { $0.result(on: run, samplesMin: samplesMin) }
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return Double(seconds) + Double(microseconds) / 1e6
    }
}

extension ConnectionRow {
    init(_ use: ConnectionUse) {
        self.init(
            server: use.server,
            connections: use.connections,
            dialect: use.dialect.description,
            signing: use.signing.name,
            cipher: use.cipher?.name,
            requests: use.requests,
            signed: use.signed,
            sealed: use.sealed
        )
    }
}
