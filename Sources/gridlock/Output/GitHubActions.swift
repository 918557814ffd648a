internal import Foundation
internal import Report

/// What a job of GitHub Actions wants to hear when the run ends.
enum GitHubActions {
    /// Annotations go to standard error, which the runner reads as well: standard output is the
    /// result's alone.
    static func tell(_ run: RunSummary, environment: [String: String]) {
        guard environment["GITHUB_ACTIONS"] == "true" else { return }
        for line in GitHubAnnotations.lines(run) { Console.note(line) }
        guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
        do {
            let file = try AppendedFile(creating: path)
            if !file.append(JobSummary.text(run)), let failure = file.firstFailure { throw failure }
        } catch {
            Console.note("gridlock: the job summary is missing: \(error)")
        }
    }
}
