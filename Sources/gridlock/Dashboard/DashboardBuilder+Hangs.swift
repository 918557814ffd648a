internal import Dashboard
internal import Primitives
internal import Watchdog

/// The watchdog's word; inside the dashboard's types the name alone means theirs.
typealias WatchdogHang = Hang

/// What the watchdog says, for the dashboard: the same hangs as in the dump files.
extension DashboardBuilder {
    /// All hangs so far; those of `open` are still there.
    mutating func take(_ hangs: [Hang], open: [Int], conflicts: [LockOrder.Conflict]) {
        model.hangs = hangs.map { hang in
            var shown = DashboardModel.Hang(hang, now: model.run.elapsed)
            shown.isOver = !open.contains(hang.id)
            return shown
        }
        model.orderConflicts = conflicts.compactMap(DashboardModel.OrderConflict.init)
        for hang in hangs where open.contains(hang.id) && hang.isProved { mark(hang) }
    }

    private mutating func mark(_ hang: Hang) {
        for number in hang.component { mark(number, .deadlocked) }
        for number in hang.behind { mark(number, .behind) }
        model.run.verdict = hang.verdict.rawValue
        model.run.exitCode = hang.exitCode
    }

    /// Session i stands in row i: numbers are given without gaps.
    private mutating func mark(_ number: SessionNumber, _ state: SessionState) {
        guard model.sessions.indices.contains(number.rawValue) else { return }
        model.sessions[number.rawValue].state = state
    }
}

extension DashboardModel.Hang {
    init(_ hang: WatchdogHang, now: UInt64) {
        self.init(id: hang.id, verdict: hang.verdict.rawValue)
        isDeadlock = hang.isProved && hang.isPermanent
        isConfirmed = hang.isProved
        at = hang.closedAt.nanoseconds
        age = now > hang.since.nanoseconds ? now - hang.since.nanoseconds : 0
        evidence =
            switch hang.confirmation {
            case .exact: "1 exact snapshot"
            case .readings(let apart):
                "2 snapshots, \(Decimals.text(apart.seconds, places: 2)) s apart"
            }
        why = hang.sentence
        let grown = age - min(age, hang.instant.nanoseconds(since: hang.since))
        cycle = hang.cycle.compactMap { DashboardModel.Member($0, later: grown) }
        let ring = cycle.map(\.session)
        others = hang.component.filter { !ring.contains($0) }
        behindCount = hang.behind.count
        behind = Array(hang.behind.prefix(50))
        knownSince = hang.conflicts.flatMap(\.edges).map(\.first.nanoseconds).max()
        file = HangKeeper.stem(of: hang) + ".txt"
    }
}

extension DashboardModel.Member {
    /// Agents of a host belong to no session, and are told by the dump alone.
    init?(_ member: WatchdogHang.Member, later: UInt64) {
        guard let session = member.session, let want = member.wants.first else { return nil }
        self.init(
            session: session,
            operation: member.operation,
            path: member.path,
            age: (member.stalled ?? 0) + later,
            wants: DashboardModel.Wait(
                resource: want.resource,
                mode: want.mode,
                age: want.age + later,
                line: want.site,
                heldBy: want.heldBy.map { holder in
                    .init(
                        session: Self.session(named: holder.name),
                        name: holder.name,
                        mode: holder.mode,
                        age: holder.age + later
                    )
                }
            ),
            holds: member.holds.map {
                .init(resource: $0.resource, mode: $0.mode, age: $0.age + later, line: $0.site)
            }
        )
    }
}

extension DashboardModel.Member {
    /// The watchdog calls a session's own operation `S17`; agents have more to their names.
    private static func session(named name: String) -> SessionNumber? {
        guard name.hasPrefix("S"), let number = Int(name.dropFirst()) else { return nil }
        return SessionNumber(number)
    }
}

extension DashboardModel.OrderConflict {
    /// The two classes of a conflict of two; larger rings of classes are in the dumps.
    init?(_ conflict: LockOrder.Conflict) {
        guard conflict.edges.count == 2, let first = conflict.edges.first,
            let second = conflict.edges.last
        else { return nil }
        self.init(
            first: first.held,
            second: first.wanted,
            forward: first.count,
            backward: second.count,
            since: max(first.first, second.first).nanoseconds
        )
    }
}
