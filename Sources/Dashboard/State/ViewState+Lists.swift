internal import Primitives

extension ViewState {
    mutating func pressedInSessions(_ key: Key, seeing model: DashboardModel, page: Int) {
        switch key {
        case .character("/"), .character("\\"):
            overlay = .typing(filter?.text ?? "", problem: nil)
        case .character("s"), .character(">"), .right: sortBy(step: 1)
        case .character("<"), .left: sortBy(step: -1)
        case .character("r"): order.isDescending.toggle()
        case .character("f"): followPressed(seeing: model)
        case .character("g"): graphOf(selected(in: model), seeing: model)
        case .enter: openDetail(seeing: model)
        case .escape: filter = nil
        default: move(key, seeing: model, page: page)
        }
    }

    private mutating func sortBy(step: Int) {
        let count = SessionColumn.allCases.count
        let next = (order.column.rawValue + step + count) % count
        sort(by: SessionColumn(rawValue: next) ?? .age)
    }

    /// Sorts by a column; a second time turns the order round.
    mutating func sort(by column: SessionColumn) {
        if order.column == column {
            order.isDescending.toggle()
        } else {
            order = SessionOrder(column: column, isDescending: column.startsDescending)
        }
    }

    private mutating func followPressed(seeing model: DashboardModel) {
        if followed != nil {
            cursor = cursorRow(in: rows(of: model), of: model) ?? 0
            followed = nil
        } else {
            followed = selected(in: model)
        }
    }

    private mutating func move(_ key: Key, seeing model: DashboardModel, page: Int) {
        let rows = rows(of: model)
        guard let row = cursorRow(in: rows, of: model),
            let next = Self.moved(key, from: row, count: rows.count, page: page)
        else { return }
        cursor = next
        if followed != nil { followed = model.sessions[rows[next]].number }
    }

    /// Where a movement key leads in a list; nil if it is none.
    static func moved(_ key: Key, from row: Int, count: Int, page: Int) -> Int? {
        let next: Int
        switch key {
        case .up, .character("k"): next = row - 1
        case .down, .character("j"): next = row + 1
        case .pageUp: next = row - page
        case .pageDown: next = row + page
        case .control("u"): next = row - page / 2
        case .control("d"): next = row + page / 2
        case .home: next = 0
        case .end, .character("G"): next = count - 1
        default: return nil
        }
        return max(0, min(next, count - 1))
    }

    mutating func pressedInDetail(_ key: Key, seeing model: DashboardModel) {
        switch key {
        case .character("["), .up, .left, .character("k"), .character("h"):
            focusNeighbour(-1, in: model)
        case .character("]"), .down, .right, .character("j"), .character("l"):
            focusNeighbour(1, in: model)
        case .character("g"): graphOf(focus, seeing: model)
        case .character("e"):
            eventSession = focus
            show(.events)
        case .escape: show(viewBefore)
        default: break
        }
    }

    private mutating func focusNeighbour(_ step: Int, in model: DashboardModel) {
        let rows = rows(of: model)
        guard !rows.isEmpty else { return }
        let here = rows.firstIndex { model.sessions[$0].number == focus }
        let next = here.map { ($0 + step + rows.count) % rows.count } ?? 0
        focus = model.sessions[rows[next]].number
        cursor = next
        if followed != nil { followed = focus }
    }

    /// Shows the hang that holds the session, if one does.
    private mutating func graphOf(_ session: SessionNumber?, seeing model: DashboardModel) {
        let index = model.hangs.firstIndex { hang in
            hang.cycle.contains { $0.session == session }
                || hang.others.contains { $0 == session } || hang.behind.contains { $0 == session }
        }
        component = index ?? component
        show(.waitFor)
    }

    /// The hang on the wait-for view.
    func shownHang(in model: DashboardModel) -> DashboardModel.Hang? {
        guard !model.hangs.isEmpty else { return nil }
        return model.hangs[min(max(0, component), model.hangs.count - 1)]
    }

    mutating func pressedInWaitFor(_ key: Key, seeing model: DashboardModel) {
        switch key {
        case .enter:
            guard let session = shownHang(in: model)?.cycle.lazy.compactMap(\.session).first
            else { return }
            focus = session
            show(.detail)
        case .escape: show(.overview)
        default:
            let count = model.hangs.count
            guard count > 0 else { return }
            let row = min(component, count - 1)
            component = Self.moved(key, from: row, count: count, page: 10) ?? component
        }
    }

    mutating func pressedInEvents(_ key: Key, seeing model: DashboardModel, page: Int) {
        switch key {
        case .character("l"):
            let next = (eventFloor.rawValue + 1) % 3
            eventFloor = DashboardModel.Event.Level(rawValue: next) ?? .information
            eventScroll = 0
        case .character("/"), .character("\\"): overlay = .typing(eventWords, problem: nil)
        case .character("f"): eventScroll = 0
        case .enter:
            let newest = shownEvents(of: model).dropLast(eventScroll).last
            guard let session = newest?.session else {
                note = "this event belongs to no session"
                return
            }
            focus = session
            show(.detail)
        case .escape:
            if eventWords.isEmpty, eventSession == nil { return show(.overview) }
            eventWords = ""
            eventSession = nil
        default:
            // The newest lies at the top: down leads to older ones.
            let count = shownEvents(of: model).count
            guard count > 0 else { return }
            let row = min(eventScroll, count - 1)
            eventScroll = Self.moved(key, from: row, count: count, page: page) ?? eventScroll
        }
    }

    /// The events that pass level, words and session; oldest first.
    func shownEvents(of model: DashboardModel) -> [DashboardModel.Event] {
        let words = eventWords.lowercased()
        return model.events.filter { event in
            event.level >= eventFloor && (eventSession == nil || event.session == eventSession)
                && (words.isEmpty || event.text.lowercased().contains(words)
                    || event.source.lowercased().contains(words))
        }
    }

    mutating func pressedInHelp(_ key: Key) {
        switch key {
        case .escape, .enter: show(viewBefore)
        case .down, .character("j"), .pageDown:
            helpScroll = min(helpScroll + 1, HelpPanel.lines.count - 1)
        case .up, .character("k"), .pageUp: helpScroll = max(0, helpScroll - 1)
        default: break
        }
    }
}
