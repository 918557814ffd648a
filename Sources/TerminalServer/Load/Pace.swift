internal import Primitives

/// When one session's operations are due in an open loop: a Poisson process with dice of its own.
///
/// The schedule does not wait for answers. An operation that starts late is measured from when it
/// was due, so a server that stalls cannot hide behind a client that politely waited.
struct Pace: Hashable, Sendable {
    private enum Rate: Hashable, Sendable {
        /// The mean pause.
        case steady(Duration)
        /// A load of the whole run since its beginning, shared by so many sessions.
        case staged(LoadShape, since: Instant, sessions: Double)
    }

    /// When the next operation is due; nil when none ever will be.
    private(set) var next: Instant?
    private let rate: Rate
    private var random: SplitMix64

    /// The longest mean, in nanoseconds: a year, far from where the sums of pauses overflow.
    private static let meanMax = 31_536_000e9

    /// A schedule of `operationsPerSecond`, which must be above 0, beginning at `start`.
    init(operationsPerSecond: Double, from start: Instant, random: SplitMix64) {
        rate = .steady(.nanoseconds(Int64(min(max(1, 1e9 / operationsPerSecond), Self.meanMax))))
        self.random = random
        next = start
        advance()
    }

    /// One session's part of a load that began at `loadBegan`; its own schedule begins at `start`.
    init(
        _ shape: LoadShape,
        sessions: Int,
        loadBegan: Instant,
        from start: Instant,
        random: SplitMix64
    ) {
        rate = .staged(shape, since: loadBegan, sessions: Double(sessions))
        self.random = random
        next = start
        advance()
    }

    /// Moves on to the next operation.
    mutating func advance() {
        guard let now = next else { return }
        let step = Exponential.unit(using: &random)
        switch rate {
        case .steady(let mean):
            next = now + .nanoseconds(Int64(step * Double(mean.wholeNanoseconds)))
        case .staged(let shape, let began, let sessions):
            let moment = Duration.nanoseconds(Int64(clamping: now.nanoseconds(since: began)))
            next = shape.moment(after: moment, operations: step * sessions).map { began + $0 }
        }
    }

    /// Passes over what is due before `end`, and says how many that were.
    mutating func drop(until end: Instant) -> UInt64 {
        var count: UInt64 = 0
        while let due = next, due < end {
            advance()
            count += 1
        }
        return count
    }
}
