internal import Primitives

/// Numbers as the panels print them: short, and never in need of an explanation.
enum Figures {
    /// An age or a duration: `0.3s`, `31.2s`, `4m05`, `2h07`.
    static func age(_ nanoseconds: UInt64) -> String {
        let seconds = Double(nanoseconds) / 1e9
        if seconds < 99.95 { return Decimals.text(seconds, places: 1) + "s" }
        let whole = nanoseconds / 1_000_000_000
        if whole < 3_600 { return "\(whole / 60)m\(twoDigits(whole % 60))" }
        return "\(whole / 3_600)h\(twoDigits(whole / 60 % 60))"
    }

    /// A latency in milliseconds without its unit, from ten seconds on in seconds with it.
    static func latency(_ nanoseconds: UInt64) -> String {
        let milliseconds = Double(nanoseconds) / 1e6
        if nanoseconds == 0 { return "-" }
        if milliseconds < 0.995 { return Decimals.text(milliseconds, places: 2) }
        if milliseconds < 9.95 { return Decimals.text(milliseconds, places: 1) }
        if milliseconds < 9_999.5 { return Decimals.text(milliseconds, places: 0) }
        return age(nanoseconds)
    }

    /// A count in at most five cells: `9999`, `12.3k`, `4.1M`.
    static func count(_ value: UInt64) -> String {
        if value < 10_000 { return "\(value)" }
        for (scale, suffix) in [(1e3, "k"), (1e6, "M"), (1e9, "G")] {
            let scaled = Double(value) / scale
            if scaled < 99.95 { return Decimals.text(scaled, places: 1) + suffix }
            if scaled < 999.5 { return Decimals.text(scaled, places: 0) + suffix }
        }
        return Decimals.text(Double(value) / 1e12, places: 1) + "T"
    }

    /// A rate a second, rounded; 0 for what is no rate.
    static func rate(_ value: Double) -> String {
        count(value > 0 ? UInt64(min(value, 1e15).rounded()) : 0)
    }

    /// `03:12`, or `1:03:12` from an hour on.
    static func clock(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let text = "\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
        return seconds < 3_600 ? text : "\(seconds / 3_600):\(text)"
    }

    /// `03:11.8`: a point of the run.
    static func moment(_ nanoseconds: UInt64) -> String {
        clock(nanoseconds) + ".\(nanoseconds / 100_000_000 % 10)"
    }

    /// The bound of a row of the heat map: `200us`, `5ms`, `10s`.
    static func bound(_ nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case ..<1_000_000: "\(nanoseconds / 1_000)us"
        case ..<1_000_000_000: "\(nanoseconds / 1_000_000)ms"
        default: "\(nanoseconds / 1_000_000_000)s"
        }
    }

    private static func twoDigits(_ value: UInt64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
