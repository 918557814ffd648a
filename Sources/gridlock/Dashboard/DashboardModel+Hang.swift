internal import Dashboard
internal import Primitives
internal import Watchdog

extension DashboardModel.Hang {
    /// The watchdog's hang as the wait-for view shows it at `now`, when all of it has grown older.
    init(_ hang: Hang, at now: Instant) {
        let more = now.nanoseconds(since: hang.instant)
        self.init(id: hang.id, verdict: hang.verdict.rawValue)
        isDeadlock = hang.isPermanent && hang.isProved
        isConfirmed = hang.isProved
        isRing = hang.isRing
        at = hang.closedAt.nanoseconds
        age = now.nanoseconds(since: hang.closedAt)
        evidence = Self.evidence(hang.confirmation)
        cycle = hang.cycle.map { .init($0, older: more) }
        let shown = hang.cycle.compactMap(\.session)
        others = hang.component.filter { !shown.contains($0) }
        behind = hang.behind
        behindCount = hang.behind.count
        why = hang.isRing ? Self.why(hang.cycle) : hang.sentence + "."
        if let timer = hang.timer { why += " \(timer.name) will end it." }
        knownSince = hang.conflicts.first?.edges.map(\.first.nanoseconds).max()
        file = HangKeeper.stem(of: hang) + ".txt"
    }

    private static func evidence(_ confirmation: Hang.Confirmation) -> String {
        switch confirmation {
        case .exact: "1 exact snapshot"
        case .readings(let apart):
            "2 snapshots, \(Decimals.text(apart.seconds, places: 2)) s apart"
        }
    }

    /// Who has what the next one wants, round the ring.
    private static func why(_ cycle: [Hang.Member]) -> String {
        let parts = cycle.map { member in
            let held = member.holds.map { "\($0.resource) \($0.mode)" }.joined(separator: " and ")
            let wanted = member.wants.first.map { "\($0.resource) \($0.mode)" } ?? "nothing"
            let name = DashboardModel.Member.name(of: member)
            return "\(name) keeps \(held.isEmpty ? "nothing" : held) while it wants \(wanted)"
        }
        return parts.joined(separator: "; ") + ". None of them can go on."
    }
}

extension DashboardModel.Member {
    /// A member whose ages are taken so many nanoseconds later.
    init(_ member: Hang.Member, older more: UInt64) {
        let want = member.wants.first
        self.init(
            session: member.session,
            name: Self.name(of: member),
            operation: member.operation,
            path: member.path,
            age: (member.stalled ?? want?.age ?? 0) + more,
            wants: want.map { .init($0, older: more) }
                ?? DashboardModel.Wait(resource: "nothing", age: 0),
            holds: member.holds.map { hold in
                .init(
                    resource: hold.resource,
                    mode: hold.mode,
                    age: hold.age + more,
                    line: DashboardModel.Wait.place(hold.site)
                )
            }
        )
    }

    /// Sessions go by the name that all other views give them.
    static func name(of member: Hang.Member) -> String {
        guard let session = member.session, member.name == "S\(session.rawValue)" else {
            return member.name
        }
        return session.description
    }
}

extension DashboardModel.Wait {
    /// A wait whose ages are taken so many nanoseconds later.
    init(_ want: Hang.Want, older more: UInt64) {
        self.init(
            resource: want.resource,
            mode: want.mode,
            age: want.age + more,
            line: Self.place(want.site),
            heldBy: want.heldBy.map { holder in
                let number = holder.name.hasPrefix("S") ? Int(holder.name.dropFirst()) : nil
                return .init(
                    session: number.map { SessionNumber($0) },
                    name: holder.name,
                    mode: holder.mode,
                    age: holder.age + more
                )
            },
            place: want.place > 0 ? "\(want.place)/\(want.queueLength)" : ""
        )
    }

    /// `q260752:98` of `q260752:98 hold(CONN, exclusive) {`: the dump has the rest.
    static func place(_ site: String) -> String { String(site.prefix { $0 != " " }) }
}

extension DashboardModel.OrderConflict {
    /// The first two edges of a ring of classes.
    init?(_ conflict: LockOrder.Conflict) {
        guard conflict.edges.count >= 2 else { return nil }
        let (forward, backward) = (conflict.edges[0], conflict.edges[1])
        self.init(
            first: forward.held,
            second: forward.wanted,
            forward: forward.count,
            backward: backward.count,
            since: max(forward.first, backward.first).nanoseconds
        )
    }
}
