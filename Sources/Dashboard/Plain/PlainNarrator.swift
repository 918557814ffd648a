internal import Primitives

/// The dashboard for screen readers: lines of plain text, one for each change worth hearing.
///
/// No escape sequence, no line drawn twice; every `period` a line on how it goes.
package struct PlainNarrator: Hashable, Sendable {
    /// Nanoseconds between two lines on how it goes.
    private let period: UInt64
    private var last: DashboardModel.Run?
    private var lastCounts: [Int] = []
    private var lastProgressAt: UInt64 = 0
    private var openHangs: [Int] = []
    private var eventCount = 0
    private var faults: [DashboardModel.Fault] = []

    package init(period: UInt64 = 10_000_000_000) { self.period = period }

    /// What is new in `model` since the last call, in sentences.
    package mutating func lines(for model: DashboardModel) -> [String] {
        var lines: [String] = []
        let run = model.run
        if let last {
            lines += runChanges(from: last, to: run)
        } else {
            lines.append(
                "gridlock \(run.profile) on \(run.target), client \(run.client), "
                    + "\(model.sessions.count) sessions, seed \(run.seed)"
            )
            lines.append("phase \(run.phase)")
        }
        lines += newEvents(model) + hangChanges(model) + faultChanges(model)
        lines += sessionChanges(model)
        if run.elapsed >= lastProgressAt + period, !run.isOver {
            lastProgressAt = run.elapsed
            lines.append(progress(model))
        }
        last = run
        return lines.map { "\(Figures.moment(run.elapsed)) \(Self.printable($0))" }
    }

    private func runChanges(
        from old: DashboardModel.Run,
        to new: DashboardModel.Run
    ) -> [String] {
        var lines: [String] = []
        if new.isOver, !old.isOver {
            lines.append(
                "run over after \(Figures.clock(new.elapsed)): verdict \(new.verdict), "
                    + "exit code \(new.exitCode), \(new.operations) operations, "
                    + "\(new.errors) errors"
            )
        } else if new.phase != old.phase {
            lines.append("phase \(new.phase)")
        }
        if new.isPaused != old.isPaused { lines.append(new.isPaused ? "paused" : "resumed") }
        if new.verdict != old.verdict, !new.isOver {
            lines.append("verdict so far: \(new.verdict)")
        }
        for check in new.checks {
            let before = old.checks.first { $0.label == check.label }?.holds
            guard check.holds != before, let holds = check.holds else { continue }
            let word = holds ? "holds" : "fails"
            lines.append("threshold \(check.label) \(word): \(check.value)")
        }
        return lines
    }

    private mutating func newEvents(_ model: DashboardModel) -> [String] {
        let new = model.events.dropFirst(min(eventCount, model.events.count))
        eventCount = model.events.count
        // The run's own facts say the same.
        return new.filter { $0.source != "phase" && $0.source != "run" }.map { event in
            let word = ["", "warning, ", "critical, "][Int(event.level.rawValue)]
            let session = event.session.map { " \($0)" } ?? ""
            return "\(word)\(event.source)\(session): \(event.text)"
        }
    }

    private mutating func hangChanges(_ model: DashboardModel) -> [String] {
        var lines: [String] = []
        for hang in model.hangs {
            let isKnown = openHangs.contains(hang.id)
            if hang.isOver, isKnown {
                openHangs.removeAll { $0 == hang.id }
                lines.append("hang \(hang.id), \(hang.verdict), is over")
            } else if !hang.isOver, !isKnown {
                openHangs.append(hang.id)
                lines += Self.sentences(for: hang)
            }
        }
        return lines
    }

    private static func sentences(for hang: DashboardModel.Hang) -> [String] {
        let proof = hang.isConfirmed ? "confirmed" : "suspected"
        var lines = [
            "hang \(hang.id): \(hang.verdict), \(proof), \(hang.cycle.count) in the cycle, "
                + "\(hang.behindCount) behind"
        ]
        for member in hang.cycle {
            let holds = member.holds.map { "\($0.resource) \($0.mode)" }.joined(separator: " and ")
            let held = SessionWords.holders(member.wants)
            lines.append(
                "\(member.name) wants \(member.wants.resource) \(member.wants.mode) "
                    + "held by \(held), and holds \(holds.isEmpty ? "nothing" : holds)"
            )
        }
        if !hang.why.isEmpty { lines.append("why: \(hang.why)") }
        return lines
    }

    private mutating func faultChanges(_ model: DashboardModel) -> [String] {
        defer { faults = model.faults }
        return model.faults.enumerated().compactMap { index, fault in
            guard index < faults.count, faults[index].isOn != fault.isOn else { return nil }
            return "fault \(fault.name) is \(fault.isOn ? "on" : "off")"
        }
    }

    /// Only the bad states are told, and only when their counts change.
    private mutating func sessionChanges(_ model: DashboardModel) -> [String] {
        var counts = [Int](repeating: 0, count: SessionState.allCases.count)
        for session in model.sessions { counts[Int(session.state.rawValue)] += 1 }
        defer { lastCounts = counts }
        let bad: [(SessionState, String)] = [
            (.deadlocked, "deadlocked"), (.stalled, "stalled"), (.behind, "behind a hang"),
            (.failed, "failed"),
        ]
        return bad.compactMap { state, word in
            let index = Int(state.rawValue)
            let before = lastCounts.isEmpty ? 0 : lastCounts[index]
            guard counts[index] != before else { return nil }
            return "\(counts[index]) sessions \(word), \(before) before"
        }
    }

    private func progress(_ model: DashboardModel) -> String {
        let active = model.sessions.count { $0.state != .waiting && $0.state != .ended }
        let oldest = model.sessions.reduce(0) { max($0, $1.age) }
        let run = model.run
        return
            "\(active) of \(model.sessions.count) sessions active, \(run.operations) operations, "
            + "\(Figures.rate(run.rate)) a second, "
            + "\(run.errors) errors, oldest under way \(Figures.age(oldest))"
    }

    /// The text without anything that a terminal could take for a command.
    private static func printable(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            kept.append(ScalarWidth.cells(scalar) < 0 ? "?" : scalar)
        }
        return String(kept)
    }
}
