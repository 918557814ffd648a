internal import Primitives

/// All sessions, one a row, and below them what the selected one is doing.
struct SessionsPanel {
    let context: Context

    private struct Field {
        let column: SessionColumn?
        let width: Int
        let isLeft: Bool
        /// The greatest goes first when there is no room.
        let rank: Int
    }

    private static let pointerWidth = 2
    private static let trendWidth = 6
    private static let explanationRows = 4

    func draw(into screen: inout Screen, in area: Area) {
        let fields = Self.fields(width: area.width - Self.pointerWidth)
        drawHeading(fields, into: &screen, in: area)
        let explains = area.height >= 12
        let below = area.top(1).rest
        let (list, explanation) =
            below.top(below.height - (explains ? Self.explanationRows : 0))
        let rows = context.state.rows(of: context.model)
        guard let cursor = context.state.cursorRow(in: rows, of: context.model), list.height > 0
        else {
            let why =
                context.model.sessions.isEmpty ? "no sessions yet" : "no session passes the filter"
            screen.frame.put(why, .faint, column: 2, row: 1, in: list)
            return
        }
        let first = cursor / list.height * list.height
        for (row, index) in rows.dropFirst(first).prefix(list.height).enumerated() {
            let session = context.model.sessions[index]
            let isSelected = first + row == cursor
            draw(session, fields, row: row, isSelected: isSelected, into: &screen.frame, in: list)
            let line = Area(x: list.x, y: list.y + row, width: list.width, height: 1)
            screen.addHit(line, .session(session.number))
        }
        guard explains else { return }
        let session = context.model.sessions[rows[cursor]]
        let last = min(first + list.height, rows.count)
        let place = "rows \(first + 1)-\(last) of \(rows.count)"
        explain(session, place: place, into: &screen.frame, in: explanation)
    }

    /// The columns that fit, with what is left given to the words.
    private static func fields(width: Int) -> [Field] {
        var fields = [
            Field(column: .number, width: 6, isLeft: true, rank: 0),
            Field(column: .user, width: 8, isLeft: true, rank: 2),
            Field(column: .host, width: 4, isLeft: false, rank: 13),
            Field(column: .state, width: 6, isLeft: true, rank: 0),
            Field(column: .operation, width: 8, isLeft: true, rank: 0),
            Field(column: .age, width: 5, isLeft: false, rank: 0),
            Field(column: .last, width: 5, isLeft: false, rank: 6),
            Field(column: .p50, width: 5, isLeft: false, rank: 3),
            Field(column: .p99, width: 5, isLeft: false, rank: 1),
            Field(column: .maximum, width: 5, isLeft: false, rank: 5),
            Field(column: .operations, width: 5, isLeft: false, rank: 4),
            Field(column: .errors, width: 3, isLeft: false, rank: 7),
            Field(column: .rate, width: 5, isLeft: false, rank: 12),
            Field(column: nil, width: trendWidth, isLeft: true, rank: 8),
            Field(column: .waitsOn, width: 16, isLeft: true, rank: 11),
        ]
        while total(fields) > width, let worst = fields.map(\.rank).max(), worst > 0 {
            fields.removeAll { $0.rank == worst }
        }
        var left = max(0, width - total(fields))
        for (column, most) in [(SessionColumn.user, 16), (.waitsOn, 48)] {
            guard let index = fields.firstIndex(where: { $0.column == column }) else { continue }
            let more = min(left, most - fields[index].width)
            left -= more
            let field = fields[index]
            fields[index] = Field(
                column: column,
                width: field.width + more,
                isLeft: true,
                rank: field.rank
            )
        }
        return fields
    }

    private static func total(_ fields: [Field]) -> Int {
        fields.reduce(-1) { $0 + $1.width + 1 }
    }

    private func drawHeading(_ fields: [Field], into screen: inout Screen, in area: Area) {
        var column = Self.pointerWidth
        for field in fields {
            let name = field.column?.heading ?? "60s"
            let isSorted = field.column == context.state.order.column
            let role: Role = isSorted ? .key : .faint
            if field.isLeft {
                screen.frame.put(name, role, column: column, in: area)
            } else {
                screen.frame.putRight(name, role, endingAt: column + field.width, in: area)
            }
            if let target = field.column {
                let hit = Area(x: area.x + column, y: area.y, width: field.width, height: 1)
                screen.addHit(hit, .column(target))
            }
            column += field.width + 1
        }
    }

    private func draw(
        _ session: DashboardModel.Session,
        _ fields: [Field],
        row: Int,
        isSelected: Bool,
        into frame: inout Frame,
        in area: Area
    ) {
        if isSelected { frame.put(context.characters.pointer, .key, row: row, in: area) }
        var column = Self.pointerWidth
        for field in fields {
            let (text, role) = cell(of: session, field.column)
            let shown = TextWidth.cut(text, to: field.width, context.characters)
            let cellRole = isSelected && role == .plain ? .strong : role
            if field.isLeft {
                frame.put(shown, cellRole, column: column, row: row, in: area)
            } else {
                frame.putRight(shown, cellRole, endingAt: column + field.width, row: row, in: area)
            }
            column += field.width + 1
        }
        if isSelected { frame.mark(.selected, row: row, in: area) }
    }

    private func cell(
        of session: DashboardModel.Session,
        _ column: SessionColumn?
    ) -> (String, Role) {
        let flight = session.inFlight
        let stateRole = session.state.role
        switch column {
        case .number: return (session.number.description, stateRole)
        case .user: return (session.user, .plain)
        case .host: return ("\(session.host)", .faint)
        case .state: return (session.state.word, stateRole)
        case .operation: return (flight?.operation.uppercased() ?? "-", .plain)
        case .age: return (flight.map { Figures.age($0.age) } ?? "-", stateRole)
        case .last: return (Figures.latency(session.last), .plain)
        case .p50: return (Figures.latency(session.p50), .plain)
        case .p99: return (Figures.latency(session.p99), .plain)
        case .maximum: return (Figures.latency(session.maximum), .plain)
        case .operations: return (Figures.count(session.operations), .plain)
        case .errors:
            return (Figures.count(session.errors), session.errors > 0 ? .warning : .faint)
        case .rate:
            return (Figures.rate(session.rate), .faint)
        case .waitsOn: return (flight?.waitsOn ?? "", .plain)
        case nil: return (session.trend.pairs(context.characters), .key)
        }
    }

    /// What the selected session does, waits for and holds.
    private func explain(
        _ session: DashboardModel.Session,
        place: String,
        into frame: inout Frame,
        in area: Area
    ) {
        context.rule("selected \(session.number)", right: place, into: &frame, in: area)
        let words = SessionWords(context: context, session: session)
        SpanLine.draw(words.doing, row: 1, into: &frame, in: area)
        SpanLine.draw(words.waiting, row: 2, into: &frame, in: area)
        SpanLine.draw(words.holding, row: 3, into: &frame, in: area)
    }
}

/// What is known of a session, in lines: the list and the detail say it alike.
struct SessionWords {
    let context: Context
    let session: DashboardModel.Session

    private var detail: DashboardModel.Detail? {
        context.model.detail.flatMap { $0.session == session.number ? $0 : nil }
    }

    var doing: [Span] {
        guard let flight = session.inFlight else {
            return [
                Span(session.state.word, session.state.role), Span("nothing is under way", .faint),
            ]
        }
        return [
            Span(flight.operation.uppercased(), .strong),
            Span(flight.pathText),
            Span("under way for \(Figures.age(flight.age))", session.state.role, rank: 1),
        ]
    }

    var waiting: [Span] {
        if let wait = detail?.waits.first {
            let mode = wait.mode.isEmpty ? "" : " \(wait.mode)"
            let place = wait.place.isEmpty ? "" : "queue \(wait.place)"
            return [
                Span("waits for", .faint),
                Span("\(wait.resource)\(mode)", .strong),
                Span(Figures.age(wait.age), session.state.role),
                Span(wait.heldBy.isEmpty ? "" : "held by \(Self.holders(wait))"),
                Span(wait.line, .faint, rank: 2),
                Span(place, .faint, rank: 3),
            ]
        }
        let waitsOn = session.inFlight?.waitsOn ?? ""
        if waitsOn.isEmpty { return [Span("waits for nothing", .faint)] }
        return [Span("waits for", .faint), Span(waitsOn, .strong)]
    }

    var holding: [Span] {
        var spans: [Span] = []
        if let holds = detail?.holds, !holds.isEmpty {
            spans.append(Span("holds", .faint))
            for (index, hold) in holds.enumerated() {
                let mode = hold.mode.isEmpty ? "" : " \(hold.mode)"
                spans.append(Span("\(hold.resource)\(mode) \(Figures.age(hold.age))", rank: index))
            }
        } else {
            spans.append(Span("holds nothing that is known", .faint))
        }
        if let place = placeInHang { spans.append(Span(place, .bad)) }
        return spans
    }

    /// `in deadlock 1`, `behind deadlock 1`; nil for a session that no open hang touches.
    var placeInHang: String? {
        for hang in context.model.hangs where !hang.isOver {
            let name = "\(hang.verdict) \(hang.id)"
            if hang.cycle.contains(where: { $0.session == session.number }) { return "in \(name)" }
            if hang.others.contains(session.number) { return "in \(name)" }
            if hang.behind.contains(session.number) { return "behind \(name)" }
        }
        return nil
    }

    static func holders(_ wait: DashboardModel.Wait) -> String {
        let shown = wait.heldBy.prefix(4).map { holder in
            let mode = holder.mode.isEmpty ? "" : " \(holder.mode)"
            let age = holder.age > 0 ? " \(Figures.age(holder.age))" : ""
            return (holder.session?.description ?? "? \(holder.name)") + mode + age
        }
        let more = wait.heldBy.count > 4 ? " +\(wait.heldBy.count - 4)" : ""
        return shown.joined(separator: ", ") + more
    }
}
