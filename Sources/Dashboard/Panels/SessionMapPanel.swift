internal import Primitives

/// All sessions at once, a letter for each, or for each group of neighbours, whose worst counts.
struct SessionMapPanel {
    let context: Context

    private var sessions: [DashboardModel.Session] { context.model.sessions }

    func rowsNeeded(width: Int) -> Int {
        min(12, max(1, (sessions.count + max(1, width) - 1) / max(1, width)))
    }

    func draw(into screen: inout Screen, in area: Area) {
        let slots = area.width * (area.height - 1)
        guard slots > 0 else { return }
        let group = max(1, (sessions.count + slots - 1) / slots)
        let title =
            group == 1 ? "session map" : "session map: 1 cell = \(group) sessions, worst wins"
        context.rule(title, right: legend(title, area.width), into: &screen.frame, in: area)
        if sessions.isEmpty { screen.frame.put("no sessions yet", .faint, row: 1, in: area) }
        for (slot, start) in stride(from: 0, to: sessions.count, by: group).enumerated() {
            let end = min(start + group, sessions.count)
            var worst = SessionState.ended
            for index in start..<end { worst = max(worst, sessions[index].state) }
            let (column, row) = (slot % area.width, slot / area.width + 1)
            screen.frame.fill(
                worst.letter,
                worst.role,
                column: column,
                row: row,
                count: 1,
                in: area
            )
            screen.addHit(
                Area(x: area.x + column, y: area.y + row, width: 1, height: 1),
                .sessions(first: sessions[start].number, last: sessions[end - 1].number)
            )
        }
    }

    /// What the letters mean: those that are on the map, the worst first, as many as fit.
    private func legend(_ title: String, _ width: Int) -> String {
        var isPresent = [Bool](repeating: false, count: SessionState.allCases.count)
        for index in sessions.indices { isPresent[Int(sessions[index].state.rawValue)] = true }
        var legend = ""
        for state in SessionState.allCases.reversed() where isPresent[Int(state.rawValue)] {
            let next = "\(state.letter) \(state.word.lowercased())"
            guard title.count + legend.count + next.count + 12 <= width else { break }
            legend += legend.isEmpty ? next : "  \(next)"
        }
        return legend
    }
}
