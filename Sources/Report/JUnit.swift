internal import Measurement

/// `junit.xml`, as far as Jenkins, GitLab and the publishers for GitHub agree on the format.
///
/// Hangs, thresholds and what concerns the run itself are suites of their own, so that a pipeline
/// can gate on hangs alone. Names are unique over all suites of one profile: GitLab drops
/// duplicates.
package enum JUnit {
    package static func document(_ run: RunSummary) -> String {
        let suites = [
            JUnitSuite(name: "hangs", run: run, cases: JUnitCases.hangs(run)),
            JUnitSuite(name: "thresholds", run: run, cases: JUnitCases.thresholds(run)),
            JUnitSuite(name: "run", run: run, cases: JUnitCases.run(run)),
        ]
        let cases = suites.flatMap(\.cases)
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        lines.append(
            "<testsuites name=\"\(XML.attribute("gridlock \(run.profile)"))\" "
                + JUnitSuite.counts(cases, isRoot: true)
                + " time=\"\(Seconds.text(run.wallSeconds))\">"
        )
        lines += suites.flatMap(\.lines)
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }
}

struct JUnitCase {
    enum Outcome {
        case passed
        /// Why, in one line, and all that is known.
        case failure(type: String, message: String, text: String)
        case error(type: String, message: String, text: String)
        case skipped(String)
    }

    let name: String
    var outcome = Outcome.passed
}

struct JUnitSuite {
    /// GitLab cuts long texts; Jenkins keeps twice 50,000 characters.
    private static let textMax = 40_000

    let name: String
    let run: RunSummary
    let cases: [JUnitCase]

    static func counts(_ cases: [JUnitCase], isRoot: Bool) -> String {
        var (failures, errors, skipped) = (0, 0, 0)
        for one in cases {
            switch one.outcome {
            case .passed: break
            case .failure: failures += 1
            case .error: errors += 1
            case .skipped: skipped += 1
            }
        }
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
        return isRoot ? counts : counts + " skipped=\"\(skipped)\""
    }

    private var fullName: String { XML.attribute("gridlock.\(run.profile).\(name)") }

    var lines: [String] {
        // The whole time is the run's; a verdict takes none.
        let seconds = name == "run" ? Seconds.text(run.wallSeconds) : "0.000"
        // Publishers want local time without a zone.
        let timestamp = XML.attribute(String(run.startedAt.prefix { $0 != "Z" && $0 != "." }))
        var lines = [
            "  <testsuite name=\"\(fullName)\" \(Self.counts(cases, isRoot: false)) "
                + "time=\"\(seconds)\" timestamp=\"\(timestamp)\">",
            "    <properties>",
        ]
        let facts = [
            ("gridlock", run.version), ("profileHash", run.profileHash), ("seed", "\(run.seed)"),
            ("target", run.target), ("client", run.client), ("verdict", run.verdict),
            ("exitCode", "\(run.exitCode)"),
        ]
        for (key, value) in facts {
            lines.append("      <property name=\"\(key)\" value=\"\(XML.attribute(value))\"/>")
        }
        lines.append("    </properties>")
        for (index, one) in cases.enumerated() {
            let isWhole = name == "run" && index == 0
            lines.append(element(one, seconds: isWhole ? seconds : "0.000"))
        }
        lines.append("  </testsuite>")
        return lines
    }

    private func element(_ one: JUnitCase, seconds: String) -> String {
        let opening =
            "    <testcase classname=\"\(fullName)\" name=\"\(XML.attribute(one.name))\" "
            + "time=\"\(seconds)\""
        switch one.outcome {
        case .passed: return opening + "/>"
        case .skipped(let message):
            return opening + "><skipped message=\"\(XML.attribute(message))\"/></testcase>"
        case .failure(let type, let message, let text):
            return opening + ">" + reason("failure", type, message, text) + "</testcase>"
        case .error(let type, let message, let text):
            return opening + ">" + reason("error", type, message, text) + "</testcase>"
        }
    }

    /// GitLab shows the element's content and Jenkins its message: both say it.
    private func reason(
        _ element: String,
        _ type: String,
        _ message: String,
        _ text: String
    ) -> String {
        var content = text.isEmpty ? message : message + "\n\n" + text
        if content.count > Self.textMax {
            content = content.prefix(Self.textMax) + "\n(cut here; the whole is in hangs/)"
        }
        return "<\(element) type=\"\(XML.attribute(type))\" message=\"\(XML.attribute(message))\">"
            + XML.escaped(content) + "</\(element)>"
    }
}
