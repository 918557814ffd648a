package import Primitives

/// What a place on the screen stands for.
package enum HitTarget: Hashable, Sendable {
    case view(ViewState.View)
    case session(SessionNumber)
    /// A cell of the session map, by the sessions that it stands for.
    case sessions(first: SessionNumber, last: SessionNumber)
    case column(SessionColumn)
    case component(Int)
}

extension ViewState {
    /// Takes what the mouse did on `screen`, which showed `model`.
    package mutating func received(
        _ event: MouseEvent,
        on screen: Screen,
        seeing model: DashboardModel
    ) -> [Intent] {
        let rows = screen.frame.height
        switch event {
        case .wheelUp: return pressed(.up, seeing: model, rows: rows)
        case .wheelDown: return pressed(.down, seeing: model, rows: rows)
        case .click(let x, let y):
            // A question is answered by keys: a click beside it is no answer.
            guard overlay == nil, let target = screen.target(x: x, y: y) else { return [] }
            note = ""
            clicked(target, seeing: model)
            return []
        }
    }

    private mutating func clicked(_ target: HitTarget, seeing model: DashboardModel) {
        switch target {
        case .view(.detail): openDetail(seeing: model)
        case .view(let next): show(next)
        case .column(let column): sort(by: column)
        case .component(let row): component = row
        case .session(let session):
            if view == .sessions, selected(in: model) != session {
                let rows = rows(of: model)
                cursor = rows.firstIndex { model.sessions[$0].number == session } ?? cursor
                if followed != nil { followed = session }
            } else {
                focus = session
                show(.detail)
            }
        case .sessions(let first, let last):
            filter = try? Filter("id>=\(first.rawValue) and id<=\(last.rawValue)")
            cursor = 0
            show(.sessions)
        }
    }
}
