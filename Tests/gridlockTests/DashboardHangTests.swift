import Foundation
import SambaSupport
import TerminalSupport
import Testing

/// What a newcomer sees, word by word against the dump.
@Suite(.serialized, .enabled(if: TmuxPane.isThere, TmuxPane.hint))
struct DashboardHangTests {
    /// What the wait-for view says of the ring, without ages: they grow.
    private func statements(onScreen screen: String) -> [String] {
        var (found, member): ([String], Substring) = ([], "")
        for line in screen.split(separator: "\n") {
            if let match = line.firstMatch(of: #/│s(\d+)  ([A-Z]+)  (\S+) +\S+s *$/#) {
                member = match.1
                found.append("\(member) \(match.2.lowercased()) \(match.3)")
            } else if let match = line.firstMatch(
                of: #/─wants─▶ (\S+ \S+)  (\S+:\d+)  (queue \d+/\d+)/#
            ) {
                found.append("\(member) wants \(match.1) at \(match.2), \(match.3)")
            } else if let match = line.firstMatch(of: #/─held by─▶ s(\d+) (\S+) /#) {
                found.append("\(member) waits for \(match.1), which has it \(match.2)")
            } else if let match = line.firstMatch(of: #/─holds── (\S+ \S+)  \S+s  (\S+:\d+)/#) {
                found.append("\(member) holds \(match.1) at \(match.2)")
            }
        }
        return found
    }

    /// The same of the dump's ring.
    private func statements(inDump dump: String) -> [String] {
        var (found, member): ([String], Substring) = ([], "")
        for line in dump.split(separator: "\n") {
            if line.hasPrefix("  -> S") { break }
            if let match = line.firstMatch(of: #/^  S(\d+)  (\w+) (\S+)   stalled/#) {
                member = match.1
                found.append("\(member) \(match.2) \(match.3)")
            } else if let match = line.firstMatch(
                of: #/wants (\S+ \S+) +held by S(\d+) \((\S+), .*\) +(\S+:\d+) .* (queue \d+/\d+)/#
            ) {
                found.append("\(member) wants \(match.1) at \(match.4), \(match.5)")
                found.append("\(member) waits for \(match.2), which has it \(match.3)")
            } else if let match = line.firstMatch(of: #/holds (\S+ \S+) +\d.* (\S+:\d+) /#) {
                found.append("\(member) holds \(match.1) at \(match.2)")
            }
        }
        return found
    }

    private func number(_ text: String, _ pattern: Regex<(Substring, Substring)>) -> Int? {
        text.firstMatch(of: pattern).flatMap { Int($0.1) }
    }

    @Test func `without an argument the screen says of Q260752 what the dump says`() throws {
        let pane = try TmuxPane(Program.gridlock, width: 100, height: 30)
        #expect(try pane.shows("verdict deadlock (exit 98)"))
        #expect(try pane.shows("DEAD 2"))
        try pane.type("4")
        #expect(try pane.shows("the cycle is closed"))
        #expect(try pane.shows("order conflicts 1"))
        let screen = try pane.screen()
        let folder = pane.workingFolder + "/gridlock-out/"
        let run = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
        let results = folder + run
        let dump = try String(contentsOfFile: results + "/hangs/0001.txt", encoding: .utf8)
        let shown = statements(onScreen: screen)
        #expect(shown == statements(inDump: dump))
        // Two sessions, each with its operation, what it wants, who has it, and what it holds.
        #expect(shown.count == 8, "\(screen)")
        #expect(number(screen, #/also in it \((\d+)\)/#) == number(dump, #/component: (\d+) more/#))
        #expect(number(screen, #/behind (\d+)/#) == number(dump, #/behind: (\d+) of/#))
        try pane.press("C-c")
        #expect(try pane.code() == 130)
        #expect(try pane.isRestored())
        let data = try Data(contentsOf: URL(filePath: results + "/summary.json"))
        let summary = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let hangs = try #require(summary?["hangs"] as? [[String: Any]])
        let at = try #require(hangs.first?["atSeconds"] as? Double)
        #expect(at < 10)
    }

    @Test func `a hang is broken by the chosen victim`() throws {
        let place = try DashboardPlace()
        let pane = try TmuxPane("\(Program.gridlock) run --out \(place.path)/out")
        #expect(try pane.shows("verdict deadlock (exit 98)"))
        try pane.type("4b")
        #expect(try pane.shows("whose operation?"))
        try pane.press("Enter")
        #expect(try pane.shows("end the operation of"))
        try pane.type("y5")
        #expect(try pane.shows("asked for the end of"))
        try pane.press("C-c")
        #expect(try pane.code() == 130)
        #expect(try pane.isRestored())
    }
}
