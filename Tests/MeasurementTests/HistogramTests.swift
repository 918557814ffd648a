import Measurement
import Primitives
import Testing

@Suite struct HistogramTests {
    @Test(arguments: UInt64(0)..<50) func `a percentile is right to three digits`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        var histogram = Histogram()
        var values: [UInt64] = []
        for _ in 0..<2_000 {
            let octave = UInt64.random(in: 12...35, using: &random)
            let value = UInt64.random(in: 0..<(1 << octave), using: &random)
            values.append(value)
            histogram.record(value)
        }
        values.sort()
        for percent in [50.0, 90, 99, 99.9] {
            let exact = values[max(0, Int((percent * 2_000 / 100).rounded(.up)) - 1)]
            let found = histogram.percentile(percent)
            #expect(found >= exact)
            #expect(found - exact <= max(1_023, exact / 1_000))
        }
        #expect(histogram.percentile(100) == values.last)
        #expect(histogram.minimum == values.first)
    }

    @Test func `the sum of two histograms is the histogram of both`() {
        var random = SplitMix64(seed: 7)
        var (first, second, both) = (Histogram(), Histogram(), Histogram())
        for number in 0..<1_000 {
            let value = UInt64.random(in: 0..<50_000_000, using: &random)
            if number < 300 { first.record(value) } else { second.record(value * 100) }
            both.record(number < 300 ? value : value * 100)
        }
        first.add(second)
        #expect(first == both)
    }

    @Test func `values beyond an hour count as an hour, the maximum stays exact`() {
        var histogram = Histogram()
        histogram.record(.max)
        #expect(histogram.count == 1)
        #expect(histogram.maximum == .max)
        let hour = Histogram.scale.highestTrackable
        #expect((hour...hour + hour / 1_000).contains(histogram.percentile(50)))
    }

    @Test func `nothing recorded gives zero`() {
        #expect(Histogram().percentile(99) == 0)
        #expect(SessionHistogram().percentile(50) == 0)
    }

    @Test(arguments: UInt64(0)..<20) func `a session's percentile is right to 7 percent`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        var histogram = SessionHistogram()
        var values: [UInt64] = []
        for _ in 0..<500 {
            let value = UInt64.random(in: 50_000..<900_000_000, using: &random)
            values.append(value)
            histogram.record(value)
        }
        values.sort()
        let exact = values[249]
        let found = histogram.percentile(50)
        #expect(found >= exact && found - exact <= exact / 14)
        #expect(histogram.percentile(100) == values.last)
    }

    @Test func `every bucket's bounds fall into it`() {
        for scale in [Histogram.scale, SessionHistogram.scale] {
            for index in 0..<scale.bucketCount - 1 {
                let (low, high) = (scale.lowestValue(at: index), scale.highestValue(at: index))
                guard high <= scale.highestTrackable else { break }
                #expect(scale.index(of: low) == index)
                #expect(scale.index(of: high) == index)
            }
            #expect(scale.index(of: .max) < scale.bucketCount)
        }
    }

    @Test func `values below a bound are counted, the coarse scale's too`() {
        var (fine, coarse) = (Histogram(), SessionHistogram())
        for value: UInt64 in [900, 45_000, 1_500_000, 90_000_000_000] {
            fine.record(value)
            coarse.record(value)
        }
        let bounds: [UInt64] = [1_000, 50_000, 2_000_000, 100_000_000_000]
        #expect(fine.counts(atMost: bounds) == [1, 2, 3, 4])
        #expect(coarse.counts(atMost: bounds) == [1, 2, 3, 4])
        #expect(SessionHistogram().counts(atMost: bounds) == [0, 0, 0, 0])
    }

    @Test func `an error counts but leaves the latencies alone`() {
        var operation = OperationStatistics()
        var session = SessionStatistics()
        let latencies = Latencies(service: 5_000, response: 9_000, blocked: 0)
        operation.record(latencies, isError: false)
        operation.record(latencies, isError: true)
        session.record(latencies, isError: true)
        #expect(operation.count == 2 && operation.errors == 1 && operation.service.count == 1)
        #expect(session.operations == 1 && session.errors == 1 && session.last == 0)
    }

    @Test func `statuses are counted in order, and add up`() {
        let latencies = Latencies(service: 1, response: 1, blocked: 0)
        var (first, second) = (OperationStatistics(), OperationStatistics())
        for status: UInt32 in [0xC000_0034, 0, 0xC000_0022, 0] {
            first.record(latencies, status: status)
        }
        for status: UInt32 in [0x8000_0006, 0] { second.record(latencies, status: status) }
        first.add(second)
        #expect(first.count == 6 && first.errors == 3)
        #expect(
            first.statuses.rows.map(\.status) == [0, 0x8000_0006, 0xC000_0022, 0xC000_0034]
        )
        #expect(first.statuses.rows.map(\.count) == [3, 1, 1, 1])
    }
}
