import Foundation
import TerminalSupport
import Testing

/// The dashboard in a real terminal emulator.
@Suite(.serialized, .enabled(if: TmuxPane.isThere, TmuxPane.hint))
struct TerminalTests {
    @Test(arguments: ["xterm-256color", "screen-256color", "tmux-256color", "vt100", "linux"])
    func `every kind of terminal shows the hang and comes back clean`(_ term: String) throws {
        let pane = try TmuxPane("\(TmuxPane.probe) deadlock", term: term)
        #expect(try pane.shows("verdict deadlock (exit 98)"))
        try pane.type("4")
        #expect(try pane.shows("the cycle is closed"))
        try pane.type("q")
        #expect(try pane.shows("Results are written"))
        try pane.type("y")
        #expect(try pane.code() == 0)
        #expect(try pane.isRestored())
    }

    @Test(
        arguments: [
            (SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129), (SIGABRT, 134), (SIGSEGV, 139),
            (SIGILL, 132), (SIGTRAP, 133), (SIGBUS, 135), (SIGFPE, 136),
        ] as [(Int32, Int32)]
    )
    func `a signal ends the program and leaves the terminal clean`(
        _ signal: Int32,
        _ code: Int32
    ) throws {
        let pane = try TmuxPane("\(TmuxPane.probe) steady --mouse")
        #expect(try pane.shows("session map"))
        try pane.signal(signal)
        #expect(try pane.code() == code)
        #expect(try pane.isRestored())
    }

    @Test func `a trap leaves the terminal clean`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) steady --crash")
        #expect(try pane.shows("session map"))
        try pane.type("d")
        let code = try pane.code()
        #expect(code == 132 || code == 133)
        #expect(try pane.isRestored())
    }

    @Test func `SIGQUIT dumps and goes on`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) steady")
        #expect(try pane.shows("session map"))
        try pane.signal(SIGQUIT)
        try pane.type("5")
        #expect(try pane.shows("intent dump"))
        try pane.press("C-c")
        #expect(try pane.code() == 130)
    }

    @Test func `keys, filters and sorting change what is shown`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) stall")
        #expect(try pane.shows("session map"))
        try pane.type("2")
        #expect(try pane.shows("rows 1-15 of 1000"))
        try pane.press("Down")
        #expect(try pane.shows("selected s417"))
        try pane.type("/")
        #expect(try pane.shows("filter:"))
        try pane.type("state=stall and op=read")
        try pane.press("Enter")
        #expect(try pane.shows("rows 1-1 of 1 "))
        try pane.press("Escape")
        #expect(try pane.shows("rows 1-15 of 1000"))
        try pane.type("<<<<<")
        #expect(try pane.shows("sort: ID"))
        try pane.press("End")
        #expect(try pane.shows("selected s999"))
        try pane.press("Enter")
        #expect(try pane.shows("session s999"))
    }

    @Test func `any size is drawn while it changes`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) deadlock")
        #expect(try pane.shows("session map"))
        for (width, height) in [(120, 40), (1, 1), (38, 10), (200, 50), (7, 3), (60, 16)] {
            try pane.resize(width: width, height: height)
        }
        try pane.resize(width: 38, height: 10)
        #expect(try pane.shows("need 60x16, have 38x10"))
        try pane.resize(width: 120, height: 40)
        #expect(try pane.shows("order conflict: PKT"))
        try pane.press("C-c")
        #expect(try pane.code() == 130)
        #expect(try pane.isRestored())
    }

    @Test func `a paste of garbage does nothing`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) deadlock")
        #expect(try pane.shows("session map"))
        let garbage = "qy+++---dxy\u{7}pypFb\t2/\u{3}~[200~" + String(repeating: "y", count: 3_000)
        try pane.tmux("set-buffer", garbage)
        try pane.tmux("paste-buffer", "-p")
        try pane.type("5")
        #expect(try pane.shows("events 3  shown 3"))
        #expect(try !pane.screen().contains("intent"))
    }

    @Test func `a line on standard error becomes an event and spoils nothing`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) steady --chatty")
        #expect(try pane.shows("session map"))
        try pane.type("5")
        #expect(try pane.shows("stderr said: a library says something"))
        #expect(try pane.screen().hasPrefix("gridlock office-day"))
    }

    @Test func `Ctrl-Z asks, stops the program, and fg brings it back`() throws {
        let command = "bash --norc -i"
        let pane = try TmuxPane(command)
        try pane.type("PS1='ready> '\n")
        #expect(try pane.shows("ready> "))
        try pane.type("\(TmuxPane.probe) steady\n")
        #expect(try pane.shows("session map"))
        try pane.press("C-z")
        #expect(try pane.shows("Suspend?"))
        try pane.type("y")
        #expect(try pane.shows("Stopped"))
        try pane.type("fg\n")
        #expect(try pane.shows("session map"))
        try pane.type("5")
        #expect(try pane.shows("suspended"))
        try pane.press("C-c")
        try pane.type("echo code $?\n")
        #expect(try pane.shows("code 130"))
    }

    @Test(arguments: [
        ("dumb", "TERM=dumb cannot place its cursor"), ("", "TERM is not set"),
        ("no-such-terminal", "TERM=no-such-terminal: the terminal type is unknown"),
    ])
    func `a terminal without a cursor is refused in a sentence`(
        _ term: String,
        _ sentence: String
    ) throws {
        let pane = try TmuxPane("\(TmuxPane.probe) steady", term: "'\(term)'")
        #expect(try pane.shows("refused: \(sentence)"))
        #expect(try pane.code() == 2)
        #expect(try pane.isRestored())
    }

    @Test func `what is no terminal is refused in a sentence`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) steady </dev/null")
        #expect(try pane.shows("refused: standard input or output is no terminal"))
        #expect(try pane.code() == 2)
    }

    @Test func `clicks reach what they point at`() throws {
        let pane = try TmuxPane("\(TmuxPane.probe) deadlock --mouse", term: "xterm-256color")
        #expect(try pane.shows("session map"))
        // A press and a release of the first button on the tab Wait-for, as xterm sends them.
        try pane.type("\u{1B}[<0;45;4M\u{1B}[<0;45;4m")
        #expect(try pane.shows("the cycle is closed"))
    }
}
