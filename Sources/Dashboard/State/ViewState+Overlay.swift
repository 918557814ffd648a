internal import Primitives

extension ViewState {
    mutating func pressedInOverlay(_ key: Key, seeing model: DashboardModel) -> [Intent] {
        switch overlay {
        case .typing(let text, _):
            typing(key, text)
            return []
        case .asking(let question): return answered(key, question, seeing: model)
        case .faults(let row): return pressedInFaults(key, row: row, seeing: model)
        case .victim(let hang, let row):
            chose(key, hang: hang, row: row, seeing: model)
            return []
        case nil: return []
        }
    }

    /// Longer than any filter that makes sense; a paste of garbage ends here.
    private static let typedMax = 200

    private mutating func typing(_ key: Key, _ text: String) {
        var text = text
        switch key {
        case .escape:
            overlay = nil
            return
        case .enter: return accept(text)
        case .backspace: if !text.isEmpty { text.removeLast() }
        case .control("u"): text = ""
        case .character(let scalar):
            guard text.unicodeScalars.count < Self.typedMax, ScalarWidth.cells(scalar) >= 0
            else { return }
            text.unicodeScalars.append(scalar)
        default: return
        }
        overlay = .typing(text, problem: nil)
    }

    private mutating func accept(_ text: String) {
        let isEmpty = text.allSatisfy { $0 == " " }
        guard view == .sessions else {
            eventWords = isEmpty ? "" : text
            eventScroll = 0
            overlay = nil
            return
        }
        do {
            filter = isEmpty ? nil : try Filter(text)
            cursor = 0
            overlay = nil
        } catch {
            overlay = .typing(text, problem: error.description)
        }
    }

    private mutating func answered(
        _ key: Key,
        _ question: Question,
        seeing model: DashboardModel
    ) -> [Intent] {
        switch key {
        case .character("y"), .character("Y"):
            overlay = nil
            return [intent(of: question)]
        case .character("n"), .character("N"), .escape, .enter: overlay = nil
        // Anything else is no answer: a sequence that the terminal cut in pieces must not decide.
        default: break
        }
        return []
    }

    private func intent(of question: Question) -> Intent {
        switch question {
        case .quit: .quit
        case .stop: .stop
        case .pause: .pause
        case .suspend: .suspend
        case .breakHang(let hang, let victim): .breakHang(hang, victim: victim)
        }
    }

    private mutating func pressedInFaults(
        _ key: Key,
        row: Int,
        seeing model: DashboardModel
    ) -> [Intent] {
        let count = model.faults.count
        switch key {
        case .escape, .character("q"), .character("F"): overlay = nil
        case .enter, .character(" "):
            guard row < count else { return [] }
            return [.setFault(row, isOn: !model.faults[row].isOn)]
        default:
            guard let next = Self.moved(key, from: row, count: max(1, count), page: 10) else {
                return []
            }
            overlay = .faults(next)
        }
        return []
    }

    private mutating func chose(_ key: Key, hang id: Int, row: Int, seeing model: DashboardModel) {
        guard let hang = model.hangs.first(where: { $0.id == id }), !hang.isOver,
            row < hang.cycle.count
        else {
            overlay = nil
            note = "the hang is over"
            return
        }
        switch key {
        case .escape, .character("q"): overlay = nil
        case .enter:
            guard let victim = hang.cycle[row].session else {
                note = "\(hang.cycle[row].name) is no session"
                return
            }
            overlay = .asking(.breakHang(id, victim: victim))
        default:
            let next = Self.moved(key, from: row, count: hang.cycle.count, page: 10)
            if let next { overlay = .victim(hang: id, row: next) }
        }
    }
}
