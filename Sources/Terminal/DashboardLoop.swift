package import Dashboard
internal import Glibc
package import Primitives

/// Where the dashboard's models come from, and who does what it is asked for.
///
/// Everything here is called on the dashboard's thread.
package protocol DashboardSource: AnyObject {
    /// The run as it is now, with that session in detail; asked for at most ten times a second.
    func model(wanted: SessionNumber?) -> DashboardModel
    /// Does what concerns the run; what concerns the terminal never comes here.
    func perform(_ intent: Intent)
    /// Stops the process by `stop`, which returns when it goes on, with the time that passed.
    func suspend(_ stop: () -> Duration)
    /// Somebody wrote a line to standard error while the screen was on.
    func wrote(_ line: String)
}

/// The dashboard on this process's terminal: one synchronous loop on the calling thread.
///
/// Keys are answered at once; the model is read, and the screen painted, ten times a second.
package enum DashboardLoop {
    /// Why the loop ended.
    package enum Ending: Hashable, Sendable {
        case quit
        /// Asked to end by that signal; a lost terminal counts as SIGHUP.
        case signal(Int32)
    }

    /// Why there cannot be a dashboard, if that is plain without opening the terminal.
    package static func refusal(_ settings: TerminalSettings) -> TerminalRefusal? {
        Terminal.refusal(settings)
    }

    /// Shows the dashboard until the person leaves it.
    package static func run(
        _ source: any DashboardSource,
        settings: TerminalSettings
    ) throws(TerminalRefusal) -> Ending {
        var running = RunningDashboard(try Terminal(settings), source)
        return running.untilItEnds()
    }
}

private struct RunningDashboard: ~Copyable {
    private static let interval = Duration.milliseconds(100)

    private var terminal: Terminal
    private let source: any DashboardSource
    private let clock = ContinuousClock()
    private var state: ViewState
    private var model: DashboardModel
    private var screen: Screen
    private var ending: DashboardLoop.Ending?
    private var unfinishedLine = ""

    init(_ terminal: consuming Terminal, _ source: any DashboardSource) {
        self.terminal = terminal
        self.source = source
        state = ViewState(characters: self.terminal.characters)
        model = source.model(wanted: nil)
        screen = DashboardView.screen(of: model, state, width: 0, height: 0)
    }

    mutating func untilItEnds() -> DashboardLoop.Ending {
        var due = clock.now
        paint()
        while true {
            if let ending { return ending }
            let ready = terminal.wait(milliseconds: milliseconds(until: due))
            if ready.contains(.hangup), !ready.contains(.input) { return .signal(SIGHUP) }
            if ready.contains(.standardError) { readStandardError() }
            if ready.contains(.signal) { takeSignals() }
            // Curses keeps bytes of its own that poll does not see: always ask it.
            takeEvents()
            if clock.now >= due {
                if !state.isFrozen { model = source.model(wanted: state.wanted(in: model)) }
                due = max(due + Self.interval, clock.now + Self.interval / 2)
                paint()
            } else if !ready.isEmpty {
                paint()
            }
        }
    }

    private func milliseconds(until due: ContinuousClock.Instant) -> Int {
        let left = (due - clock.now).wholeNanoseconds
        return Int(max(0, (left + 999_999) / 1_000_000))
    }

    private mutating func paint() {
        screen = DashboardView.screen(
            of: model,
            state,
            width: terminal.width,
            height: terminal.height
        )
        terminal.paint(screen, theme: Theme(state.theme, colours: terminal.colours))
    }

    private mutating func takeEvents() {
        while ending == nil, let event = terminal.nextEvent() {
            switch event {
            case .key(let key):
                perform(state.pressed(key, seeing: model, rows: terminal.height))
            case .pasted(let scalar):
                // A paste is text: where no text is typed it means nothing.
                guard state.isTyping else { continue }
                perform(state.pressed(.character(scalar), seeing: model, rows: terminal.height))
            case .mouse(let mouse):
                perform(state.received(mouse, on: screen, seeing: model))
            case .resized: terminal.redraw()
            }
        }
    }

    private mutating func perform(_ intents: [Intent]) {
        for intent in intents {
            switch intent {
            case .quit: ending = .quit
            case .interrupt: ending = .signal(SIGINT)
            case .redraw: terminal.redraw()
            case .suspend: suspend()
            case .pause, .resume, .addSessions, .removeSessions, .dump, .breakHang, .setFault,
                .stop:
                source.perform(intent)
            }
        }
    }

    private mutating func takeSignals() {
        while let signal = terminal.nextSignal() {
            switch signal {
            case SIGWINCH:
                terminal.resize()
                terminal.redraw()
            case SIGTSTP: suspend()
            case SIGQUIT: source.perform(.dump)
            default: ending = .signal(signal)
            }
        }
    }

    private mutating func suspend() {
        source.suspend {
            let stopped = clock.now
            terminal.suspend()
            return clock.now - stopped
        }
    }

    private mutating func readStandardError() {
        let text = unfinishedLine + terminal.standardError()
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        unfinishedLine = String(lines.removeLast())
        for line in lines where !line.isEmpty { source.wrote(String(line)) }
    }
}
