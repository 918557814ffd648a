internal import Measurement

/// Which cases a run has: at least one a verdict, threshold and hang, whether it passed or not.
enum JUnitCases {
    /// What the watchdog can find.
    private static let watchdogVerdicts = [
        "deadlock", "temporary deadlock", "orphaned lock", "lost wake-up", "lost response",
        "never sent", "slow server", "dead server", "credit exhaustion", "pool exhaustion",
        "livelock", "starvation", "convoy", "stall",
    ]

    static func hangs(_ run: RunSummary) -> [JUnitCase] {
        var names = watchdogVerdicts
        for hang in run.hangs where !names.contains(hang.verdict) { names.append(hang.verdict) }
        var cases = names.map { noneOf($0, run) }
        cases += run.hangs.map(one)
        if let expected = run.expected { cases.append(wasFound(expected, run)) }
        return cases
    }

    private static func noneOf(_ name: String, _ run: RunSummary) -> JUnitCase {
        let title = name == "never sent" ? "no request never sent" : "no \(name)"
        let found = run.verdicts.filter { $0.name == name && !$0.isExpected }
        let hangs = run.hangs.filter { $0.verdict == name && !$0.isExpected }
        if found.isEmpty, hangs.isEmpty {
            guard run.stallCount == nil else { return JUnitCase(name: title) }
            return JUnitCase(name: title, outcome: .skipped("no watchdog looked at this run"))
        }
        let sentences = found.map(\.sentence) + hangs.map(\.sentence)
        return JUnitCase(
            name: title,
            outcome: .failure(
                type: name,
                message: sentences.first ?? name,
                text: hangs.map(\.dump).joined(separator: "\n\n")
            )
        )
    }

    private static func one(_ hang: HangRow) -> JUnitCase {
        let name = "hang \(hang.id): \(hang.verdict)"
        guard !hang.isExpected else { return JUnitCase(name: name) }
        return JUnitCase(
            name: name,
            outcome: .failure(type: hang.verdict, message: hang.sentence, text: hang.dump)
        )
    }

    private static func wasFound(_ expected: String, _ run: RunSummary) -> JUnitCase {
        let name = "expected \(expected)"
        guard let absence = run.verdicts.first(where: { $0.exitCode == 94 }) else {
            return JUnitCase(name: name)
        }
        return JUnitCase(
            name: name,
            outcome: .failure(type: absence.name, message: absence.sentence, text: "")
        )
    }

    static func thresholds(_ run: RunSummary) -> [JUnitCase] {
        var seen: [String] = []
        return run.thresholds.map { result in
            // The same expression twice, once to abort: two cases with names of their own.
            let expression = result.threshold.expression
            let repeats = seen.count { $0 == expression }
            seen.append(expression)
            let name = repeats == 0 ? expression : "\(expression) (\(repeats + 1))"
            switch result.state {
            case .passed: return JUnitCase(name: name)
            case .failed:
                return JUnitCase(
                    name: name,
                    outcome: .failure(type: "threshold", message: result.sentence, text: "")
                )
            case .inconclusive:
                return JUnitCase(
                    name: name,
                    outcome: .error(type: "inconclusive", message: result.sentence, text: "")
                )
            }
        }
    }

    /// What must be right for the figures to mean anything, by the exit codes that say otherwise.
    private static let conditions: [(name: String, codes: [Int32])] = [
        ("the run ended by itself", [1, 129, 130, 143]), ("the target was reached", [69]),
        ("log-ons were accepted and in scope", [77]), ("the generator kept up", [96]),
        ("enough was measured", [95]), ("results were written", [73]),
    ]

    static func run(_ run: RunSummary) -> [JUnitCase] {
        conditions.enumerated().map { index, condition in
            let found = run.verdicts.first {
                condition.codes.contains($0.exitCode) && !$0.isExpected
            }
            if let found {
                return JUnitCase(
                    name: condition.name,
                    outcome: .error(type: found.name, message: found.sentence, text: "")
                )
            }
            guard index > 0 || run.isComplete else {
                let message = "this was written in the middle of the run"
                return JUnitCase(
                    name: condition.name,
                    outcome: .error(type: "incomplete", message: message, text: "")
                )
            }
            return JUnitCase(name: condition.name)
        }
    }
}
