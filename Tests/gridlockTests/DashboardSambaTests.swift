import Foundation
import SambaSupport
import TerminalSupport
import Testing

/// The dashboard over a run against real Samba.
@Suite(
    .serialized,
    .enabled(if: TmuxPane.isThere, TmuxPane.hint),
    .enabled(if: Samba.isThere, Samba.hint)
)
struct DashboardSambaTests {
    /// What a row of the sessions view says, in milliseconds.
    private struct Row: Equatable {
        let id: Int
        let operations: Int
        let p50: String
        let p99: String

        init?(_ line: Substring) {
            let words = line.split(separator: " ").drop { !$0.hasPrefix("s") }
            guard words.count >= 12, let first = words.first, let id = Int(first.dropFirst())
            else { return nil }
            let fields = Array(words)
            self.id = id
            (p50, p99) = (String(fields[7]), String(fields[8]))
            operations = Int(fields[10]) ?? -1
        }
    }

    private func rows(_ pane: TmuxPane) throws -> [Row] {
        try pane.screen().split(separator: "\n").compactMap { Row($0) }
    }

    /// Whether a figure as shown, `4.1`, `212` or `8.1k`, is the exact one, rounded.
    private func agrees(_ shown: String, _ exact: Double) -> Bool {
        let isThousands = shown.hasSuffix("k")
        guard let value = Double(isThousands ? String(shown.dropLast()) : shown) else {
            return false
        }
        let decimals = shown.split(separator: ".").dropFirst().first?.filter(\.isNumber).count ?? 0
        let unit = pow(10, -Double(decimals)) * (isThousands ? 1_000 : 1)
        return abs(value * (isThousands ? 1_000 : 1) - exact) <= unit / 2 + 0.0011
    }

    private func mismatches(_ rows: [Row], _ sessions: [[String: Any]]) -> [String] {
        guard rows.count == sessions.count else { return ["\(rows.count) rows"] }
        return zip(rows, sessions).compactMap { row, session in
            let (p50, p99) = (session["p50Ms"] as? Double, session["p99Ms"] as? Double)
            let isRight =
                row.operations == session["operations"] as? Int && agrees(row.p50, p50 ?? -1)
                && agrees(row.p99, p99 ?? -1)
            return isRight ? nil : "\(row), p50 \(p50 ?? -1), p99 \(p99 ?? -1)"
        }
    }

    @Test func `the sessions view moves, and its figures are those of the summary at the end`()
        throws
    {
        let namespace = try SambaNamespace()
        let place = try DashboardPlace()
        let pane = try TmuxPane(
            "\(Program.gridlock) run samba-smoke --duration 600s --out \(place.path)/out",
            width: 120,
            height: 40,
            environment: namespace.environment
        )
        #expect(try pane.shows("READ "))
        try pane.type("2<<<<<")
        #expect(try pane.shows("rows 1-20 of 20"))
        #expect(try pane.shows("sort: ID"))
        let before = try rows(pane)
        #expect(before.map(\.id) == Array(0..<20))
        #expect(
            try pane.eventually {
                let now = try rows(pane)
                return now.count == 20
                    && zip(before, now).allSatisfy { $0.operations < $1.operations }
            }
        )
        try pane.type("xy")
        #expect(try pane.shows("OVER 0"))
        let sessions = try #require(place.results()["perSession"] as? [[String: Any]])
        #expect(sessions.count == 20)
        // The terminal may be in the middle of the last screen.
        var wrong = ["nothing was read"]
        let agree = try pane.eventually {
            wrong = try mismatches(rows(pane), sessions)
            return wrong.isEmpty
        }
        #expect(agree, "\(wrong)")
        try pane.type("q")
        #expect(try pane.code() == 0)
        #expect(try pane.isRestored())
    }
}
