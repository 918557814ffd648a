internal import Primitives

/// Figures as all dumps write them.
enum Format {
    /// `30.0 s`, `250 ms`, `12 us`: nanoseconds, cut, never rounded up.
    static func seconds(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1_000_000: "\(nanoseconds / 1_000) us"
        case ..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
        default: "\(nanoseconds / 1_000_000_000).\(nanoseconds / 100_000_000 % 10) s"
        }
    }

    /// `+41.250 s`: a point on the run's time line.
    static func time(_ instant: Instant) -> String {
        "+" + plainSeconds(instant.nanoseconds) + " s"
    }

    /// `41.250`: whole milliseconds.
    static func plainSeconds(_ nanoseconds: UInt64) -> String {
        let milliseconds = String(nanoseconds / 1_000_000 % 1_000)
        let zeroes = String(repeating: "0", count: 3 - milliseconds.count)
        return "\(nanoseconds / 1_000_000_000).\(zeroes)\(milliseconds)"
    }

    /// `1 session`, `2 sessions`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)" + (number == 1 ? "" : "s")
    }
}
