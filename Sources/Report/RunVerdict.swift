/// One thing that is to be said about a run, with the exit code that it alone would give.
package struct RunVerdict: Hashable, Sendable {
    /// One of the watchdog's, such as `deadlock`, or what went wrong, such as `threshold failed`.
    package let name: String
    package let exitCode: Int32
    package let sentence: String
    /// The profile asked for it: it counts as no failure.
    package let isExpected: Bool

    package init(name: String, exitCode: Int32, sentence: String, isExpected: Bool = false) {
        self.name = name
        self.exitCode = exitCode
        self.sentence = sentence
        self.isExpected = isExpected
    }

    /// From the gravest to the least.
    ///
    /// What kept the run from beginning, then what the watchdog proved, then what makes figures
    /// worthless, then figures out of bounds. Results that could not be written hide no verdict.
    private static let gravity: [Int32] = [
        1, 64, 65, 66, 69, 77, 98, 97, 96, 129, 130, 143, 95, 94, 99, 73,
    ]

    private var rank: Int { Self.gravity.firstIndex(of: exitCode) ?? Self.gravity.count }

    /// The verdict that decides how the program ends; nil: it passes.
    package static func gravest(of verdicts: [RunVerdict]) -> RunVerdict? {
        verdicts.filter { !$0.isExpected && $0.exitCode != 0 }.min { $0.rank < $1.rank }
    }

    /// Every name once, the gravest first.
    package static func names(_ verdicts: [RunVerdict]) -> [String] {
        var names: [String] = []
        let ordered = verdicts.enumerated().sorted {
            ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        }
        for (_, verdict) in ordered where !names.contains(verdict.name) {
            names.append(verdict.name)
        }
        return names
    }
}
