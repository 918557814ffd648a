/// The latencies of one session: coarse, but there may be a hundred thousand of these.
///
/// Values are nanoseconds; a percentile is right to about 6 %. At most 1.1 KiB.
package struct SessionHistogram: Hashable, Sendable {
    /// A microsecond to an hour, 16 linear steps an octave.
    package static let scale = LogLinearScale(
        lowest: 1_000,
        highest: 3_600_000_000_000,
        subBucketBits: 5
    )

    private var counts: [UInt32] = []
    package private(set) var count: UInt64 = 0
    /// The greatest value recorded, in nanoseconds and exact.
    package private(set) var maximum: UInt64 = 0

    package init() {}

    /// Counts one value in nanoseconds.
    package mutating func record(_ nanoseconds: UInt64) {
        let index = Self.scale.index(of: nanoseconds)
        if index >= counts.count {
            let more = (index / 32 + 1) * 32 - counts.count
            counts.append(contentsOf: repeatElement(0, count: more))
        }
        // A counter that is full stays so: four billion operations of one session.
        if counts[index] < .max { counts[index] += 1 }
        maximum = max(maximum, nanoseconds)
        count += 1
    }

    /// How many values lie at or below each of `bounds`, which ascend; right to about 6 %.
    package func counts(atMost bounds: [UInt64]) -> [UInt64] {
        var (below, index): (UInt64, Int) = (0, 0)
        return bounds.map { bound in
            while index < counts.count, Self.scale.lowestValue(at: index) <= bound {
                below += UInt64(counts[index])
                index += 1
            }
            return below
        }
    }

    /// The value below which, or at which, `percent` of all values lie, in nanoseconds.
    package func percentile(_ percent: Double) -> UInt64 {
        Rank.value(
            at: percent,
            of: count,
            buckets: counts.count,
            scale: Self.scale,
            maximum: maximum
        ) { UInt64(counts[$0]) }
    }
}
