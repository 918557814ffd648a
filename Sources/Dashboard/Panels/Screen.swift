/// A drawn screen: its cells, and what each place stands for when it is clicked.
package struct Screen: Hashable, Sendable {
    package internal(set) var frame: Frame
    private var hits: [Hit] = []
    /// Where the text cursor belongs, if a text is being typed.
    package internal(set) var cursor: Cursor?

    package struct Cursor: Hashable, Sendable {
        package let x: Int
        package let y: Int
    }

    private struct Hit: Hashable, Sendable {
        let area: Area
        let target: HitTarget
    }

    init(width: Int, height: Int) { frame = Frame(width: width, height: height) }

    /// What the cell at that place stands for; the last one drawn there counts.
    package func target(x: Int, y: Int) -> HitTarget? {
        hits.last { $0.area.contains(x: x, y: y) }?.target
    }

    mutating func addHit(_ area: Area, _ target: HitTarget) {
        hits.append(Hit(area: area, target: target))
    }
}

/// What every panel draws from.
struct Context {
    let model: DashboardModel
    let state: ViewState

    var characters: Characters { state.characters }

    /// A rule across `area`, with words in it and words at its right end.
    func rule(
        _ title: String,
        right: String = "",
        row: Int = 0,
        into frame: inout Frame,
        in area: Area
    ) {
        frame.fill(characters.horizontal, .rule, row: row, count: area.width, in: area)
        if !right.isEmpty {
            let shown = " \(right) "
            let column = area.width - TextWidth.cells(shown) - 2
            if column > TextWidth.cells(title) + 4 {
                frame.put(shown, .faint, column: column, row: row, in: area)
            }
        }
        if !title.isEmpty { frame.put(" \(title) ", .title, column: 1, row: row, in: area) }
    }
}

/// A part of a line; when the line is too long, the parts of the highest `rank` go first.
struct Span {
    let text: String
    let role: Role
    let rank: Int

    init(_ text: String, _ role: Role = .plain, rank: Int = 0) {
        self.text = text
        self.role = role
        self.rank = rank
    }
}

/// A line of spans with two blanks between them, as many as fit.
enum SpanLine {
    static func fitted(_ spans: [Span], width: Int) -> [Span] {
        var kept = spans.filter { !$0.text.isEmpty }
        while kept.count > 1, cells(kept) > width {
            guard let worst = kept.map(\.rank).max(),
                let index = kept.lastIndex(where: { $0.rank == worst })
            else { break }
            kept.remove(at: index)
        }
        return kept
    }

    static func draw(_ spans: [Span], row: Int, into frame: inout Frame, in area: Area) {
        var column = 0
        for span in fitted(spans, width: area.width) {
            column = frame.put(span.text, span.role, column: column, row: row, in: area) + 2
        }
    }

    private static func cells(_ spans: [Span]) -> Int {
        spans.reduce(-2) { $0 + TextWidth.cells($1.text) + 2 }
    }
}
