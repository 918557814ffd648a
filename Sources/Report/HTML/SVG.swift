internal import Primitives

/// Numbers and scales for drawings.
enum SVG {
    /// With at most one decimal.
    static func number(_ value: Double) -> String {
        let text = Decimals.text(value, places: 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func text(
        _ content: String,
        x: Double,
        y: Double,
        anchor: String = "start",
        style: String
    ) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" class=\"\(style)\">"
            + XML.escaped(content) + "</text>"
    }

    static func line(
        _ x1: Double,
        _ y1: Double,
        _ x2: Double,
        _ y2: Double,
        style: String
    ) -> String {
        "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
            + "y2=\"\(number(y2))\" class=\"\(style)\"/>"
    }
}

/// Maps latencies in nanoseconds to places, a decade as wide as the next.
struct LogScale {
    let low: Double
    let high: Double
    let start: Double
    let end: Double

    func place(of nanoseconds: UInt64) -> Double {
        let value = min(max(Double(nanoseconds), low), high)
        let share = (Self.log2(value) - Self.log2(low)) / (Self.log2(high) - Self.log2(low))
        return start + share * (end - start)
    }

    /// The binary logarithm: the exponent, and the series of the area tangent for the rest.
    static func log2(_ value: Double) -> Double {
        let ratio = (value.significand - 1) / (value.significand + 1)
        var (power, sum) = (ratio, 0.0)
        for odd in stride(from: 1.0, through: 15, by: 2) {
            sum += power / odd
            power *= ratio * ratio
        }
        return Double(value.exponent) + 2 * sum / 0.693_147_180_559_945_3
    }
}

/// Latencies as people say them: `20 µs`, `5 ms`, `2 s`.
enum ShortLatency {
    static func text(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case 0..<1_000_000: "\(nanoseconds / 1_000) µs"
        case 1_000_000..<1_000_000_000: "\(nanoseconds / 1_000_000) ms"
        default: "\(nanoseconds / 1_000_000_000) s"
        }
    }
}
