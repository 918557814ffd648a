/// A point on a run's time line: nanoseconds since the run's own beginning.
///
/// Pure code never reads a clock; it is handed an `Instant` with every input. In real time the
/// shell takes it from the monotonic clock, in virtual time the world counts it up.
package struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the beginning of the run; 584 years fit.
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    package static let zero = Instant(nanoseconds: 0)

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.nanoseconds < rhs.nanoseconds }

    /// The instant `duration` later; stays at the ends of the time line instead of wrapping.
    package static func + (lhs: Self, duration: Duration) -> Self {
        let step = duration.wholeNanoseconds
        let (sum, overflow) = lhs.nanoseconds.addingReportingOverflow(step.magnitude)
        if step >= 0 { return Self(nanoseconds: overflow ? .max : sum) }
        return Self(nanoseconds: lhs.nanoseconds - min(lhs.nanoseconds, step.magnitude))
    }

    /// Nanoseconds from `earlier` to this instant; 0 when `earlier` is in fact later.
    package func nanoseconds(since earlier: Self) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }
}

extension Duration {
    /// Whole nanoseconds, cut towards zero; at most 292 years either way.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }

    package var seconds: Double { Double(wholeNanoseconds) / 1e9 }
}
