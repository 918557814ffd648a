internal import Primitives

/// The wait-for graph: the hangs on the left, one of them explained on the right, and below both
/// the orders in which locks were taken.
struct WaitForPanel {
    let context: Context

    func draw(into screen: inout Screen, in area: Area) {
        let conflicts = context.model.orderConflicts
        let conflictRows = conflicts.isEmpty ? 0 : min(conflicts.count, max(1, area.height / 8)) + 1
        let (upper, lower) = area.top(area.height - conflictRows)
        let (left, beside) = upper.left(max(24, min(34, area.width / 3)))
        drawComponents(into: &screen, in: left)
        for row in 0..<beside.height {
            screen.frame.put(context.characters.vertical, .rule, row: row, in: beside)
        }
        let right = beside.left(1).rest
        drawLines(explanation(width: right.width), into: &screen.frame, in: right)
        if conflictRows > 0 { drawConflicts(conflicts, into: &screen.frame, in: lower) }
    }

    private func drawComponents(into screen: inout Screen, in area: Area) {
        screen.frame.put("HANGS", .title, in: area)
        screen.frame.putRight("n", .faint, endingAt: area.width - 7, in: area)
        screen.frame.putRight("age", .faint, endingAt: area.width - 1, in: area)
        let hangs = context.model.hangs
        let legend = legend
        let listRows = max(1, area.height - 1 - legend.count - 1)
        let chosen = min(max(0, context.state.component), max(0, hangs.count - 1))
        let perPage = max(1, listRows / 2)
        var row = 1
        let first = chosen / perPage * perPage
        for (index, hang) in hangs.enumerated().dropFirst(first).prefix(perPage) {
            draw(hang, isChosen: index == chosen, row: row, into: &screen.frame, in: area)
            let hit = Area(x: area.x, y: area.y + row, width: area.width, height: 2)
            screen.addHit(hit, .component(index))
            row += hang.behindCount > 0 ? 2 : 1
        }
        if hangs.isEmpty { screen.frame.put("none", .faint, column: 2, row: 1, in: area) }
        for (offset, spans) in legend.enumerated() {
            let row = area.height - legend.count + offset
            SpanLine.draw(spans, row: row, into: &screen.frame, in: area)
        }
    }

    private func draw(
        _ hang: DashboardModel.Hang,
        isChosen: Bool,
        row: Int,
        into frame: inout Frame,
        in area: Area
    ) {
        let role: Role = hang.isOver ? .faint : hang.isDeadlock ? .deadlocked : .stalled
        if isChosen { frame.put(context.characters.pointer, .key, row: row, in: area) }
        let name = TextWidth.cut(
            "\(hang.id) \(hang.verdict)",
            to: area.width - 12,
            context.characters
        )
        frame.put(name, role, column: 2, row: row, in: area)
        let count = hang.cycle.count + hang.others.count
        frame.putRight("\(count)", endingAt: area.width - 7, row: row, in: area)
        let age = hang.isOver ? "over" : Figures.age(hang.age)
        frame.putRight(
            age,
            hang.isOver ? .faint : .plain,
            endingAt: area.width - 1,
            row: row,
            in: area
        )
        guard hang.behindCount > 0 else { return }
        frame.put("behind it", .behind, column: 4, row: row + 1, in: area)
        frame.putRight(
            "\(hang.behindCount)",
            .behind,
            endingAt: area.width - 7,
            row: row + 1,
            in: area
        )
    }

    private var legend: [[Span]] {
        [
            [Span(context.characters.arrow, .key), Span("needs (all of it)", .faint)],
            [Span(context.characters.anyArrow, .key), Span("needs any of it", .faint)],
            [Span("S X", .key), Span("shared, exclusive", .faint)],
        ]
    }

    private func explanation(width: Int) -> [[Span]] {
        guard let hang = context.state.shownHang(in: context.model) else { return nothing(width) }
        var lines = heading(hang, width)
        for member in hang.cycle { lines += self.lines(for: member, width) }
        if hang.isRing, let first = hang.cycle.first?.name {
            let mark = context.characters.backArrow
            lines.append([Span("\(mark) \(first) again: the cycle is closed", .faint)])
        }
        lines += TextWidth.wrapped(hang.why, to: width - 6).enumerated().map { index, line in
            [Span(index == 0 ? "why" : "   ", .title), Span(line)]
        }
        if let since = hang.knownSince {
            let text = "the order conflict was known since \(Figures.moment(since))"
            lines.append([Span(text, .faint)])
        }
        if let file = hang.file { lines.append([Span("dump \(file)", .faint)]) }
        if !hang.others.isEmpty {
            lines += list("also in it", hang.others, count: hang.others.count, .stalled, width)
        }
        if hang.behindCount > 0 {
            lines += list("behind", hang.behind, count: hang.behindCount, .behind, width)
        }
        return lines
    }

    private func heading(_ hang: DashboardModel.Hang, _ width: Int) -> [[Span]] {
        let proof = hang.isConfirmed ? "confirmed" : "suspected"
        let role: Role = hang.isOver ? .faint : hang.isDeadlock ? .deadlocked : .stalled
        let evidence = hang.evidence.isEmpty ? "" : ": \(hang.evidence)"
        return [
            [
                Span("\(hang.verdict.uppercased()) \(hang.id)", role),
                Span(hang.isOver ? "over" : "\(proof)\(evidence)", rank: 1),
                Span("at \(Figures.moment(hang.at))", .faint, rank: 2),
            ]
        ]
    }

    private func lines(for member: DashboardModel.Member, _ width: Int) -> [[Span]] {
        let characters = context.characters
        let age = Figures.age(member.age)
        let head = "\(member.name)  \(member.operation.uppercased())"
        let room = width - TextWidth.cells(head) - age.count - 5
        let path = TextWidth.cutStart(member.path, to: max(1, room), characters)
        let gap = String(repeating: " ", count: max(0, room - TextWidth.cells(path)))
        let wants = member.wants
        let (bar, dash) = (characters.vertical, String(characters.horizontal))
        let arrow = wants.isAnyOf ? characters.anyArrow : characters.arrow
        let wanted = resource(wants.resource, wants.mode)
        var lines: [[Span]] = [
            [Span(head, .strong), Span(path + gap), Span(age, .stalled, rank: -1)],
            [
                Span(
                    "  \(characters.tee)\(dash)wants\(arrow) \(wanted)",
                    .key
                ),
                Span(wants.line, .faint, rank: 1),
                Span(wants.place.isEmpty ? "" : "queue \(wants.place)", .faint, rank: 2),
            ],
        ]
        if !wants.heldBy.isEmpty {
            let text = "  \(bar)           \(characters.corner)\(dash)held by\(characters.arrow) "
            lines.append([Span(text + SessionWords.holders(wants))])
        }
        for (index, hold) in member.holds.enumerated() {
            let mark = index + 1 == member.holds.count ? characters.corner : characters.tee
            lines.append(
                [
                    Span(
                        "  \(mark)\(dash)holds\(dash)\(dash) \(resource(hold.resource, hold.mode))"
                    ),
                    Span(Figures.age(hold.age)), Span(hold.line, .faint, rank: 1),
                ]
            )
        }
        return lines
    }

    private func resource(_ name: String, _ mode: String) -> String {
        mode.isEmpty ? name : "\(name) \(mode)"
    }

    private func list(
        _ title: String,
        _ sessions: [SessionNumber],
        count: Int,
        _ role: Role,
        _ width: Int
    ) -> [[Span]] {
        // Two lines of them; the rest is counted.
        var shown = sessions[...]
        let room = 2 * width - title.count - 24
        while shown.reduce(0, { $0 + $1.description.count + 1 }) > room { shown.removeLast() }
        let more = count > shown.count ? " +\(count - shown.count) more" : ""
        let names = shown.map(\.description).joined(separator: " ")
        let lines = TextWidth.wrapped("\(title) (\(count)): \(names)\(more)", to: width - 1)
        return lines.map { [Span($0, role)] }
    }

    private func nothing(_ width: Int) -> [[Span]] {
        let run = context.model.run
        let text =
            "Nobody hangs. A request or a wait older than \(Figures.age(run.stallAfter)) is "
            + "a stall; what the watchdog makes of one is shown here: who waits for what, who "
            + "holds it, and why."
        let conflicts =
            context.model.orderConflicts.isEmpty
            ? "No two locks were taken in both orders so far."
            : "Locks were taken in both orders, see below: a deadlock is possible."
        return [[]] + TextWidth.wrapped(text, to: width - 1).map { [Span($0)] } + [[]]
            + TextWidth.wrapped(conflicts, to: width - 1).map { [Span($0, .faint)] }
    }

    private func drawLines(_ lines: [[Span]], into frame: inout Frame, in area: Area) {
        let isCut = lines.count > area.height
        let shown = isCut ? max(0, area.height - 1) : lines.count
        for (row, spans) in lines.prefix(shown).enumerated() {
            SpanLine.draw(spans, row: row, into: &frame, in: area)
        }
        if isCut {
            let text = "\(lines.count - shown) more lines; a taller terminal or the dump has them"
            frame.put(text, .faint, row: area.height - 1, in: area)
        }
    }

    private func drawConflicts(
        _ conflicts: [DashboardModel.OrderConflict],
        into frame: inout Frame,
        in area: Area
    ) {
        context.rule("order conflicts", right: "locks taken in both orders", into: &frame, in: area)
        for (row, conflict) in conflicts.prefix(max(0, area.height - 1)).enumerated() {
            let arrow = context.characters.right
            let spans = [
                Span(
                    "\(conflict.first) \(arrow) \(conflict.second) \(conflict.forward)x",
                    .warning
                ),
                Span(
                    "\(conflict.second) \(arrow) \(conflict.first) \(conflict.backward)x",
                    .warning
                ),
                Span("since \(Figures.moment(conflict.since))", .faint, rank: 1),
            ]
            SpanLine.draw(spans, row: row + 1, into: &frame, in: area)
        }
    }
}
