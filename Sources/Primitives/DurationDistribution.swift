/// A length of time, fixed or by dice.
package enum DurationDistribution: Hashable, Sendable {
    case fixed(Duration)
    /// From the first to the second, both included; no less than the first.
    case uniform(Duration, Duration)
    /// With this mean.
    case exponential(Duration)

    /// One length by these dice; nanoseconds are whole.
    package func sample(using random: inout some RandomNumberGenerator) -> Duration {
        switch self {
        case .fixed(let duration): return duration
        case .uniform(let low, let high):
            let range = low.wholeNanoseconds...max(low, high).wholeNanoseconds
            return .nanoseconds(Int64.random(in: range, using: &random))
        case .exponential(let mean): return Exponential.sample(mean: mean, using: &random)
        }
    }
}
