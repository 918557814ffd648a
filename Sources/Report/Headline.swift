internal import Measurement
internal import Primitives

extension RunSummary {
    /// How the run ended, in one line.
    package var headline: String {
        let count = "\(operationCount) operations, \(errorCount) errors"
        let seconds = Decimals.text(wallSeconds, places: 1)
        let work = "\(sessions.count) sessions, \(count) in \(seconds) s"
        if !isComplete { return "gridlock \(profile): not ended yet; \(work)" }
        if exitCode == 0, verdict == "pass" { return "gridlock \(profile): pass; \(work)" }
        if exitCode == 0 { return "gridlock \(profile): pass, \(verdict) as expected; \(work)" }
        return "gridlock \(profile): \(verdict) (exit code \(exitCode)); \(work)"
    }
}
