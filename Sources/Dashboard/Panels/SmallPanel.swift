/// What is left when the terminal is too small for a view: the essence, and how to get more.
struct SmallPanel {
    let context: Context

    func draw(into screen: inout Screen) {
        let (model, area) = (context.model, screen.frame.area)
        let run = model.run
        let open = model.hangs.filter { !$0.isOver }.count
        var lines: [[Span]] = [
            [Span("gridlock", .strong, rank: 1), RunWords.clock(run)],
            [RunWords.verdict(run)],
            RunWords.states(model),
            [
                Span("hangs \(open)", open > 0 ? .bad : .plain),
                Span("\(Figures.rate(run.rate)) op/s", rank: 1),
            ],
            [Span("need 60x16, have \(area.width)x\(area.height)", .faint)],
            [Span("q quit", .key)],
        ]
        if case .asking(let question) = context.state.overlay {
            lines.insert([Span(FooterPanel.words(for: question) + " y/N", .prompt)], at: 0)
        }
        for (row, spans) in lines.enumerated() {
            SpanLine.draw(spans, row: row, into: &screen.frame, in: area)
        }
    }
}
