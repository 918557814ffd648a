internal import Primitives

/// What happened, newest first; the row at the top is the one that Enter follows.
struct EventsPanel {
    let context: Context

    func draw(into screen: inout Screen, in area: Area) {
        let events = context.state.shownEvents(of: context.model)
        guard !events.isEmpty else {
            let why = context.model.events.isEmpty ? "nothing happened yet" : "no event passes"
            screen.frame.put(why, .faint, column: 2, row: 1, in: area)
            return
        }
        let scroll = min(context.state.eventScroll, events.count - 1)
        var row = 0
        for event in events.dropLast(scroll).reversed() {
            guard row < area.height else { return }
            row = draw(event, row: row, isFirst: row == 0 && scroll > 0, into: &screen, in: area)
        }
    }

    /// Draws the event from `row` on, and returns the row behind it.
    private func draw(
        _ event: DashboardModel.Event,
        row: Int,
        isFirst: Bool,
        into screen: inout Screen,
        in area: Area
    ) -> Int {
        let (word, role): (String, Role) =
            switch event.level {
            case .information: ("INFO", .faint)
            case .warning: ("WARN", .warning)
            case .critical: ("CRIT", .bad)
            }
        let clock = TextWidth.right(Figures.moment(event.at), to: 7)
        var column = screen.frame.put(clock, .faint, row: row, in: area)
        column = screen.frame.put(word, role, column: column + 1, row: row, in: area)
        let source = TextWidth.cut(event.source, to: 9, context.characters)
        screen.frame.put(source, .key, column: column + 1, row: row, in: area)
        let indent = column + 11
        // A session is named once, even where the sentence names it as well.
        let name = event.session?.description ?? ""
        let text = event.text.contains(name) ? event.text : "\(name) \(event.text)"
        let lines = TextWidth.wrapped(text, to: max(8, area.width - indent))
        for (offset, line) in lines.prefix(2).enumerated() {
            screen.frame.put(line, column: indent, row: row + offset, in: area)
        }
        if isFirst { screen.frame.mark(.selected, row: row, in: area) }
        let height = max(1, min(2, lines.count))
        if let session = event.session {
            let hit = Area(x: area.x, y: area.y + row, width: area.width, height: height)
            screen.addHit(hit, .session(session))
        }
        return row + height
    }
}
