/// Reads durations, sizes and rates as people write them.
package enum Quantity {
    /// `250ms`, `1.5s`, `10min`, `2h`; a number without its unit is refused, 0 excepted.
    package static func duration(_ text: String) -> Duration? {
        guard let (number, unit) = split(text) else { return nil }
        let seconds: Double
        switch unit {
        case "us", "µs": seconds = number / 1_000_000
        case "ms": seconds = number / 1_000
        case "s": seconds = number
        case "min", "m": seconds = number * 60
        case "h": seconds = number * 3_600
        case "" where number == 0: seconds = 0
        default: return nil
        }
        // A year is longer than any run, and far from where nanoseconds overflow.
        guard seconds <= 31_536_000 else { return nil }
        return .nanoseconds(Int64((seconds * 1_000_000_000).rounded()))
    }

    /// `4096`, `64KiB`, `1MiB`, `2GiB`, in bytes.
    package static func size(_ text: String) -> Int? {
        guard let (number, unit) = split(text) else { return nil }
        let scale: Double
        switch unit {
        case "", "B": scale = 1
        case "KiB": scale = 1_024
        case "MiB": scale = 1_048_576
        case "GiB": scale = 1_073_741_824
        default: return nil
        }
        let bytes = number * scale
        guard bytes == bytes.rounded(), bytes <= 1_099_511_627_776 else { return nil }
        return Int(bytes)
    }

    /// `2000/s`, `90/min` or a number alone, per second.
    package static func rate(_ text: String) -> Double? {
        guard let (number, unit) = split(text) else { return nil }
        switch unit {
        case "", "/s": return number
        case "/min": return number / 60
        default: return nil
        }
    }

    /// A non-negative decimal number and what stands behind it.
    private static func split(_ text: String) -> (number: Double, unit: String)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        return (number, String(unit))
    }
}
