import Measurement
import Testing

@Suite struct LatencyTimelineTests {
    @Test func `a column holds what ended since the one before`() {
        var timeline = LatencyTimeline()
        var latencies = Histogram()
        latencies.record(15_000)
        timeline.record(latencies, underWay: [], at: 1)
        latencies.record(900_000)
        latencies.record(900_000)
        timeline.record(latencies, underWay: [3_000_000_000], at: 2)
        #expect(timeline.columns.map(\.start) == [0, 1])
        #expect(timeline.columns.map(\.end) == [1, 2])
        #expect(cells(timeline.columns[0].ended) == [1: 1])
        #expect(cells(timeline.columns[1].ended) == [6: 2])
        #expect(cells(timeline.columns[1].underWay) == [17: 1])
    }

    @Test(arguments: [1, 120, 121, 122, 500, 1_001])
    func `a long run loses no operation and no time`(readings: Int) {
        var timeline = LatencyTimeline()
        var latencies = Histogram()
        for second in 1...readings {
            latencies.record(UInt64(second) * 50_000)
            timeline.record(latencies, underWay: [], at: Double(second))
        }
        let columns = timeline.columns
        #expect(columns.count <= LatencyTimeline.columnMax)
        #expect(columns.reduce(0) { $0 + $1.ended.reduce(0, +) } == UInt64(readings))
        #expect(columns.first?.start == 0 && columns.last?.end == Double(readings))
        #expect(zip(columns, columns.dropFirst()).allSatisfy { $0.end == $1.start })
        let widths = Set(columns.dropLast().map { $0.end - $0.start })
        #expect(widths.count <= 1)
    }

    @Test func `what is above every bound has a row of its own`() {
        #expect(LatencyTimeline.row(of: 10_000) == 0)
        #expect(LatencyTimeline.row(of: 10_001) == 1)
        #expect(LatencyTimeline.row(of: .max) == LatencyTimeline.bounds.count)
    }

    private func cells(_ counts: [UInt64]) -> [Int: UInt64] {
        var cells: [Int: UInt64] = [:]
        for (row, count) in counts.enumerated() where count > 0 { cells[row] = count }
        return cells
    }
}
