import Dashboard
import DashboardSupport
import Testing

@Suite struct GoldenScreenTests {
    @Test(arguments: SampleModels.names, ViewState.View.allCases)
    func `a view looks as recorded on 80 columns and 24 rows`(
        _ name: String,
        _ view: ViewState.View
    ) throws {
        let model = SampleModels.model(name)
        let screen = Drawn.screen(model, view, width: 80, height: 24)
        try expectGolden(screen.frame.text, "\(view)-\(name)-80x24.screen")
    }

    @Test(arguments: [ViewState.View.overview, .waitFor], Drawn.sizes)
    func `a view makes use of the room there is`(
        _ view: ViewState.View,
        _ size: Drawn.Size
    ) throws {
        let model = SampleModels.deadlock()
        let screen = Drawn.screen(model, view, width: size.width, height: size.height)
        try expectGolden(screen.frame.text, "\(view)-deadlock-\(size).screen")
    }

    @Test(arguments: [ViewState.View.overview, .waitFor], SampleModels.names)
    func `a locale without Unicode gets ASCII alone`(
        _ view: ViewState.View,
        _ name: String
    ) throws {
        let model = SampleModels.model(name)
        let screen = Drawn.screen(model, view, width: 80, height: 24, characters: .ascii)
        let drawn = screen.frame.cells.filter { $0.scalar > 0x7E }
        #expect(drawn.isEmpty)
        try expectGolden(screen.frame.text, "\(view)-\(name)-ascii.screen")
    }

    @Test(arguments: SampleModels.names)
    func `plain lines say what the screen shows`(_ name: String) throws {
        var narrator = PlainNarrator()
        var lines = narrator.lines(for: SampleModels.idle())
        lines += narrator.lines(for: SampleModels.model(name))
        try expectGolden(lines.joined(separator: "\n") + "\n", "plain-\(name).txt")
    }

    @Test func `questions and lists lie over the view`() throws {
        let model = SampleModels.deadlock()
        for (keys, name) in [("q", "quit"), ("b", "victim"), ("2/foo(", "filter")] {
            var state = ViewState()
            for scalar in keys.unicodeScalars {
                _ = state.pressed(.character(scalar), seeing: model, rows: 24)
            }
            if name == "filter" { _ = state.pressed(.enter, seeing: model, rows: 24) }
            let screen = DashboardView.screen(of: model, state, width: 80, height: 24)
            try expectGolden(screen.frame.text, "overlay-\(name).screen")
        }
    }
}
