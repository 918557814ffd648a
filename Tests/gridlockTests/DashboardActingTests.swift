import Foundation
import SambaSupport
import TerminalSupport
import Testing

/// What a person does to a run from the dashboard.
@Suite(.serialized, .enabled(if: TmuxPane.isThere, TmuxPane.hint))
struct DashboardActingTests {
    @Test func `sessions are added and removed while the run is on`() throws {
        let place = try DashboardPlace()
        let pane = try TmuxPane(place.command(""))
        #expect(try pane.shows("READ "))
        try pane.type("+++")
        #expect(try pane.shows("sess 15 "))
        try pane.type("----")
        #expect(try pane.shows("done 4"))
        try pane.type("5")
        #expect(try pane.shows("session s12 logs on"))
        #expect(try pane.shows("session s11 ends and logs off"))
        try pane.type("2")
        #expect(try pane.shows("rows 1-15 of 15"))
        try pane.press("C-c")
        #expect(try pane.code() == 130)
        let sessions = try #require(place.results()["perSession"] as? [[String: Any]])
        #expect(sessions.map { $0["id"] as? Int } == Array(0..<15))
        #expect(sessions.allSatisfy { $0["errors"] as? Int == 0 })
        #expect(sessions.allSatisfy { ($0["operations"] as? Int ?? 0) >= 2 })
        let events = try place.file("events.ndjson")
        #expect(events.contains(#""type":"input","sentence":"session s14 logs on""#))
    }

    @Test func `faults of the namespace are switched, and every view says which are on`() throws {
        let place = try DashboardPlace()
        let pane = try TmuxPane(place.command(""))
        #expect(try pane.shows("READ "))
        try pane.type("F")
        #expect(try pane.shows("off lazy-fs1"))
        #expect(try pane.shows("off deaf"))
        try pane.press("Enter")
        #expect(try pane.shows("on  lazy-fs1"))
        try pane.press("Escape")
        #expect(try pane.shows("fault lazy-fs1"))
        #expect(try pane.shows("slow 12"))
        try pane.type("F")
        try pane.press("Enter")
        #expect(try pane.shows("off lazy-fs1"))
        try pane.press("Escape", "C-c")
        #expect(try pane.code() == 130)
        let events = try place.file("events.ndjson")
        #expect(events.contains("fault lazy-fs1 is switched on"))
        #expect(events.contains("fault lazy-fs1 is switched off"))
        // Whichever operation each session was about to begin took that long.
        let operations = try #require(place.results()["operations"] as? [String: [String: Any]])
        let slowest = operations.values.compactMap { operation in
            (operation["responseMs"] as? [String: Double])?["max"]
        }.max()
        #expect(try #require(slowest) >= 1_500)
    }

    @Test func `a run in virtual time is shown, and has the trace that it has without a screen`()
        throws
    {
        let place = try DashboardPlace()
        let virtual = "--virtual-time --seed 7 --duration 2s"
        let pane = try TmuxPane(place.command(virtual))
        #expect(try pane.shows("virtual time"))
        #expect(try pane.shows("OVER 00:0"))
        try pane.type("5")
        #expect(try pane.shows("as fast as it goes"))
        try pane.type("2")
        #expect(try pane.shows("rows 1-12 of 12"))
        try pane.type("q")
        #expect(try pane.code() == 0)
        let headless = try Program.run(
            "/bin/sh",
            ["-c", place.command(virtual + " --headless", out: "headless")]
        )
        #expect(headless.code == 0, "\(headless.errors)")
        let hash = try #require(place.results()["traceHash"] as? String)
        #expect(try place.results(out: "headless")["traceHash"] as? String == hash)
    }

    @Test func `virtual time stands still while it is paused, and takes commands`() throws {
        let place = try DashboardPlace()
        let pane = try TmuxPane(place.command("--virtual-time --seed 7 --duration 24h"))
        #expect(try pane.shows("READ "))
        try pane.type("p")
        #expect(try pane.shows("Virtual time stands still."))
        try pane.type("y")
        #expect(try pane.shows("PAUSED"))
        try pane.type("+p")
        #expect(try pane.shows("sess 13"))
        try pane.type("xy")
        #expect(try pane.shows("OVER "))
        try pane.type("q")
        #expect(try pane.code() == 0)
        let sessions = try #require(place.results()["perSession"] as? [[String: Any]])
        #expect(sessions.count == 13)
    }
}
