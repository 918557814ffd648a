internal import Primitives
internal import TerminalServer

/// What one session waits for and holds, with the names of those who hold what it wants.
struct SessionWaits {
    var waits: [DashboardModel.Wait] = []
    var holds: [DashboardModel.Hold] = []

    /// `CONN[ns1]<s42`: for a column of a list.
    var short: String {
        guard let wait = waits.first else { return "" }
        let holder = wait.heldBy.first.map { "<\($0.session?.description ?? $0.name)" } ?? ""
        return wait.resource + holder
    }

    private func holding(_ hold: DashboardModel.Hold) -> SessionWaits {
        SessionWaits(waits: waits, holds: holds + [hold])
    }

    private func waiting(_ wait: DashboardModel.Wait) -> SessionWaits {
        SessionWaits(waits: waits + [wait], holds: holds)
    }

    /// The waits and holds of one host, by the indices of its sessions.
    static func all(
        of found: WaitsAndHolds,
        numbers: [SessionNumber],
        tasksPerSession: Int,
        at now: Instant
    ) -> [SessionWaits?] {
        var all = [SessionWaits?](repeating: nil, count: numbers.count)
        var holders: [String: [DashboardModel.Holder]] = [:]
        for hold in found.holds {
            let session = hold.task / tasksPerSession
            guard numbers.indices.contains(session) else { continue }
            let age = now.nanoseconds(since: hold.since)
            let mode = hold.mode.letter
            holders[hold.resource, default: []].append(
                .init(session: numbers[session], name: "", mode: mode, age: age)
            )
            let known = all[session] ?? SessionWaits()
            all[session] = known.holding(
                .init(
                    resource: hold.resource,
                    mode: mode,
                    age: age,
                    line: "line \(hold.line)"
                )
            )
        }
        for wait in found.waits {
            let session = wait.task / tasksPerSession
            guard numbers.indices.contains(session) else { continue }
            let known = all[session] ?? SessionWaits()
            all[session] = known.waiting(
                .init(
                    resource: wait.resource,
                    mode: wait.mode?.letter ?? "",
                    age: now.nanoseconds(since: wait.since),
                    line: "line \(wait.line)",
                    heldBy: holders[wait.resource] ?? []
                )
            )
        }
        return all
    }
}
