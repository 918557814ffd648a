/// Every key, the words of the filter, the letters of the states, and the exit codes.
struct HelpPanel {
    let context: Context

    struct Line: Hashable, Sendable {
        let key: String
        let meaning: String
    }

    /// A line without a key is a heading.
    static let lines: [Line] = [
        Line(key: "", meaning: "MOVE"),
        Line(key: "arrows j k", meaning: "move"),
        Line(key: "PgUp PgDn", meaning: "a page"),
        Line(key: "^U ^D", meaning: "half a page"),
        Line(key: "Home End G", meaning: "first, last"),
        Line(key: "mouse", meaning: "tab, row, heading, cell"),
        Line(key: "", meaning: "VIEWS"),
        Line(key: "1-5 Tab", meaning: "switch view"),
        Line(key: "Enter Esc", meaning: "open, back"),
        Line(key: "Space", meaning: "freeze the display only"),
        Line(key: "s < > r", meaning: "sort by column, reverse"),
        Line(key: "/ f", meaning: "filter or find, follow"),
        Line(key: "g e", meaning: "its graph, its events"),
        Line(key: "[ ] l", meaning: "session, event level"),
        Line(key: "t U ^L", meaning: "theme, ASCII, redraw"),
        Line(key: "", meaning: "FILTERS"),
        Line(key: "words", meaning: "id user host state op"),
        Line(key: "", meaning: "age last p50 p99 max"),
        Line(key: "", meaning: "ops err rate wait"),
        Line(key: "examples", meaning: "state=stall and age>10s"),
        Line(key: "", meaning: "op=open or p99>250ms"),
        Line(key: "", meaning: "RUN"),
        Line(key: "p", meaning: "pause (asks), resume"),
        Line(key: "+ -", meaning: "more, fewer sessions"),
        Line(key: "d", meaning: "write the wait-for graph"),
        Line(key: "b", meaning: "break a hang (asks)"),
        Line(key: "F", meaning: "faults on and off"),
        Line(key: "x", meaning: "stop, stay here (asks)"),
        Line(key: "q", meaning: "quit (asks in a run)"),
        Line(key: "^C", meaning: "end now, write results"),
        Line(key: "^Z", meaning: "suspend run and display"),
        Line(key: "", meaning: "STATES"),
        Line(key: ". run  o slow", meaning: "- think  w wait"),
        Line(key: "x err  _ done", meaning: "B behind a hang"),
        Line(key: "S stall", meaning: "D dead: in a deadlock"),
        Line(key: "", meaning: "EXIT CODES"),
        Line(key: "0 94 95 96", meaning: "pass, absent, no data,"),
        Line(key: "", meaning: "generator overloaded"),
        Line(key: "97 98 99", meaning: "stall, dead, threshold"),
    ]

    private static let keyWidth = 13

    func draw(into screen: inout Screen, in area: Area) {
        let lines = Self.lines.dropFirst(min(context.state.helpScroll, Self.lines.count - 1))
        let columns = max(1, min(3, area.width / 40))
        let columnWidth = area.width / columns
        for (index, line) in lines.enumerated() {
            let (column, row) = (index / max(1, area.height), index % max(1, area.height))
            guard column < columns else { return }
            let part = Area(
                x: area.x + column * columnWidth,
                y: area.y + row,
                width: columnWidth - 1,
                height: 1
            )
            if line.key.isEmpty, line.meaning == line.meaning.uppercased() {
                screen.frame.put(line.meaning, .title, in: part)
            } else {
                screen.frame.put(line.key, .key, column: 1, in: part)
                screen.frame.put(line.meaning, column: Self.keyWidth + 2, in: part)
            }
        }
    }
}
