internal import Foundation
internal import Report
internal import Simulation

/// What is known of a run besides what its hosts say.
struct RunFacts {
    let wall: Duration
    /// The longest that a timer was late, in nanoseconds.
    var lag: UInt64 = 0
    var signal: Int32?
    /// How far virtual time came; nil in real time.
    var virtual: Duration?
    var traceHash: String?
    var violations: [Checkers.Violation] = []

    init(wall: Duration) { self.wall = wall }
}

/// Turns states of a run into results, and writes them to the run's folder: often while it runs, so
/// that a killed run has results, and once at its end.
final class RunResults {
    struct Result {
        let summary: RunSummary
        let code: ExitCode
        let state: RunState
    }

    let manifest: AppendedFile?
    private let plan: RunPlan
    private let folder: RunDirectory?
    private let startedAt: Date
    private var writeFailure: Failure?

    /// The results of a run with a folder.
    init(_ plan: RunPlan, folder: RunDirectory, startedAt: Date) throws {
        self.plan = plan
        self.folder = folder
        self.startedAt = startedAt
        manifest = try AppendedFile(creating: folder.path + "/manifest.ndjson")
    }

    /// The results of something that leaves nothing behind.
    init(_ plan: RunPlan) {
        self.plan = plan
        folder = nil
        manifest = nil
        startedAt = Date()
    }

    /// The summary, written to the folder as well.
    func take(_ state: RunState, _ facts: RunFacts) -> Result {
        let builder = SummaryBuilder(
            plan: plan,
            startedAt: startedAt,
            facts: facts,
            writeFailure: writeFailure ?? manifest?.firstFailure
        )
        var (summary, code) = builder.summary(of: state)
        do {
            try folder?.write(summary.json.document, to: "summary.json")
        } catch {
            writeFailure = writeFailure ?? error
            if code == .pass { code = .cannotWrite }
            summary.exitCode = code.rawValue
            if !summary.reasons.contains(error.sentence) { summary.reasons.append(error.sentence) }
        }
        return Result(summary: summary, code: code, state: state)
    }
}
