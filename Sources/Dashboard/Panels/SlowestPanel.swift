internal import Primitives

/// Who waits longest right now, and for what: a stall shows here before it has a latency.
struct SlowestPanel {
    let context: Context

    func draw(into screen: inout Screen, in area: Area) {
        let rows = area.height - 1
        guard rows > 0 else { return }
        let isWide = area.width >= 60
        screen.frame.put("slowest now", .title, in: area)
        screen.frame.putRight("age", .faint, endingAt: ageEnd(isWide), in: area)
        screen.frame.put("waiting on", .faint, column: ageEnd(isWide) + 1, in: area)
        let least = context.model.run.worthListing
        let oldest = Self.oldest(of: context.model.sessions, from: least, count: rows + 1)
        let shown = oldest.count > rows ? oldest.prefix(rows - 1) : oldest.prefix(rows)
        for (row, session) in shown.enumerated() {
            draw(session, row: row + 1, isWide: isWide, into: &screen.frame, in: area)
            let line = Area(x: area.x, y: area.y + row + 1, width: area.width, height: 1)
            screen.addHit(line, .session(session.number))
        }
        if oldest.isEmpty {
            let text = "nothing older than \(Figures.age(least))"
            screen.frame.put(text, .faint, row: 1, in: area)
        } else if oldest.count > rows {
            let all = context.model.sessions.count { $0.inFlight != nil && $0.age >= least }
            screen.frame.put(
                "+\(all - shown.count) more, [2] lists all",
                .faint,
                row: rows,
                in: area
            )
        }
    }

    private func ageEnd(_ isWide: Bool) -> Int { isWide ? 38 : 20 }

    private func draw(
        _ session: DashboardModel.Session,
        row: Int,
        isWide: Bool,
        into frame: inout Frame,
        in area: Area
    ) {
        guard let flight = session.inFlight else { return }
        let role = session.state.role
        var column = frame.put("\(session.number)", role, row: row, in: area)
        column = max(6, column + 1)
        if isWide {
            let user = TextWidth.cut(session.user, to: 15, context.characters)
            frame.put(user, .faint, column: column, row: row, in: area)
            column = max(22, column + TextWidth.cells(user) + 1)
        }
        let end = ageEnd(isWide)
        let age = Figures.age(flight.age)
        let name = TextWidth.cut(
            flight.operation,
            to: max(0, end - age.count - 1 - column),
            context.characters
        )
        frame.put(
            name,
            row: row,
            in: Area(x: area.x + column, y: area.y, width: area.width - column, height: area.height)
        )
        frame.putRight(age, role, endingAt: end, row: row, in: area)
        let waits = flight.waitsOn.isEmpty ? "-" : flight.waitsOn
        let room = area.width - end - 1
        let text = TextWidth.cut(waits, to: room, context.characters)
        frame.put(text, column: end + 1, row: row, in: area)
    }

    /// The sessions with the oldest operation under way, oldest first.
    ///
    /// One pass over all: nobody is moved in front of an equal, so that equals keep their order.
    static func oldest(
        of sessions: [DashboardModel.Session],
        from least: UInt64,
        count: Int
    ) -> [DashboardModel.Session] {
        var best: [(age: UInt64, index: Int)] = []
        for index in sessions.indices {
            guard let age = sessions[index].inFlight?.age, age >= least else { continue }
            if best.count == count, let last = best.last, last.age >= age { continue }
            let place = best.firstIndex { $0.age < age } ?? best.count
            best.insert((age, index), at: place)
            if best.count > count { best.removeLast() }
        }
        return best.map { sessions[$0.index] }
    }
}
