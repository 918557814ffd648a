import Foundation
import SambaSupport
import TerminalSupport
import Testing

/// The real program on a real terminal, with an emulated namespace.
@Suite(.serialized, .enabled(if: TmuxPane.isThere, TmuxPane.hint))
struct DashboardTests {
    @Test func `a run on a terminal is watched, stopped and explored`() throws {
        let place = try DashboardPlace()
        let pane = try TmuxPane(place.command(""))
        #expect(try pane.shows("READ "))
        try pane.type("2")
        #expect(try pane.shows("rows 1-12 of 12"))
        try pane.press("Enter")
        #expect(try pane.shows("what it did before"))
        try pane.type("xy")
        #expect(try pane.shows("OVER 00:"))
        try pane.type("5")
        #expect(try pane.shows("the results are written"))
        try pane.type("q")
        #expect(try pane.code() == 0)
        #expect(try pane.isRestored())
        #expect(try place.summary().contains("\"verdict\": \"pass\""))
    }

    @Test(arguments: [(SIGHUP, 129), (SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func `a signal ends a watched run with its results`(
        _ signal: Int32,
        _ code: Int32
    ) throws {
        let place = try DashboardPlace()
        let pane = try TmuxPane(place.command(""))
        #expect(try pane.shows("READ "))
        try pane.signal(signal)
        #expect(try pane.code() == code)
        #expect(try pane.isRestored())
        #expect(try place.summary().contains("\"exitCode\": \(code)"))
    }

    @Test func `a gap in which the process stood still is left out of the latencies`() throws {
        let place = try DashboardPlace()
        let pane = try TmuxPane("bash --norc -i")
        try pane.type("PS1='ready> '\n")
        #expect(try pane.shows("ready> "))
        try pane.type(place.command("") + "\n")
        #expect(try pane.shows("READ "))
        try pane.press("C-z")
        #expect(try pane.shows("Suspend?"))
        try pane.type("y")
        #expect(try pane.shows("Stopped"))
        try pane.type("sleep 4; fg\n")
        #expect(try pane.shows("session map"))
        try pane.type("5")
        #expect(try pane.shows("left out of all figures"))
        try pane.press("C-c")
        #expect(try pane.shows("results in"))
        let summary = try JSONSerialization.jsonObject(with: Data(place.summary().utf8))
        let operations = (summary as? [String: Any])?["operations"] as? [String: Any]
        let read = try #require(operations?["read"] as? [String: Any])
        let response = try #require(read["responseMs"] as? [String: Double])
        #expect(try #require(response["max"]) < 3_500)
    }

    @Test func `plain lines tell a run without a terminal`() throws {
        let place = try DashboardPlace()
        let result = try Program.run(
            Program.gridlock,
            [
                "run", place.path + "/twelve.yaml", "--out", place.path + "/out", "--plain",
                "--duration", "1s",
            ]
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.errors.contains("phase running"))
        #expect(result.errors.contains("run over after 00:0"))
        #expect(!result.errors.contains("\u{1B}"))
    }

    @Test func `a dashboard that cannot be shown gives way to lines`() throws {
        let place = try DashboardPlace()
        let result = try Program.run(
            Program.gridlock,
            [
                "run", place.path + "/twelve.yaml", "--out", place.path + "/out", "--dashboard",
                "--duration", "1s",
            ]
        )
        #expect(result.code == 0, "\(result.errors)")
        let sentence = "gridlock: no dashboard, standard input or output is no terminal"
        #expect(result.errors.hasPrefix(sentence))
    }
}
