internal import Primitives
internal import TerminalServer

/// When the faults are over and time enough has passed, every session has finished: one that has
/// not, hangs.
struct FinishChecker: Hashable, Sendable {
    let rule = "after the faults every session finishes"

    /// The operations that never ended, as sentences.
    func unfinished(on hosts: [Host], at now: Instant) -> [String] {
        hosts.flatMap { host in
            host.snapshot(at: now).sessions.compactMap { session in
                guard let flight = session.inFlight else { return nil }
                let seconds = Decimals.text(Double(flight.age) / 1e9, places: 1)
                let path = flight.path?.text ?? ""
                return "s\(session.plan.number.rawValue): \(flight.operation) \(path) "
                    + "has not ended for \(seconds) s"
            }
        }
    }
}
