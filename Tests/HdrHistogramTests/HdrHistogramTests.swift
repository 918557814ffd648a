import Histogram
import Measurement
import Primitives
import Testing

/// Our histogram beside the Swift package of the same bucket scheme.
@Suite struct HdrHistogramTests {
    private static let percentiles: [Double] = [0.1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]

    @Test(arguments: UInt64(0)..<40) func `all percentiles are the same`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var ours = Measurement.Histogram()
        var reference = ReferenceHistogram(
            lowestDiscernibleValue: 1_000,
            highestTrackableValue: 3_600_000_000_000,
            numberOfSignificantValueDigits: .three
        )
        for _ in 0..<Int.random(in: 1...5_000, using: &random) {
            let octave = UInt64.random(in: 10...41, using: &random)
            let value = min(3_600_000_000_000, UInt64.random(in: 0..<(1 << octave), using: &random))
            ours.record(value)
            reference.record(value)
        }
        #expect(ours.count == reference.totalCount)
        for percentile in Self.percentiles {
            #expect(
                ours.percentile(percentile) == reference.valueAtPercentile(percentile),
                "\(percentile) %"
            )
        }
        #expect(abs(ours.mean - reference.mean) <= ours.mean / 1_000 + 1_024)
    }
}
