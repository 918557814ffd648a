internal import ArgumentParser
internal import Foundation
internal import Report

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a profile against its target and print what was measured."
    )

    @Argument(help: "A built-in profile's name, or a file.")
    var profile = "q260752"

    @OptionGroup var settings: SettingOptions

    @Option(help: "The folder for the results; by default one below gridlock-out/.")
    var out: String?

    @OptionGroup var display: DisplayOptions

    @Flag(help: "Print summary.json instead of the tables.")
    var json = false

    @Option(help: "Serve http://ADDRESS[:PORT]/metrics while it runs, for Prometheus.")
    var metricsListen: String?

    @Option(help: "When to begin, as 2026-11-26T15:30:00Z: several machines begin together.")
    var startAt: String?

    @Option(help: "Write every frame to a pcapng file, in plain where it was sealed.")
    var pcap: String?

    @Flag(help: "End with 0 although a verdict or a threshold says otherwise (codes 94 to 99).")
    var exitZero = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = UInt64.random(in: 0...UInt64(Int64.max))
        let plan = try RunPlan(
            profile: try ProfileSource.load(profile),
            flags: try settings.given(),
            environment: environment,
            seed: seed,
            readsUsers: true
        )
        let start = try startTime(plan)
        try OpenFiles.prepare(for: plan)
        // Before anything is made: a wrong address leaves no folder behind.
        let listener = try metricsListen.map { try MetricsListener(on: $0) }
        let capture = try pcap.map { try CaptureFile(creating: $0) }
        let started = start?.date ?? Date()
        let folder =
            try out.map { try RunDirectory(creating: $0) }
            ?? RunDirectory(
                below: "gridlock-out",
                startedAt: Timestamp.text(started),
                profile: plan.name
            )
        try folder.write(try plan.mergedProfile(), to: "profile.yaml")
        let results = try RunResults(
            plan,
            folder: folder,
            listener: listener,
            capture: capture,
            startedAt: started
        )
        if let listener { Console.note("metrics at \(listener.location)") }
        let result = try perform(plan, results, from: start)
        GitHubActions.tell(result.summary, environment: environment)
        try tell(result, folder)
        let isForgiven = exitZero && (94...99).contains(result.code.rawValue)
        guard result.code == .pass || isForgiven else {
            throw ArgumentParser.ExitCode(result.code.rawValue)
        }
    }

    /// A standard output that takes no more hides no verdict: reasons and code of the run stand.
    private func tell(_ result: RunResults.Result, _ folder: RunDirectory) throws {
        var failure: Failure?
        do {
            let summary = result.summary
            try Console.result(json ? summary.json.document : SummaryTable.text(summary))
        } catch {
            failure = error
        }
        if !json { Console.note("results in \(folder.path)") }
        for reason in result.summary.reasons { Console.note("gridlock: \(reason)") }
        guard let failure else { return }
        if result.code == .pass { throw failure }
        Console.note("gridlock: \(failure.sentence)")
    }

    private func startTime(_ plan: RunPlan) throws -> StartTime? {
        guard let startAt else { return nil }
        guard !plan.settings.isVirtual else {
            throw Failure(.usage, "--start-at has no meaning with --virtual-time; leave one away")
        }
        return try StartTime(startAt, now: Date())
    }

    private func perform(
        _ plan: RunPlan,
        _ results: RunResults,
        from start: StartTime?
    ) throws -> RunResults.Result {
        if let signal = start?.wait() {
            var facts = RunFacts(wall: .zero)
            facts.signal = signal
            return results.take(RunState(hosts: []), facts)
        }
        if plan.settings.isVirtual, let emulation = plan.emulation {
            let run = try VirtualRun(plan, emulation, results: results)
            return try display.perform(run, prefersLines: json)
        }
        let hosts = try plan.hosts(runFolder: "gridlock-\(RunPlan.newID())")
        let run = LoadRun(plan, hosts, results: results)
        return try display.perform(run, prefersLines: json)
    }
}

/// UTC to the second, ISO 8601.
enum Timestamp {
    static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}
