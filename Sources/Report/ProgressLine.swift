internal import Primitives

/// What a headless run says each period: one whole line, no carriage returns.
package struct ProgressLine: Hashable, Sendable {
    package var elapsedSeconds: Double
    package var active: Int
    package var sessions: Int
    package var operations: UInt64
    package var errors: UInt64
    /// Operations a second since the line before.
    package var rate: Double
    /// The response latency of the run so far, in nanoseconds.
    package var p50: UInt64
    package var p99: UInt64
    /// The age of the oldest operation in flight, in nanoseconds.
    package var oldest: UInt64
    /// Operations that the figures leave out, because they were due while it warmed up.
    package var leftOut: UInt64

    package init(
        elapsedSeconds: Double,
        active: Int,
        sessions: Int,
        operations: UInt64,
        errors: UInt64,
        rate: Double,
        p50: UInt64,
        p99: UInt64,
        oldest: UInt64,
        leftOut: UInt64 = 0
    ) {
        self.elapsedSeconds = elapsedSeconds
        self.active = active
        self.sessions = sessions
        self.operations = operations
        self.errors = errors
        self.rate = rate
        self.p50 = p50
        self.p99 = p99
        self.oldest = oldest
        self.leftOut = leftOut
    }

    package var text: String {
        "\(Decimals.text(elapsedSeconds, places: 1)) s  \(active)/\(sessions) sessions  "
            + "\(operations) operations (\(Decimals.text(rate, places: 0))/s)  \(errors) errors  "
            + "p50 \(figure(p50)) ms  p99 \(figure(p99)) ms  oldest \(figure(oldest)) ms"
            + (leftOut > 0 ? "  warm-up \(leftOut)" : "")
    }

    private func figure(_ nanoseconds: UInt64) -> String {
        Decimals.text(Milliseconds.from(nanoseconds), places: 1)
    }
}
