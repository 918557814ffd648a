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
    static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(number) " + (number == 1 ? noun : plural ?? noun + "s")
    }

    /// The text as one line that cannot break a dump's form: control characters are spelled out.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) }) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// C0, DEL, C1 and the two line separators of Unicode.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}"
            || scalar == "\u{2029}"
    }

    /// `0x1d`.
    static func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }
}
