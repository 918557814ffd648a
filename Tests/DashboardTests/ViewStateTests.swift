import Dashboard
import DashboardSupport
import Primitives
import Testing

@Suite struct ViewStateTests {
    private let model = SampleModels.deadlock()

    @Test func `digits, Tab and Escape lead through the views`() {
        var state = ViewState()
        let walked = [Key.character("2"), .tab, .tab, .backTab, .character("?"), .escape]
            .map { key -> ViewState.View in
                _ = state.pressed(key, seeing: model, rows: 24)
                return state.view
            }
        #expect(walked == [.sessions, .detail, .waitFor, .detail, .help, .waitFor])
    }

    @Test func `quitting asks while the run is on`() {
        var state = ViewState()
        #expect(press("q", &state) == [])
        #expect(press("n", &state) == [])
        #expect(press("q", &state) == [])
        #expect(press("y", &state) == [.quit])
    }

    @Test func `quitting does not ask when the run is over`() {
        var state = ViewState()
        let intents = state.pressed(.character("q"), seeing: SampleModels.done(), rows: 24)
        #expect(intents == [.quit])
    }

    @Test func `no other key answers a question`() {
        var state = ViewState()
        _ = press("q", &state)
        let garbage = "[200~abcdefghijklmopqrstuvwxzABC123+-dpx "
        let intents = garbage.unicodeScalars.flatMap { press($0, &state) }
        #expect(intents == [])
        #expect(press("y", &state) == [.quit])
    }

    @Test func `pausing asks and resuming does not`() {
        var state = ViewState()
        #expect(press("p", &state) == [])
        #expect(press("y", &state) == [.pause])
        var paused = model
        paused.run.isPaused = true
        #expect(state.pressed(.character("p"), seeing: paused, rows: 24) == [.resume])
    }

    @Test(arguments: [(10, 1), (50, 10), (1_000, 100)])
    func `plus and minus go in steps that fit the number of sessions`(
        _ count: Int,
        _ step: Int
    ) {
        let model = SampleModels.steady(sessions: count)
        var state = ViewState()
        #expect(state.pressed(.character("+"), seeing: model, rows: 24) == [.addSessions(step)])
        #expect(state.pressed(.character("-"), seeing: model, rows: 24) == [.removeSessions(step)])
    }

    @Test func `a deadlock is broken by the chosen victim, after a question`() {
        var state = ViewState()
        #expect(press("b", &state) == [])
        #expect(state.pressed(.down, seeing: model, rows: 24) == [])
        #expect(state.pressed(.enter, seeing: model, rows: 24) == [])
        #expect(press("y", &state) == [.breakHang(1, victim: SessionNumber(42))])
    }

    @Test func `a hang that dissolved meanwhile is not broken`() {
        var (state, healed) = (ViewState(), model)
        _ = press("b", &state)
        healed.hangs[0].isOver = true
        #expect(state.pressed(.enter, seeing: healed, rows: 24) == [])
        #expect(state.note == "the hang is over")
    }

    @Test func `faults are switched one by one`() {
        let model = SampleModels.stall()
        var state = ViewState()
        let intents = [Key.character("F"), .enter, .down, .enter, .escape, .enter].flatMap {
            state.pressed($0, seeing: model, rows: 24)
        }
        #expect(intents == [.setFault(0, isOn: false), .setFault(1, isOn: true)])
    }

    @Test func `dump, stop, suspend, interrupt and redraw are intents`() {
        var state = ViewState()
        #expect(press("d", &state) == [.dump])
        #expect(press("x", &state) + press("y", &state) == [.stop])
        #expect(state.pressed(.control("z"), seeing: model, rows: 24) == [])
        #expect(press("y", &state) == [.suspend])
        #expect(state.pressed(.control("c"), seeing: model, rows: 24) == [.interrupt])
        #expect(state.pressed(.control("l"), seeing: model, rows: 24) == [.redraw])
    }

    @Test func `following keeps the session where sorting moves it`() {
        var state = ViewState()
        for key in "2jjf".unicodeScalars { _ = press(key, &state) }
        #expect(state.wanted(in: model) == SessionNumber(0))
        for key in "<<<r".unicodeScalars { _ = press(key, &state) }
        #expect(state.wanted(in: model) == SessionNumber(0))
        _ = state.pressed(.up, seeing: model, rows: 24)
        #expect(state.wanted(in: model) != SessionNumber(0))
    }

    @Test func `clicks choose tabs, headings, rows and cells of the map`() {
        var state = ViewState()
        click(x: 17, y: 3, &state)
        #expect(state.view == .sessions)
        click(x: 3, y: 3, &state)
        #expect(state.wanted(in: model) == SessionNumber(0))
        click(x: 4, y: 6, &state)
        #expect(state.wanted(in: model) == SessionNumber(2))
        click(x: 4, y: 6, &state)
        #expect(state.view == .detail)
    }

    @Test func `a cell of the map shows its sessions alone`() throws {
        let screen = DashboardView.screen(of: model, ViewState(), width: 80, height: 24)
        let rows = screen.frame.text.split(separator: "\n", omittingEmptySubsequences: false)
        let row = try #require(rows.firstIndex { $0.hasPrefix("BBBB") })
        var state = ViewState()
        click(x: 17, y: row, &state)
        #expect(state.view == .sessions)
        #expect(state.wanted(in: model) == SessionNumber(17))
    }

    @Test func `a frozen display is only a display`() {
        var state = ViewState()
        #expect(press(" ", &state) == [])
        #expect(state.isFrozen)
        #expect(press("d", &state) == [.dump])
    }

    private func press(_ scalar: Unicode.Scalar, _ state: inout ViewState) -> [Intent] {
        state.pressed(.character(scalar), seeing: model, rows: 24)
    }

    private func click(x: Int, y: Int, _ state: inout ViewState) {
        let screen = DashboardView.screen(of: model, state, width: 80, height: 24)
        #expect(state.received(.click(x: x, y: y), on: screen, seeing: model) == [])
    }
}
