internal import Primitives

/// One session: what it does, what it waits for and holds, how fast it was, what it did before.
struct DetailPanel {
    let context: Context

    func draw(into screen: inout Screen, in area: Area) {
        guard let focus = context.state.focus,
            let session = context.model.sessions.first(where: { $0.number == focus })
        else {
            let text = "choose a session in [2] Sessions and press Enter"
            screen.frame.put(text, .faint, row: 1, in: area)
            return
        }
        let detail = context.model.detail.flatMap { $0.session == focus ? $0 : nil }
        var rest = area
        take(1, of: &rest) { drawState(session, into: &screen.frame, in: $0) }
        let chain = chainLines(session, detail)
        take(1 + min(chain.count, max(3, area.height - 10)), of: &rest) { part in
            context.rule("what it is doing", into: &screen.frame, in: part)
            for (row, spans) in chain.enumerated() {
                SpanLine.draw(spans, row: row + 1, into: &screen.frame, in: part)
            }
        }
        take(4, of: &rest) { drawLatencies(session, detail, into: &screen.frame, in: $0) }
        drawRecent(detail, into: &screen.frame, in: rest)
    }

    private func take(_ rows: Int, of rest: inout Area, _ draw: (Area) -> Void) {
        let (part, below) = rest.top(rows)
        rest = below
        draw(part)
    }

    private func drawState(
        _ session: DashboardModel.Session,
        into frame: inout Frame,
        in area: Area
    ) {
        let run = context.model.run
        let age = session.inFlight.map { " " + Figures.age($0.age) } ?? ""
        let place = SessionWords(context: context, session: session).placeInHang
        let spans = [
            Span("STATE", .faint),
            Span(session.state.word + age, session.state.role),
            Span(place ?? "", .bad),
            Span("stall after \(Figures.age(run.stallAfter))", .faint, rank: 1),
        ]
        SpanLine.draw(spans, row: 0, into: &frame, in: area)
    }

    /// The requests of what is under way, then what it waits for and what it has meanwhile.
    private func chainLines(
        _ session: DashboardModel.Session,
        _ detail: DashboardModel.Detail?
    ) -> [[Span]] {
        let characters = context.characters
        let words = SessionWords(context: context, session: session)
        var lines: [[Span]] = [words.doing]
        for (index, request) in (detail?.chain ?? []).enumerated() {
            let name = TextWidth.padded(request.name.uppercased(), to: 13)
            lines.append(
                [
                    Span(" \(index + 1) \(name)"), Span(request.path), outcome(request),
                    Span(request.outcome == .pending ? "" : request.note, .faint, rank: 2),
                ]
            )
            if request.outcome == .pending, !request.note.isEmpty {
                lines.append([Span("   \(request.note)", .faint)])
            }
        }
        for (index, wait) in (detail?.waits ?? []).enumerated() {
            let isLast = index + 1 == detail?.waits.count && detail?.holds.isEmpty ?? true
            let mark = isLast ? characters.corner : characters.tee
            let arrow = wait.isAnyOf ? characters.anyArrow : characters.arrow
            let mode = wait.mode.isEmpty ? "" : " \(wait.mode)"
            lines.append(
                [
                    Span("   \(mark) wants \(arrow) \(wait.resource)\(mode)", .strong),
                    Span(Figures.age(wait.age), session.state.role),
                    Span(wait.heldBy.isEmpty ? "" : "held by \(SessionWords.holders(wait))"),
                    Span(wait.line, .faint, rank: 2),
                    Span(wait.place.isEmpty ? "" : "queue \(wait.place)", .faint, rank: 3),
                ]
            )
        }
        lines += onwardLines(session, detail)
        for hold in detail?.holds ?? [] {
            let mode = hold.mode.isEmpty ? "" : " \(hold.mode)"
            lines.append(
                [
                    Span("   \(characters.corner) holds \(hold.resource)\(mode)"),
                    Span(Figures.age(hold.age)), Span(hold.line, .faint, rank: 2),
                ]
            )
        }
        if let error = detail?.lastError {
            lines.append([Span("last error: \(error)", .failed)])
        }
        return lines
    }

    /// Whoever keeps the session waiting, what that one waits for, and so on.
    private func onwardLines(
        _ session: DashboardModel.Session,
        _ detail: DashboardModel.Detail?
    ) -> [[Span]] {
        guard let detail, !detail.onward.isEmpty else { return [] }
        var lines = detail.onward.map { hop in
            let wait = hop.wait
            let mode = wait.mode.isEmpty ? "" : " \(wait.mode)"
            return [
                Span("   \(context.characters.tee) \(hop.session)", .strong),
                Span("wants \(context.characters.arrow) \(wait.resource)\(mode)"),
                Span(Figures.age(wait.age)),
                Span(wait.heldBy.isEmpty ? "" : "held by \(SessionWords.holders(wait))"),
                Span(wait.line, .faint, rank: 2),
            ]
        }
        let closes = detail.onward.last?.wait.heldBy.contains { $0.session == session.number }
        if closes == true {
            lines.append([Span("   and so back to \(session.number): a ring", .bad)])
        }
        return lines
    }

    private func outcome(_ request: DashboardModel.Request) -> Span {
        switch request.outcome {
        case .pending: Span("\(context.characters.ellipsis) \(Figures.age(request.took))", .slow)
        case .good: Span("ok \(Figures.latency(request.took))ms", .good)
        case .failed: Span("failed \(Figures.latency(request.took))ms", .failed)
        }
    }

    private func drawLatencies(
        _ session: DashboardModel.Session,
        _ detail: DashboardModel.Detail?,
        into frame: inout Frame,
        in area: Area
    ) {
        context.rule(
            "latency, intended start to answer",
            right: "in ms",
            into: &frame,
            in: area
        )
        let figures = [
            Span("n \(Figures.count(session.operations))"),
            Span("last \(Figures.latency(session.last))", rank: 2),
            Span("p50 \(Figures.latency(session.p50))"),
            Span(detail.map { "p90 \(Figures.latency($0.p90))" } ?? "", rank: 3),
            Span("p99 \(Figures.latency(session.p99))"),
            Span(detail.map { "p99.9 \(Figures.latency($0.p999))" } ?? "", rank: 4),
            Span("max \(Figures.latency(session.maximum))"),
            Span("60s \(session.trend.bars(context.characters))", .key, rank: 1),
        ]
        SpanLine.draw(figures, row: 1, into: &frame, in: area)
        let bounds = context.model.heatMap.bounds
        drawBars("this", detail?.latencies ?? [], bounds, .heat6, row: 2, into: &frame, in: area)
        drawBars(
            "all",
            detail?.latenciesOfAll ?? [],
            bounds,
            .faint,
            row: 3,
            into: &frame,
            in: area
        )
    }

    /// A histogram on one line: a bar for each row of the heat map, from fast to slow.
    private func drawBars(
        _ name: String,
        _ counts: [UInt64],
        _ bounds: [UInt64],
        _ role: Role,
        row: Int,
        into frame: inout Frame,
        in area: Area
    ) {
        frame.put(name, .faint, row: row, in: area)
        guard let most = counts.max(), most > 0, let first = bounds.first, let last = bounds.last
        else {
            frame.put("nothing measured", .faint, column: 6, row: row, in: area)
            return
        }
        var column = frame.put(Figures.bound(first), .faint, column: 6, row: row, in: area) + 1
        // Two cells a bar where there is room.
        let cells = area.width >= 2 * counts.count + 24 ? 2 : 1
        for count in counts {
            let level = count == 0 ? 0 : HeatMapPanel.level(count, of: most)
            let bar = context.characters.bar(level)
            // The bars keep their glyphs in every theme.
            frame.fill(
                bar,
                role == .heat6 ? .key : .faint,
                column: column,
                row: row,
                count: cells,
                in: area
            )
            column += cells
        }
        frame.put(">\(Figures.bound(last))", .faint, column: column + 1, row: row, in: area)
    }

    private func drawRecent(
        _ detail: DashboardModel.Detail?,
        into frame: inout Frame,
        in area: Area
    ) {
        context.rule("what it did before, newest first", into: &frame, in: area)
        guard let recent = detail?.recent, !recent.isEmpty else {
            frame.put("nothing yet", .faint, row: 1, in: area)
            return
        }
        for (row, request) in recent.prefix(max(0, area.height - 1)).enumerated() {
            let outcome = outcome(request)
            let name = TextWidth.padded(request.name.uppercased(), to: 9)
            var column = frame.put(
                "\(Figures.moment(request.at))  \(name)",
                row: row + 1,
                in: area
            )
            let room = max(8, area.width - column - 34)
            let path = TextWidth.cutStart(request.path, to: room, context.characters)
            frame.put(path, column: column + 1, row: row + 1, in: area)
            column += room + 2
            column = frame.put(outcome.text, outcome.role, column: column, row: row + 1, in: area)
            let note = TextWidth.cut(request.note, to: area.width - column - 2, context.characters)
            frame.put(note, .faint, column: column + 2, row: row + 1, in: area)
        }
    }
}
