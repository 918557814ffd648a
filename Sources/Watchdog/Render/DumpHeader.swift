internal import Primitives

/// What a dump says of the run besides the hang itself.
package struct DumpHeader: Hashable, Sendable {
    /// Empty when the run has no id.
    package var run: String
    package var seed: UInt64?
    /// The client model's name; empty for none.
    package var client: String
    /// A line below the header, such as that the model's locks are a reconstruction.
    package var note: String

    package init(run: String = "", seed: UInt64? = nil, client: String = "", note: String = "") {
        self.run = run
        self.seed = seed
        self.client = client
        self.note = note
    }
}

extension Hang {
    /// What happened, in one sentence without a line break.
    package var sentence: String {
        let certainty = isSuspected ? " (suspected)" : ""
        let held = behind.isEmpty ? "" : "; \(Format.count(behind.count, "session")) behind"
        return "\(verdict.rawValue)\(certainty): \(Format.line(explanation))\(held)"
    }

    /// The same without verdict and without those behind.
    package var explanation: String {
        let names = cycle.prefix(3).map(\.name).joined(separator: ", ")
        let all = cycle.count > 3 ? "\(names) and \(cycle.count - 3) more" : names
        if isRing {
            let wanted = cycle.prefix(3).compactMap(\.wants.first?.resource)
            let verb = cycle.count == 1 ? "waits" : "wait"
            return "\(all) \(verb) in a ring for \(wanted.joined(separator: ", "))"
        }
        if !evidence.isEmpty { return "\(all): \(evidence)" }
        guard let first = cycle.first, let want = first.wants.first else { return all }
        let holders = want.heldBy.prefix(3).map { "\($0.name)\($0.state.note)" }
        return "\(first.name) waits for \(want.resource)"
            + (holders.isEmpty ? "" : ", which \(holders.joined(separator: ", ")) has")
    }

    /// `confirmed (2 snapshots, 0.250 s)`.
    package var confirmationText: String {
        switch confirmation {
        case .exact: "confirmed (1 exact snapshot)"
        case .readings(let apart):
            "confirmed (2 snapshots, "
                + Format.plainSeconds(UInt64(max(0, apart.wholeNanoseconds))) + " s)"
        }
    }
}

extension WaitSnapshot.Party.State {
    /// Nothing for the living.
    var note: String {
        switch self {
        case .alive: ""
        case .ended: " (ended)"
        case .outside: " (outside our view)"
        }
    }
}
