internal import Primitives

/// The first lines of every view: what runs, how the sessions are, what it comes to.
struct HeaderPanel {
    let context: Context

    /// The overview has room for the checks; the other views say what they show instead.
    static func rows(in view: ViewState.View) -> Int { view == .overview ? 3 : 2 }

    func draw(into screen: inout Screen, in area: Area) {
        SpanLine.draw(runLine, row: 0, into: &screen.frame, in: area)
        switch context.state.view {
        case .overview:
            SpanLine.draw(stateLine, row: 1, into: &screen.frame, in: area)
            SpanLine.draw(verdictLine, row: 2, into: &screen.frame, in: area)
        case .sessions: SpanLine.draw(sessionsLine, row: 1, into: &screen.frame, in: area)
        case .detail: SpanLine.draw(detailLine, row: 1, into: &screen.frame, in: area)
        case .waitFor: SpanLine.draw(waitForLine, row: 1, into: &screen.frame, in: area)
        case .events: SpanLine.draw(eventsLine, row: 1, into: &screen.frame, in: area)
        case .help: SpanLine.draw(stateLine, row: 1, into: &screen.frame, in: area)
        }
    }

    private var run: DashboardModel.Run { context.model.run }

    private var runLine: [Span] {
        [
            Span("gridlock \(run.profile)", .strong),
            Span(run.target, rank: 3),
            Span("client \(run.client)", rank: 2),
            RunWords.clock(run),
            Span(run.isVirtual ? "virtual time" : "", .key, rank: 1),
            RunWords.phase(run),
            Span("seed \(run.seed)", .faint, rank: 5),
            Span(context.state.isFrozen ? "FROZEN" : "", .warning, rank: 1),
        ]
    }

    /// Sessions by state, then how fast it goes, then how the generator itself is.
    private var stateLine: [Span] {
        var spans = [Span("sess \(context.model.sessions.count)", .strong)]
        spans += RunWords.states(context.model)
        spans.append(Span("\(context.characters.vertical) \(rate) op/s", rank: 1))
        spans.append(Span("lag \(milliseconds(run.lag))", lagRole, rank: 3))
        if run.dropped > 0 { spans.append(Span("drop \(run.dropped)", .warning, rank: 3)) }
        if run.hosts > 1 { spans.append(Span("hosts \(run.hosts)", .faint, rank: 6)) }
        return spans
    }

    private var verdictLine: [Span] {
        var spans = [RunWords.verdict(run)]
        for check in run.checks {
            let (mark, role): (String, Role) =
                switch check.holds {
                case true?: (context.characters.good, .good)
                case false?: (context.characters.bad, .bad)
                case nil: (context.characters.unknown, .faint)
                }
            spans.append(Span("\(mark) \(check.label)=\(check.value)", role, rank: 2))
        }
        if run.checks.isEmpty {
            spans.append(Span("errors \(run.errors)", run.errors > 0 ? .warning : .plain, rank: 2))
        }
        for fault in context.model.faults where fault.isOn {
            spans.append(Span("fault \(fault.name)", .warning, rank: 4))
        }
        return spans
    }

    private var sessionsLine: [Span] {
        let state = context.state
        let shown = state.rows(of: context.model).count
        let arrow =
            state.order.isDescending ? context.characters.descending : context.characters.ascending
        return [
            Span("sess \(context.model.sessions.count)", .strong),
            Span("shown \(shown)"),
            Span("filter: \(state.filter?.text ?? "none")", state.filter == nil ? .faint : .key),
            Span("sort: \(state.order.column.heading) \(arrow)", rank: 1),
            Span("follow \(state.followed?.description ?? "off")", .faint, rank: 2),
        ]
    }

    private var detailLine: [Span] {
        guard let focus = context.state.focus,
            let session = context.model.sessions.first(where: { $0.number == focus })
        else { return [Span("no session chosen", .faint)] }
        return [
            Span("session \(focus)", .strong),
            Span("user \(session.user)", rank: 2),
            Span("host \(session.host)", rank: 4),
            Span("\(Figures.count(session.operations)) operations", rank: 1),
            Span("\(session.errors) errors", session.errors > 0 ? .warning : .plain, rank: 1),
            Span("stream \(run.seed)/\(focus.rawValue)", .faint, rank: 5),
        ]
    }

    private var waitForLine: [Span] {
        let hangs = context.model.hangs
        let open = hangs.filter { !$0.isOver }
        let behind = open.reduce(0) { $0 + $1.behindCount }
        return [
            Span("wait-for graph", .strong),
            Span("hangs \(open.count)", open.isEmpty ? .plain : .bad),
            Span(hangs.count > open.count ? "over \(hangs.count - open.count)" : "", rank: 2),
            Span("behind \(behind)", behind > 0 ? .behind : .plain, rank: 1),
            Span("order conflicts \(context.model.orderConflicts.count)", rank: 1),
            RunWords.verdict(run, rank: 2),
        ]
    }

    private var eventsLine: [Span] {
        let state = context.state
        let shown = state.shownEvents(of: context.model).count
        let level = ["info", "warn", "crit"][Int(state.eventFloor.rawValue)]
        let session = state.eventSession.map { "session \($0)" } ?? ""
        return [
            Span("events \(context.model.events.count)", .strong),
            Span("shown \(shown)"),
            Span("level \(level) and worse", state.eventFloor == .information ? .faint : .key),
            Span(session, .key),
            Span(state.eventWords.isEmpty ? "" : "with “\(state.eventWords)”", .key),
            Span("follow \(state.eventScroll == 0 ? "on" : "off")", .faint, rank: 2),
        ]
    }

    private var rate: String { Figures.rate(run.rate) }

    private var lagRole: Role { run.lag > 25_000_000 ? .warning : .plain }

    private func milliseconds(_ nanoseconds: UInt64) -> String {
        "\((nanoseconds + 500_000) / 1_000_000)ms"
    }
}

/// Words on the run that the header, the small screen and the plain lines share.
enum RunWords {
    static func clock(_ run: DashboardModel.Run) -> Span {
        let word = run.isOver ? "OVER" : run.isPaused ? "PAUSED" : "RUN"
        let limit = run.duration > 0 ? "/\(Figures.clock(run.duration))" : ""
        let role: Role = run.isOver ? .key : run.isPaused ? .warning : .plain
        return Span("\(word) \(Figures.clock(run.elapsed))\(limit)", role)
    }

    static func phase(_ run: DashboardModel.Run) -> Span {
        Span(run.isOver ? "" : run.phase, .faint, rank: 4)
    }

    static func verdict(_ run: DashboardModel.Run, rank: Int = 0) -> Span {
        let isGood = run.exitCode == 0
        let code = isGood ? "" : " (exit \(run.exitCode))"
        return Span("verdict \(run.verdict)\(code)", isGood ? .good : .bad, rank: rank)
    }

    /// How many sessions are in each state, the worst first; states that nobody is in are left out.
    static func states(_ model: DashboardModel) -> [Span] {
        var counts = [Int](repeating: 0, count: SessionState.allCases.count)
        // One field of ten thousand rows: a copy of each row would cost more than all the rest.
        for index in model.sessions.indices {
            counts[Int(model.sessions[index].state.rawValue)] += 1
        }
        return SessionState.allCases.reversed().compactMap { state in
            let count = counts[Int(state.rawValue)]
            guard count > 0 else { return nil }
            return Span("\(state.word) \(count)", state.role, rank: state >= .behind ? 0 : 2)
        }
    }
}
