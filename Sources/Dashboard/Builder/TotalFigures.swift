package import Measurement
internal import TerminalServer

/// What all hosts measured so far.
package struct RunFigures: Sendable {
    /// By the raw value of `OperationKind`.
    package let operations: [OperationStatistics]
    /// Arrivals that the generator had to leave out.
    package let dropped: UInt64

    package init(operations: [OperationStatistics], dropped: UInt64) {
        self.operations = operations
        self.dropped = dropped
    }
}

/// The figures of all sessions together, once a second.
struct TotalFigures: Sendable {
    /// All response latencies by the rows of the heat map.
    private(set) var latencies: [UInt64] = []
    private var counts = [UInt64](repeating: 0, count: OperationKind.allCases.count)
    private var highest = [Histogram](
        repeating: Histogram(),
        count: OperationKind.allCases.count
    )

    /// Brings the figures into the model; `seconds` since the last time, 0 for no rates.
    mutating func take(_ state: RunFigures, seconds: Double, into model: inout DashboardModel) {
        let sums = state.operations
        let whole = sums.reduce(into: OperationStatistics()) { $0.add($1) }
        latencies = whole.response.rows
        model.run.rate = rate(whole.count, before: model.run.operations, seconds)
        model.run.operations = whole.count
        model.run.errors = whole.errors
        model.run.dropped = state.dropped
        for kind in OperationKind.allCases {
            let sum = sums[kind.rawValue]
            guard sum.count > 0 else { continue }
            let row = row(of: kind, in: &model)
            model.operations[row].count = sum.count
            model.operations[row].errors = sum.errors
            model.operations[row].rate = rate(sum.count, before: counts[kind.rawValue], seconds)
            model.operations[row].p50 = sum.response.percentile(50)
            model.operations[row].p95 = sum.response.percentile(95)
            model.operations[row].p99 = sum.response.percentile(99)
            model.operations[row].maximum = sum.response.maximum
            model.operations[row].trend.record(worst(sum.response, since: highest[kind.rawValue]))
            counts[kind.rawValue] = sum.count
            highest[kind.rawValue] = sum.response
        }
        for (row, operation) in model.operations.enumerated() {
            let age = model.sessions.reduce(UInt64(0)) { oldest, session in
                session.inFlight?.operation == operation.name
                    ? max(oldest, session.inFlight?.age ?? 0) : oldest
            }
            model.operations[row].trend.record(age)
        }
    }

    private func row(of kind: OperationKind, in model: inout DashboardModel) -> Int {
        if let row = model.operations.firstIndex(where: { $0.name == kind.name }) { return row }
        model.operations.append(.init(name: kind.name))
        return model.operations.count - 1
    }

    private func rate(_ count: UInt64, before: UInt64, _ seconds: Double) -> Double {
        seconds > 0 ? Double(count - min(before, count)) / seconds : 0
    }

    /// The row of the greatest latency that came since, as its bound.
    private func worst(_ now: Histogram, since before: Histogram) -> UInt64 {
        let (new, old) = (now.rows, before.rows)
        let last = new.indices.last { new[$0] > (old.indices.contains($0) ? old[$0] : 0) }
        guard let last else { return 0 }
        return last < LatencyTimeline.bounds.count ? LatencyTimeline.bounds[last] : now.maximum
    }
}

extension Histogram {
    /// How many values fall into each row of the heat map.
    var rows: [UInt64] {
        var below: UInt64 = 0
        return (counts(atMost: LatencyTimeline.bounds) + [count]).map { count in
            defer { below = count }
            return count - below
        }
    }
}

extension SessionHistogram {
    /// How many values fall into each row of the heat map.
    var rows: [UInt64] {
        var below: UInt64 = 0
        return (counts(atMost: LatencyTimeline.bounds) + [count]).map { count in
            defer { below = count }
            return count - below
        }
    }
}
