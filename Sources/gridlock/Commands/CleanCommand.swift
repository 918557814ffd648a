internal import ArgumentParser
internal import Foundation
internal import Primitives
internal import Report
internal import TerminalServer

struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Delete from the share what a run left there, by its manifest."
    )

    @Argument(help: "The folder of the run's results.")
    var folder: String

    @OptionGroup var settings: SettingOptions

    func run() throws {
        let manifest = folder + "/manifest.ndjson"
        guard let text = try? String(contentsOfFile: manifest, encoding: .utf8) else {
            throw Failure(.fileMissing, "\(manifest) cannot be read; is \(folder) a run's folder?")
        }
        // A torn last line belongs to a CREATE that was never sent.
        let entries = text.split(separator: "\n").compactMap { ManifestEntry(line: $0) }
        guard !entries.isEmpty else {
            try Console.result("nothing to clean: the run created nothing\n")
            return
        }
        let plan = try RunPlan(
            profile: try ProfileSource.load(folder + "/profile.yaml"),
            flags: try settings.given(),
            environment: ProcessInfo.processInfo.environment,
            seed: 0,
            readsUsers: true
        )
        try OpenFiles.prepare(for: plan)
        var host = try plan.onlyHost()
        host.cleaning = entries
        host.provesUsers = false
        let result = LoadRun(plan, [host], results: RunResults(plan)).perform(isQuiet: true)
        let left = result.state.uncleaned
        guard result.code == .pass, left == 0 else {
            let reason =
                result.state.lastError
                ?? result.summary.reasons.first ?? "the run did not end well"
            throw Failure(
                Self.code(of: result),
                "\(left) of \(entries.count) names could not be deleted; the last reason: \(reason)"
            )
        }
        try Console.result("\(entries.count) names of the manifest are gone\n")
    }

    private static func code(of result: RunResults.Result) -> ExitCode {
        guard result.code == .pass else { return result.code }
        return switch result.state.lastFailure {
        case .contact: .unreachable
        case .logon: .refused
        case .work, nil: .cannotWrite
        }
    }
}
