internal import Primitives

/// When one session's operations are due in an open loop: a Poisson process with dice of its own.
///
/// The schedule does not wait for answers. An operation that starts late is measured from when it
/// was due, so a server that stalls cannot hide behind a client that politely waited.
struct Pace: Hashable, Sendable {
    /// When the next operation is due.
    private(set) var next: Instant
    private let mean: Duration
    private var random: SplitMix64

    /// The longest mean, in nanoseconds: a year, far from where the sums of pauses overflow.
    private static let meanMax = 31_536_000e9

    /// A schedule of `operationsPerSecond`, which must be above 0, beginning at `start`.
    init(operationsPerSecond: Double, from start: Instant, random: SplitMix64) {
        mean = .nanoseconds(Int64(min(max(1, 1e9 / operationsPerSecond), Self.meanMax)))
        self.random = random
        next = start
        advance()
    }

    /// Moves on to the next operation.
    mutating func advance() { next = next + Exponential.sample(mean: mean, using: &random) }

    /// Passes over what is due before `end`, and says how many that were.
    mutating func drop(until end: Instant) -> UInt64 {
        var count: UInt64 = 0
        while next < end {
            advance()
            count += 1
        }
        return count
    }
}
