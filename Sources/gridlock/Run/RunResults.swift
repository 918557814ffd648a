internal import Foundation
internal import Measurement
internal import Primitives
internal import Report
internal import Simulation
internal import TerminalServer

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
    /// Waits that became older than the stall limit; nil where nobody watches.
    var stalls: UInt64?
    var hangs: [HangRow] = []
    /// Event loops that are silent, as sentences.
    var stuck: [String] = []
    /// The verdict that the profile expects.
    var expected: String?
    /// False in the middle of a run.
    var isComplete = true
    /// What ended the run before its time.
    var aborted: ThresholdResult?

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
    /// `events.ndjson`; event loops write to it as well.
    let events: AppendedFile?
    let hangs: HangKeeper
    /// Takes all frames, where `--pcap` was given.
    let capture: CaptureFile?
    /// Shows the figures to a scraper, where one was asked for.
    private let listener: MetricsListener?
    private let plan: RunPlan
    private let files: RunFiles?
    private let startedAt: Date
    private var writeFailure: Failure?
    private(set) var timeline = LatencyTimeline()
    private var aborted: ThresholdResult?

    /// The results of a run with a folder.
    init(
        _ plan: RunPlan,
        folder: RunDirectory,
        listener: MetricsListener? = nil,
        capture: CaptureFile? = nil,
        startedAt: Date
    ) throws {
        self.plan = plan
        self.listener = listener
        self.capture = capture
        self.startedAt = startedAt
        files = RunFiles(folder: folder, startedAt: startedAt)
        manifest = try AppendedFile(creating: folder.path + "/manifest.ndjson")
        events = try AppendedFile(creating: folder.path + "/events.ndjson")
        events?.append(RunEvent.start(plan).line)
        hangs = HangKeeper(plan, folder: folder, events: events)
    }

    /// The results of something that leaves nothing behind.
    init(_ plan: RunPlan) {
        self.plan = plan
        listener = nil
        capture = nil
        startedAt = Date()
        files = nil
        manifest = nil
        events = nil
        hangs = HangKeeper(plan, folder: nil, events: nil)
    }

    /// Whether the newest frames are to be kept for the hangs' own captures.
    var keepsFrames: Bool { files != nil }

    /// `Instant.zero` of the hosts; nil in virtual time, which begins with 1970.
    func captureBegins(at date: Date?) {
        let seconds = date?.timeIntervalSince1970 ?? 0
        let origin = UInt64(max(0, seconds * 1e9))
        hangs.captureOrigin = origin
        capture?.begin(origin: origin)
    }

    /// Takes the figures in between, for the heat map and for thresholds that end a run early: the
    /// first of those that does so now, once.
    func sample(_ state: RunState, _ facts: RunFacts) -> ThresholdResult? {
        let operations = state.operations.reduce(into: OperationStatistics()) { $0.add($1) }
        timeline.record(
            operations.response,
            underWay: state.hosts.flatMap(\.sessions).compactMap(\.inFlight?.age),
            at: (facts.virtual ?? facts.wall).seconds
        )
        if let listener {
            listener.publish(builder(facts, plan.settings.thresholds).summary(of: state).0)
        }
        let thresholds = plan.settings.thresholds.filter { $0.abortAfter != nil }
        guard !thresholds.isEmpty, aborted == nil, !facts.isComplete else { return nil }
        let load = Duration.nanoseconds(Int64(clamping: state.loadDuration))
        aborted = builder(facts, thresholds).results(of: state).first { result in
            result.threshold.aborts(on: result, after: load)
        }
        if let aborted {
            events?.append(
                RunEvent.threshold(aborted, at: (facts.virtual ?? facts.wall).seconds).line
            )
        }
        return aborted
    }

    /// How the thresholds fare now.
    func thresholds(_ state: RunState, _ facts: RunFacts) -> [ThresholdResult] {
        builder(facts, plan.settings.thresholds).results(of: state)
    }

    private func builder(_ facts: RunFacts, _ thresholds: [Threshold]?) -> SummaryBuilder {
        var facts = facts
        facts.aborted = aborted
        facts.hangs = hangs.rows
        facts.stalls = hangs.stalls
        facts.stuck = hangs.stuck
        facts.expected = plan.settings.expected
        return SummaryBuilder(
            plan: plan,
            startedAt: startedAt,
            facts: facts,
            writeFailure: writeFailure ?? hangs.writeFailure ?? manifest?.firstFailure
                ?? events?.firstFailure ?? capture?.firstFailure,
            thresholds: thresholds,
            folder: files?.folder.path
        )
    }

    /// The summary, written to the folder as well: all files at the end, those that a killed run
    /// needs in its middle.
    func take(_ state: RunState, _ facts: RunFacts) -> Result {
        if facts.isComplete { _ = sample(state, facts) }
        // Where nothing is left behind, nobody asks whether it was enough.
        let thresholds = files == nil ? nil : plan.settings.thresholds
        var (summary, code) = builder(facts, thresholds).summary(of: state)
        summary.timeline = timeline
        do {
            if facts.isComplete {
                try files?.writeAll(summary)
            } else {
                try files?.writeProgress(summary)
            }
        } catch {
            writeFailure = writeFailure ?? error
            if code == .pass { code = .cannotWrite }
            summary.exitCode = code.rawValue
            if !summary.reasons.contains(error.sentence) { summary.reasons.append(error.sentence) }
        }
        if facts.isComplete { events?.append(RunEvent.end(summary).line) }
        return Result(summary: summary, code: code, state: state)
    }
}

extension RunEvent {
    static func start(_ plan: RunPlan) -> RunEvent {
        RunEvent(
            .start,
            at: 0,
            "\(plan.name): \(plan.settings.sessions) sessions, client model "
                + plan.settings.client.name,
            details: [
                .init("profileHash", .text(plan.hash)),
                .init("seed", .unsigned(plan.settings.seed)),
            ]
        )
    }

    init(_ event: HostEvent) {
        self.init(
            .host,
            at: Double(event.at.nanoseconds) / 1e9,
            session: event.session?.rawValue,
            event.sentence
        )
    }
}
