/// The lists that lie over a view: faults to switch, members of a hang to choose from.
struct OverlayPanel {
    let context: Context

    func draw(into screen: inout Screen, in area: Area) {
        switch context.state.overlay {
        case .faults(let row):
            let lines = context.model.faults.map { ($0.isOn ? "on  " : "off ") + $0.name }
            list("faults of the namespace", lines, row: row, into: &screen, in: area)
        case .victim(let id, let row):
            guard let hang = context.model.hangs.first(where: { $0.id == id }) else { return }
            let lines = hang.cycle.map { member in
                let holds = member.holds.map(\.resource).joined(separator: ", ")
                return "\(member.name)  \(member.operation)  holds \(holds)"
            }
            list("break hang \(id): whose operation?", lines, row: row, into: &screen, in: area)
        case .typing, .asking, nil: break
        }
    }

    private func list(
        _ title: String,
        _ lines: [String],
        row chosen: Int,
        into screen: inout Screen,
        in area: Area
    ) {
        let widest = ([title] + lines).map(TextWidth.cells).max() ?? 0
        let width = min(area.width, widest + 6)
        let height = min(area.height, lines.count + 2)
        let box = Area(
            x: area.x + (area.width - width) / 2,
            y: area.y + (area.height - height) / 2,
            width: width,
            height: height
        )
        for row in 0..<height { screen.frame.fill(" ", .plain, row: row, count: width, in: box) }
        context.rule(title, into: &screen.frame, in: box)
        context.rule("", row: height - 1, into: &screen.frame, in: box)
        let room = max(1, height - 2)
        let first = chosen / room * room
        for (row, line) in lines.dropFirst(first).prefix(room).enumerated() {
            let isChosen = first + row == chosen
            let mark = isChosen ? context.characters.pointer : " "
            let text = TextWidth.cut("\(mark) \(line)", to: width - 2, context.characters)
            screen.frame.put(text, column: 1, row: row + 1, in: box)
            if isChosen {
                let line = Area(x: box.x + 1, y: box.y + row + 1, width: width - 2, height: 1)
                screen.frame.mark(.selected, row: 0, in: line)
            }
        }
    }
}
