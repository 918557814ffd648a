internal import Dashboard
internal import Primitives
internal import Watchdog

extension DashboardBuilder {
    /// All hangs so far, of which those of `open` are still there, and the known order conflicts.
    mutating func take(_ hangs: [Hang], open: [Int], conflicts: [LockOrder.Conflict]) {
        let now = Instant(nanoseconds: model.run.elapsed)
        model.hangs = hangs.map { hang in
            let isOpen = open.contains(hang.id)
            var shown = DashboardModel.Hang(hang, at: isOpen ? now : hang.instant)
            shown.isOver = !isOpen
            return shown
        }
        model.orderConflicts = conflicts.compactMap(DashboardModel.OrderConflict.init)
        guard !model.run.isOver else { return }
        let worst = hangs.filter { open.contains($0.id) }.max { $0.exitCode < $1.exitCode }
        model.run.verdict = worst?.verdict.rawValue ?? "none"
        model.run.exitCode = worst?.exitCode ?? 0
    }

    /// Gives the sessions of open hangs their states: those of the shortest ring stand out from
    /// the others of its component.
    mutating func markHangs() {
        for hang in model.hangs where !hang.isOver {
            for session in hang.behind { mark(session, .behind) }
            for session in hang.others { mark(session, .stalled) }
            for session in hang.cycle.compactMap(\.session) {
                mark(session, hang.isDeadlock ? .deadlocked : .stalled)
            }
        }
    }
}
