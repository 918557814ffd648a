internal import Foundation
internal import Measurement
internal import Primitives
internal import Report
internal import TerminalServer

/// Everything that is to be said about a run, each with the exit code that it alone would give.
struct RunVerdicts {
    let facts: RunFacts
    let writeFailure: Failure?
    let state: RunState
    /// Where the run's manifest is; nil for what leaves nothing behind.
    let folder: String?

    /// Who stops a run always finds a few operations that were just due.
    private static let droppedShareMax = 0.01

    /// What stands for nothing wrong has the code 0: it is said, and decides nothing.
    func verdicts(thresholds: [ThresholdResult]) -> [RunVerdict] {
        var found = facts.violations.map { violation in
            Self.verdict(
                "internal error",
                .internalError,
                "a rule of the simulated world is broken: \(violation)"
            )
        }
        found += RunVerdict.verdicts(
            on: facts.hangs,
            stalls: facts.stalls,
            expected: facts.isComplete ? facts.expected : nil
        )
        found += state.outcomes.compactMap(verdict)
        if let writeFailure {
            found.append(Self.verdict("cannot write", .cannotWrite, writeFailure.sentence))
        }
        if let signal = facts.signal { found.append(Self.verdict(signal: signal)) }
        if let overload { found.append(overload) }
        found += facts.stuck.map { Self.verdict("generator stuck", .overloaded, $0) }
        found += Self.verdicts(thresholds, facts)
        if let folder, state.uncleaned > 0 {
            let sentence = Self.leftBehind(state, folder: folder)
            found.append(Self.verdict("left behind", .pass, sentence))
        }
        return found
    }

    private static func leftBehind(_ state: RunState, folder: String) -> String {
        let hosts = state.hosts.filter { $0.uncleaned > 0 }
        let places = hosts.map(\.folder.text)
        let more = places.count > 1 ? " and \(places.count - 1) more such folders" : ""
        let count = state.uncleaned
        let files = count == 1 ? "1 file or folder is" : "\(count) files or folders are"
        let isPlain = folder.allSatisfy { $0.isLetter || $0.isNumber || "/._-+:".contains($0) }
        let argument = isPlain ? folder : "'\(folder)'"
        return "\(files) left below \(places.first ?? "")\(more); remove with: "
            + "gridlock clean \(argument)"
    }

    private var overload: RunVerdict? {
        let dropped = state.dropped
        let due = state.operations.reduce(dropped) { $0 + $1.count }
        guard dropped > 0, Double(dropped) >= Self.droppedShareMax * Double(due) else { return nil }
        let sentence =
            "\(dropped) of \(due) operations could not be started when they were due; "
            + "lower the rate or use more sessions"
        return Self.verdict("overloaded", .overloaded, sentence)
    }

    private static func verdict(
        _ name: String,
        _ code: ExitCode,
        _ sentence: String
    ) -> RunVerdict {
        RunVerdict(name: name, exitCode: code.rawValue, sentence: sentence)
    }

    private func verdict(_ outcome: HostOutcome) -> RunVerdict? {
        switch outcome {
        case .completed, .stopped: return nil
        case .unreachable(let sentence): return Self.verdict("unreachable", .unreachable, sentence)
        case .refused(let sentence): return Self.verdict("refused", .refused, sentence)
        case .outsideScope(let sentence): return Self.verdict("outside scope", .refused, sentence)
        case .overran(let sentence): return Self.verdict("stall", .stalled, sentence)
        case .stuck(let count):
            let sentence =
                "\(count) sessions had not ended when the grace was over; "
                + "summary.json says what they were doing"
            return RunVerdict(
                name: "stall",
                exitCode: ExitCode.stalled.rawValue,
                sentence: sentence,
                isExpected: RunVerdict.isAllExpected(facts.hangs, facts.expected)
            )
        }
    }

    private static func verdict(signal: Int32) -> RunVerdict {
        let code: ExitCode =
            signal == SIGHUP ? .hangup : signal == SIGINT ? .interrupted : .terminated
        return verdict("interrupted", code, "stopped by signal \(signal)")
    }

    /// In the middle of a run a threshold has neither failed nor proved anything.
    private static func verdicts(_ results: [ThresholdResult], _ facts: RunFacts) -> [RunVerdict] {
        guard facts.isComplete else {
            let sentence = "the run had not ended when this was written"
            return [verdict("incomplete", .inconclusive, sentence)]
        }
        var found: [RunVerdict] = []
        if let aborted = facts.aborted {
            let sentence = "ended early, as the threshold asks: \(aborted.sentence)"
            found.append(verdict("threshold failed", .thresholdFailed, sentence))
        }
        for result in results {
            switch result.state {
            case .passed: break
            case .failed:
                let sentence = "threshold \(result.sentence)"
                found.append(verdict("threshold failed", .thresholdFailed, sentence))
            case .inconclusive:
                let sentence = "threshold \(result.sentence)"
                found.append(verdict("inconclusive", .inconclusive, sentence))
            }
        }
        return found
    }
}

extension ExitCode {
    /// The code of a verdict; all that is given here are codes of ours.
    init(verdict: RunVerdict) { self = ExitCode(rawValue: verdict.exitCode) ?? .internalError }
}
