/// The exponential distribution: what happens at random times happens after such pauses.
package enum Exponential {
    /// By the inverse of the distribution function; pure code has no library for the logarithm.
    package static func sample(
        mean: Duration,
        using random: inout some RandomNumberGenerator
    ) -> Duration {
        .nanoseconds(Int64(unit(using: &random) * Double(mean.wholeNanoseconds)))
    }

    /// A pause whose mean is 1.
    package static func unit(using random: inout some RandomNumberGenerator) -> Double {
        -natural(Double.random(in: 0x1p-40..<1, using: &random))
    }

    /// ln x for positive x, by ln(m·2^e) = ln m + e ln 2 and the series of artanh.
    private static func natural(_ x: Double) -> Double {
        let z = (x.significand - 1) / (x.significand + 1)
        var term = z
        var sum = 0.0
        for power in stride(from: 1.0, through: 41, by: 2) {
            sum += term / power
            term *= z * z
        }
        return 2 * sum + Double(x.exponent) * 0.693_147_180_559_945_3
    }
}
