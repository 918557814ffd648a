extension RunVerdict {
    private enum Code {
        static let expectedAbsent: Int32 = 94
        static let stalled: Int32 = 97
        static let deadlock: Int32 = 98
    }

    /// What the watchdog found, one verdict a name; and that the expected one did not come.
    ///
    /// `stalls` are explained by hangs where there are any: when all of these were expected, so
    /// were the stalls.
    package static func verdicts(
        on hangs: [HangRow],
        stalls: UInt64?,
        expected: String?
    ) -> [RunVerdict] {
        var names: [String] = []
        for hang in hangs where !names.contains(hang.verdict) { names.append(hang.verdict) }
        var found = names.map { name in
            verdict(name, hangs.filter { $0.verdict == name }, isExpected: name == expected)
        }
        if let stalls, stalls > 0 {
            found.append(
                RunVerdict(
                    name: "stall",
                    exitCode: Code.stalled,
                    sentence: "\(stalls) request\(stalls == 1 ? "" : "s") or waits became older "
                        + "than the stall limit",
                    isExpected: expected == "stall" || isAllExpected(hangs, expected)
                )
            )
        }
        if let expected, !found.contains(where: { $0.name == expected }) {
            let sentence = "the profile expects the verdict \(expected), and it did not come"
            found.append(
                RunVerdict(
                    name: "expected verdict absent",
                    exitCode: Code.expectedAbsent,
                    sentence: sentence
                )
            )
        }
        return found
    }

    /// Whether there are hangs, and every one has the expected verdict.
    package static func isAllExpected(_ hangs: [HangRow], _ expected: String?) -> Bool {
        !hangs.isEmpty && hangs.allSatisfy { $0.verdict == expected }
    }

    private static func verdict(
        _ name: String,
        _ hangs: [HangRow],
        isExpected: Bool
    ) -> RunVerdict {
        let isFinal = hangs.contains { $0.exitCode == Code.deadlock }
        let more = hangs.count > 1 ? " (and \(hangs.count - 1) more like it)" : ""
        return RunVerdict(
            name: name,
            exitCode: isFinal ? Code.deadlock : Code.stalled,
            sentence: "\(name): \(hangs.first?.sentence ?? "")\(more)",
            isExpected: isExpected
        )
    }
}
