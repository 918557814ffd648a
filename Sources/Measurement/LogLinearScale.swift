/// The bucket scheme of HdrHistogram: linear within an octave, one octave after the other.
///
/// A value and its bucket differ by less than one part in `subBuckets / 2`. The scheme is the
/// published one, so that its tools can read what we write.
package struct LogLinearScale: Hashable, Sendable {
    /// Values below 2^unitMagnitude fall into the first bucket.
    package let unitMagnitude: Int
    /// log2 of half the number of linear steps in an octave.
    private let halfMagnitude: Int
    /// How many counters the scale needs.
    package let bucketCount: Int
    /// Nothing smaller can be told from 0.
    package let lowestDiscernible: UInt64
    /// Greater values count as this one.
    package let highestTrackable: UInt64

    /// Makes a scale for values from `lowest` to `highest` with 2^`subBucketBits` linear steps.
    package init(lowest: UInt64, highest: UInt64, subBucketBits: Int) {
        precondition(lowest > 0 && highest >= 2 * lowest && (2...20).contains(subBucketBits))
        unitMagnitude = 63 - lowest.leadingZeroBitCount
        halfMagnitude = subBucketBits - 1
        lowestDiscernible = lowest
        highestTrackable = highest
        let reach = unitMagnitude + subBucketBits
        let octaves = max(0, 64 - highest.leadingZeroBitCount - reach)
        bucketCount = (octaves + 2) << halfMagnitude
    }

    /// The counter of `value`; never beyond `bucketCount`.
    ///
    /// Magnitudes are below 64 by construction, so the shifts need no checks: this is done several
    /// times an operation.
    package func index(of value: UInt64) -> Int {
        let value = min(value, highestTrackable)
        let lowOctave = (2 &<< UInt64(halfMagnitude &+ unitMagnitude)) &- 1 as UInt64
        let octave =
            63 &- (value | lowOctave).leadingZeroBitCount &- unitMagnitude &- halfMagnitude
        let step = Int(truncatingIfNeeded: value &>> UInt64(octave &+ unitMagnitude))
        return (octave &<< halfMagnitude) &+ step
    }

    /// The smallest value that counts in `index`.
    package func lowestValue(at index: Int) -> UInt64 {
        var octave = (index >> halfMagnitude) - 1
        var step = (index & ((1 << halfMagnitude) - 1)) + (1 << halfMagnitude)
        if octave < 0 {
            step -= 1 << halfMagnitude
            octave = 0
        }
        return UInt64(step) << UInt64(octave + unitMagnitude)
    }

    /// The greatest value that counts in `index`.
    package func highestValue(at index: Int) -> UInt64 {
        index + 1 < bucketCount ? lowestValue(at: index + 1) - 1 : highestTrackable
    }
}
