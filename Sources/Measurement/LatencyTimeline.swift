/// How often which latency was seen in which part of a run: the heat map's cells.
///
/// A run of any length has at most `columnMax` columns: when they are full, neighbours are joined.
package struct LatencyTimeline: Hashable, Sendable {
    /// The upper bounds of the rows in nanoseconds, three a decade; one more row lies above them.
    package static let bounds: [UInt64] = [
        10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
        10_000_000, 20_000_000, 50_000_000, 100_000_000, 200_000_000, 500_000_000, 1_000_000_000,
        2_000_000_000, 5_000_000_000, 10_000_000_000, 20_000_000_000, 50_000_000_000,
        100_000_000_000,
    ]

    /// A part of the run.
    package struct Column: Hashable, Sendable {
        /// Seconds since the run began.
        package var start: Double
        package var end: Double
        /// Operations that ended in this part, by row.
        package var ended: [UInt64]
        /// Operations that were under way when it was over, by their age: at least that long.
        package var underWay: [UInt64]
    }

    package static let columnMax = 120

    package private(set) var columns: [Column] = []
    private var lastCounts = [UInt64](repeating: 0, count: Self.bounds.count + 1)
    /// How many readings make a column.
    private var readingsPerColumn = 1
    private var readingsInLast = 0

    package init() {}

    /// Takes a reading: all latencies of the run so far, and the ages of what is under way, both in
    /// nanoseconds, at `seconds` since the run began.
    package mutating func record(
        _ latencies: Histogram,
        underWay ages: [UInt64],
        at seconds: Double
    ) {
        let counts = Self.rows(of: latencies)
        var column = Column(
            start: columns.last?.end ?? 0,
            end: seconds,
            ended: zip(counts, lastCounts).map { $0 - min($0, $1) },
            underWay: [UInt64](repeating: 0, count: counts.count)
        )
        for age in ages { column.underWay[Self.row(of: age)] += 1 }
        lastCounts = counts
        guard readingsInLast > 0, readingsInLast < readingsPerColumn else {
            columns.append(column)
            readingsInLast = 1
            return joinIfFull()
        }
        column = Self.joined(columns[columns.count - 1], column)
        columns[columns.count - 1] = column
        readingsInLast += 1
    }

    /// The row that a latency falls into.
    package static func row(of nanoseconds: UInt64) -> Int {
        bounds.firstIndex { nanoseconds <= $0 } ?? bounds.count
    }

    private static func rows(of latencies: Histogram) -> [UInt64] {
        var below: UInt64 = 0
        return (latencies.counts(atMost: bounds) + [latencies.count]).map { count in
            defer { below = count }
            return count - below
        }
    }

    private mutating func joinIfFull() {
        guard columns.count > Self.columnMax else { return }
        // The newest column is the only reading of its pair, if it has a pair at all.
        readingsInLast = columns.count.isMultiple(of: 2) ? 2 * readingsPerColumn : readingsInLast
        columns = stride(from: 0, to: columns.count, by: 2).map { index in
            index + 1 < columns.count
                ? Self.joined(columns[index], columns[index + 1]) : columns[index]
        }
        readingsPerColumn *= 2
    }

    private static func joined(_ first: Column, _ second: Column) -> Column {
        Column(
            start: first.start,
            end: second.end,
            ended: zip(first.ended, second.ended).map { $0 + $1 },
            underWay: second.underWay
        )
    }
}
