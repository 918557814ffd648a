/// How often which latency was seen, to three digits, from a microsecond to an hour.
///
/// Values are nanoseconds. Histograms add exactly: the sum of two is the histogram of both runs.
package struct Histogram: Hashable, Sendable {
    /// A microsecond to an hour, 2,048 linear steps an octave: three significant digits.
    package static let scale = LogLinearScale(
        lowest: 1_000,
        highest: 3_600_000_000_000,
        subBucketBits: 11
    )

    private var counts: [UInt64] = []
    package private(set) var count: UInt64 = 0
    /// The smallest value recorded, in nanoseconds; 0 when there is none.
    package private(set) var minimum: UInt64 = 0
    /// The greatest value recorded, in nanoseconds and exact; 0 when there is none.
    package private(set) var maximum: UInt64 = 0
    /// The sum of all values recorded, in nanoseconds; a full sum stays full.
    package private(set) var sum: UInt64 = 0

    package init() {}

    /// Counts one value in nanoseconds.
    package mutating func record(_ nanoseconds: UInt64) {
        let index = Self.scale.index(of: nanoseconds)
        if index >= counts.count { grow(to: index + 1) }
        counts[index] += 1
        minimum = count == 0 ? nanoseconds : min(minimum, nanoseconds)
        maximum = max(maximum, nanoseconds)
        count += 1
        sum = Self.saturated(sum, nanoseconds)
    }

    private static func saturated(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (total, isFull) = left.addingReportingOverflow(right)
        return isFull ? .max : total
    }

    /// Counters are added in octaves as they are needed: most operations stay below a second.
    private mutating func grow(to needed: Int) {
        let octave = 1_024
        let target = min(Self.scale.bucketCount, (needed + octave - 1) / octave * octave)
        counts.append(contentsOf: repeatElement(0, count: target - counts.count))
    }

    /// The value below which, or at which, `percent` of all values lie, in nanoseconds.
    ///
    /// As HdrHistogram has it: the greatest value of the bucket that reaches the rank, but never
    /// more than the maximum. 0 when nothing was recorded.
    package func percentile(_ percent: Double) -> UInt64 {
        Rank.value(
            at: percent,
            of: count,
            buckets: counts.count,
            scale: Self.scale,
            maximum: maximum
        ) { counts[$0] }
    }

    /// The mean of all values in nanoseconds; 0 when there is none.
    package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// How many values lie at or below each of the rising `bounds`, in nanoseconds.
    ///
    /// A bucket that a bound falls into counts whole, so a bound is right to three digits.
    package func counts(atMost bounds: [UInt64]) -> [UInt64] {
        var (total, next) = (UInt64(0), 0)
        return bounds.map { bound in
            let end = min(counts.count, Self.scale.index(of: bound) + 1)
            while next < end {
                total += counts[next]
                next += 1
            }
            return bound >= Self.scale.highestTrackable ? count : total
        }
    }

    /// The counters of the scale's buckets, up to the last that is not 0.
    package var bucketCounts: ArraySlice<UInt64> {
        let last = counts.lastIndex { $0 > 0 } ?? -1
        return counts.prefix(last + 1)
    }

    package mutating func add(_ other: Histogram) {
        guard other.count > 0 else { return }
        if other.counts.count > counts.count { grow(to: other.counts.count) }
        for index in other.counts.indices { counts[index] += other.counts[index] }
        minimum = count == 0 ? other.minimum : min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        count += other.count
        sum = Self.saturated(sum, other.sum)
    }
}

/// Finds ranks in counters of any width.
enum Rank {
    static func value(
        at percent: Double,
        of total: UInt64,
        buckets: Int,
        scale: LogLinearScale,
        maximum: UInt64,
        count: (Int) -> UInt64
    ) -> UInt64 {
        guard total > 0 else { return 0 }
        // As HdrHistogram's: 99.9 % of 10,000 is 9,990 and no rounding error more.
        let share = min(max(percent, 0), 100).nextDown * Double(total) / 100
        let rank = max(1, UInt64(max(0, share.rounded(.up))))
        var seen: UInt64 = 0
        for index in 0..<buckets {
            seen += count(index)
            if seen >= rank { return min(scale.highestValue(at: index), maximum) }
        }
        return maximum
    }
}
