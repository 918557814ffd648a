internal import Measurement

/// Workflow commands that make GitHub Actions show a run's verdicts at the top of the page.
package enum GitHubAnnotations {
    /// GitHub drops the eleventh of a kind in silence; a reader drops the sixth.
    private static let countMax = 5
    private static let dumpLinesMax = 40

    /// One line a verdict, the gravest first; a notice when there is nothing to complain about.
    package static func lines(_ run: RunSummary) -> [String] {
        let names = RunVerdict.names(run.verdicts)
        let failed = names.compactMap { name in
            run.verdicts.first { $0.name == name && !$0.isExpected && $0.exitCode != 0 }
        }
        guard !failed.isEmpty else {
            return [line("notice", title: "gridlock", run.headline)]
        }
        return failed.prefix(countMax).map { verdict in
            line(
                "error",
                title: "gridlock \(run.profile): \(verdict.name)",
                message(verdict, run)
            )
        }
    }

    /// A hang's graph comes with its verdict.
    private static func message(_ verdict: RunVerdict, _ run: RunSummary) -> String {
        guard let hang = run.hangs.first(where: { $0.verdict == verdict.name }) else {
            return verdict.sentence
        }
        let lines = hang.dump.split(separator: "\n", omittingEmptySubsequences: false)
        return ([verdict.sentence[...]] + lines.prefix(dumpLinesMax)).joined(separator: "\n")
    }

    private static func line(_ kind: String, title: String, _ message: String) -> String {
        "::\(kind) title=\(escaped(title, isProperty: true))::"
            + escaped(message, isProperty: false)
    }

    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "\r": escaped += "%0D"
            case "\n": escaped += "%0A"
            case ":" where isProperty: escaped += "%3A"
            case "," where isProperty: escaped += "%2C"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
