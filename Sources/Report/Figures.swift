package import Measurement
internal import Primitives

/// Nanoseconds as milliseconds with three decimals: one figure for every output.
enum Milliseconds {
    static func from(_ nanoseconds: UInt64) -> Double {
        Double(microseconds(nanoseconds)) / 1_000
    }

    static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }

    static func text(_ nanoseconds: UInt64) -> String {
        fixed(microseconds(nanoseconds), decimals: 3)
    }

    /// The same figure with the point three digits further left.
    static func secondsText(_ nanoseconds: UInt64) -> String {
        fixed(microseconds(nanoseconds), decimals: 6)
    }

    /// Half a microsecond counts as a whole one.
    private static func microseconds(_ nanoseconds: UInt64) -> UInt64 {
        nanoseconds / 1_000 + (nanoseconds % 1_000 >= 500 ? 1 : 0)
    }

    private static func fixed(_ value: UInt64, decimals: Int) -> String {
        let digits = String(value)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}

/// Seconds with three decimals, as summary.json has them.
enum Seconds {
    static func text(_ seconds: Double) -> String { Decimals.text(seconds, places: 3) }
}

extension ThresholdResult {
    /// The value with three decimals, as every output shows it.
    package var figure: Double? { value.map { Milliseconds.rounded($0) } }

    /// `412 ms`, `3.846 %`, `52 /s`; `no data` where nothing was measured.
    package var valueText: String {
        guard let figure else { return "no data" }
        return Self.text(figure, threshold.unit)
    }

    /// What the output formats say about the result.
    package var sentence: String {
        let expression = threshold.expression
        switch state {
        case .passed: return "\(expression) holds: \(valueText)"
        case .failed: return "\(expression) does not hold: \(valueText)"
        case .inconclusive:
            guard let samples, samples > 0 else { return "\(expression) proves nothing: no data" }
            return "\(expression) proves nothing: \(valueText), but \(samples) samples are too few"
        }
    }

    private static func text(_ value: Double, _ unit: Threshold.Unit) -> String {
        let number = JSON.number(value).line
        return unit == .number ? number : "\(number) \(unit.rawValue)"
    }
}
