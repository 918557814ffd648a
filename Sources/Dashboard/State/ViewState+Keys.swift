internal import Primitives

extension ViewState {
    /// Takes a key that was pressed while `model` was on a screen of so many rows.
    package mutating func pressed(
        _ key: Key,
        seeing model: DashboardModel,
        rows: Int
    ) -> [Intent] {
        note = ""
        if key == .control("c") { return [.interrupt] }
        if key == .control("l") { return [.redraw] }
        if overlay != nil { return pressedInOverlay(key, seeing: model) }
        if let intents = pressedAnywhere(key, seeing: model) { return intents }
        switch view {
        case .overview: if key == .enter { show(.sessions) }
        case .sessions: pressedInSessions(key, seeing: model, page: max(1, rows - 8))
        case .detail: pressedInDetail(key, seeing: model)
        case .waitFor: pressedInWaitFor(key, seeing: model)
        case .events: pressedInEvents(key, seeing: model, page: max(1, rows - 4))
        case .help: pressedInHelp(key)
        }
        return []
    }

    mutating func show(_ next: View) {
        guard next != view else { return }
        if view != .detail, view != .help { viewBefore = view }
        view = next
        helpScroll = 0
    }

    /// Keys that mean the same in every view; nil for the others.
    private mutating func pressedAnywhere(
        _ key: Key,
        seeing model: DashboardModel
    ) -> [Intent]? {
        switch key {
        case .character(let scalar): return typed(scalar, seeing: model)
        case .help: show(.help)
        case .tab: show(neighbour(1))
        case .backTab: show(neighbour(-1))
        case .control("z"):
            guard !model.run.isOver else { return [.suspend] }
            overlay = .asking(.suspend)
        default: return nil
        }
        return []
    }

    private func neighbour(_ step: Int) -> View {
        let count = View.allCases.count - 1
        guard view != .help else { return viewBefore }
        return View(rawValue: (view.rawValue + step + count) % count) ?? .overview
    }

    private mutating func typed(
        _ scalar: Unicode.Scalar,
        seeing model: DashboardModel
    ) -> [Intent]? {
        switch scalar {
        case "1": show(.overview)
        case "2": show(.sessions)
        case "3": openDetail(seeing: model)
        case "4": show(.waitFor)
        case "5":
            eventSession = nil
            show(.events)
        case "?": show(.help)
        case " ":
            isFrozen.toggle()
            note = isFrozen ? "display frozen, the run goes on" : ""
        case "t": theme = theme == .standard ? .mono : .standard
        case "U": toggleCharacters()
        default: return acted(scalar, seeing: model)
        }
        return []
    }

    /// Keys that act on the run; nil for the others.
    private mutating func acted(
        _ scalar: Unicode.Scalar,
        seeing model: DashboardModel
    ) -> [Intent]? {
        switch scalar {
        case "q":
            guard !model.run.isOver else { return [.quit] }
            overlay = .asking(.quit)
        case "x": if running(model) { overlay = .asking(.stop) }
        case "p": return pausePressed(seeing: model)
        case "+", "=", "-", "_": return sessionsPressed(scalar, seeing: model)
        case "d":
            note = "the wait-for graph is being written"
            return [.dump]
        case "b": breakPressed(seeing: model)
        case "F":
            if model.faults.isEmpty {
                note = "this run has no faults to switch"
            } else {
                overlay = .faults(0)
            }
        default: return nil
        }
        return []
    }

    private mutating func running(_ model: DashboardModel) -> Bool {
        if model.run.isOver { note = "the run is over" }
        return !model.run.isOver
    }

    private mutating func pausePressed(seeing model: DashboardModel) -> [Intent] {
        guard running(model) else { return [] }
        if model.run.isPaused { return [.resume] }
        overlay = .asking(.pause)
        return []
    }

    private mutating func sessionsPressed(
        _ scalar: Unicode.Scalar,
        seeing model: DashboardModel
    ) -> [Intent] {
        guard running(model) else { return [] }
        let count = model.sessions.count
        let step = count < 20 ? 1 : count < 200 ? 10 : 100
        let more = scalar == "+" || scalar == "="
        note = "asked for \(step) \(more ? "more" : "fewer") session\(step == 1 ? "" : "s")"
        return [more ? .addSessions(step) : .removeSessions(step)]
    }

    private mutating func breakPressed(seeing model: DashboardModel) {
        guard running(model) else { return }
        let chosen = view == .waitFor ? shownHang(in: model) : nil
        let hang = chosen ?? model.hangs.last { !$0.isOver && !$0.cycle.isEmpty }
        guard let hang, !hang.isOver, !hang.cycle.isEmpty else {
            note = "there is no cycle to break"
            return
        }
        overlay = .victim(hang: hang.id, row: 0)
    }

    private mutating func toggleCharacters() {
        guard !isASCIIOnly else {
            note = "this terminal's locale has no Unicode"
            return
        }
        characters = characters == .unicode ? .ascii : .unicode
    }

    mutating func openDetail(seeing model: DashboardModel) {
        if view == .detail { return }
        let session = view == .sessions || focus == nil ? selected(in: model) : focus
        guard let session else {
            note = "there is no session to show"
            return
        }
        focus = session
        show(.detail)
    }
}
