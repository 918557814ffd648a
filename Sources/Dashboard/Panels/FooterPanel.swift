/// The last line: the keys of the view, or the question that is open, or what a key just did.
struct FooterPanel {
    let context: Context

    func draw(into screen: inout Screen, in area: Area) {
        switch context.state.overlay {
        case .typing(let text, let problem): draw(text, problem, into: &screen, in: area)
        case .asking(let question):
            screen.frame.fill(" ", .prompt, count: area.width, in: area)
            let asked = Self.words(for: question, isVirtual: context.model.run.isVirtual)
            let room = max(0, area.width - 15)
            let shown = TextWidth.cut(asked, to: room, context.characters)
            screen.frame.put(" \(shown)  y yes  N no ", .prompt, in: area)
        case .faults:
            drawKeys("Enter switch  \(context.characters.upDown) move  Esc close", &screen, area)
        case .victim:
            drawKeys(
                "Enter end its operation  \(context.characters.upDown) move  Esc close",
                &screen,
                area
            )
        case nil:
            if context.state.note.isEmpty {
                drawKeys(keys, &screen, area)
            } else {
                screen.frame.put(context.state.note, .warning, in: area)
            }
        }
    }

    private func draw(_ text: String, _ problem: String?, into screen: inout Screen, in area: Area)
    {
        screen.frame.fill(" ", .selected, count: area.width, in: area)
        let label = context.state.view == .sessions ? "filter: " : "look for: "
        var end = screen.frame.put(label, .selected, in: area)
        let shown = TextWidth.cutStart(text, to: max(1, area.width - end - 2), context.characters)
        end = screen.frame.put(shown, .selected, column: end, in: area)
        screen.cursor = .init(x: min(area.x + end, screen.frame.width - 1), y: area.y)
        if let problem {
            screen.frame.put("  \(problem)", .prompt, column: end + 1, in: area)
        }
    }

    /// Pairs of key and meaning, as many as fit.
    private func drawKeys(_ keys: String, _ screen: inout Screen, _ area: Area) {
        var column = 0
        var rest = keys[...]
        while let gap = rest.firstRange(of: "  ")
            ?? rest.last.map({ _ in rest.endIndex..<rest.endIndex })
        {
            let pair = rest[..<gap.lowerBound]
            rest = rest[gap.upperBound...]
            guard column + TextWidth.cells(String(pair)) <= area.width else { return }
            let parts = pair.split(separator: " ", maxSplits: 1)
            guard let key = parts.first else { return }
            column = screen.frame.put(String(key), .key, column: column, in: area)
            if parts.count > 1 {
                column = screen.frame.put(" \(parts[1])", .plain, column: column, in: area)
            }
            column += 2
        }
    }

    private var keys: String {
        let upDown = context.characters.upDown
        let over = context.model.run.isOver
        switch context.state.view {
        case .overview:
            return over
                ? "q quit  1-5 view  Enter sessions  d dump graph  t theme  ? help"
                : "q quit  1-5 view\(acting)  ? help"
        case .sessions:
            return
                "\(upDown) move  Enter detail  g graph  s<> sort  r reverse"
                + "  / filter  f follow  ? help"
        case .detail: return "[] prev/next session  g graph  e its events  d dump  Esc back  ? help"
        case .waitFor:
            return over
                ? "\(upDown) component  Enter first member  d dump  Esc back  ? help"
                : "\(upDown) component  Enter first member  b break  d dump  Esc back  ? help"
        case .events:
            return "\(upDown) move  f newest  l level  / look for  Enter session  Esc back"
        case .help: return "Esc close  \(upDown) move"
        }
    }

    /// The keys that this run answers to, besides those that every run does.
    private var acting: String {
        var keys = context.model.run.isPaused ? "  p resume" : "  p pause"
        keys += "  +/- sessions"
        if !context.model.faults.isEmpty { keys += "  F faults" }
        return keys + "  d dump  b break  x stop  Space freeze"
    }

    static func words(for question: ViewState.Question, isVirtual: Bool = false) -> String {
        switch question {
        case .pause where isVirtual: "Pause? Virtual time stands still."
        case .quit: "Stop the run and quit? Results are written."
        case .stop: "Stop the run? Results are written, the dashboard stays."
        case .pause: "Pause the load? What is under way goes on."
        case .suspend: "Suspend? The load stops too; the gap is marked."
        case .breakHang(let id, let victim): "Break hang \(id): end the operation of \(victim)?"
        }
    }
}
