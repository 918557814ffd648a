/// The line that names the views and shows which one this is.
struct TabsPanel {
    let context: Context

    private static let names = ["Overview", "Sessions", "Detail", "Wait-for", "Events"]

    func draw(into screen: inout Screen, in area: Area) {
        let characters = context.characters
        screen.frame.fill(characters.horizontal, .rule, count: area.width, in: area)
        var column = 1
        for view in ViewState.View.allCases where view != .help {
            let isShown = view == context.state.view
            let name = "\(view.rawValue + 1) \(Self.names[view.rawValue])"
            let text = isShown ? characters.tabOpen + name + characters.tabClose : " \(name) "
            let start = column
            column = screen.frame.put(text, isShown ? .tabShown : .plain, column: column, in: area)
            let hit = Area(x: area.x + start, y: area.y, width: column - start, height: 1)
            screen.addHit(hit, .view(view))
            column += 1
        }
        let help =
            context.state.view == .help
            ? "\(characters.tabOpen)Help\(characters.tabClose)" : "[?]Help"
        let start = area.width - 2 - TextWidth.cells(help)
        guard start > column else { return }
        let role: Role = context.state.view == .help ? .tabShown : .plain
        screen.frame.put(help, role, column: start, in: area)
        screen.addHit(Area(x: area.x + start, y: area.y, width: 7, height: 1), .view(.help))
    }
}
