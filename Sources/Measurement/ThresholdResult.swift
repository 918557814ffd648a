/// What thresholds are held against: the figures of one run, at its end or in its middle.
package struct MeasuredRun: Hashable, Sendable {
    /// One kind of operation.
    package struct Operation: Hashable, Sendable {
        package let name: String
        package let statistics: OperationStatistics

        package init(name: String, statistics: OperationStatistics) {
            self.name = name
            self.statistics = statistics
        }
    }

    package var operations: [Operation]
    /// How long the load lasted so far.
    package var loadSeconds: Double
    /// Nil where nobody watched.
    package var stalls: UInt64?
    package var hangs: UInt64?
    /// Nanoseconds.
    package var lag: UInt64?
    package var dropped: UInt64?

    package init(
        operations: [Operation],
        loadSeconds: Double,
        stalls: UInt64? = nil,
        hangs: UInt64? = nil,
        lag: UInt64? = nil,
        dropped: UInt64? = nil
    ) {
        self.operations = operations
        self.loadSeconds = loadSeconds
        self.stalls = stalls
        self.hangs = hangs
        self.lag = lag
        self.dropped = dropped
    }

    /// What was measured of one operation, or of all together.
    package func statistics(of operation: String?) -> OperationStatistics {
        operations.reduce(into: OperationStatistics()) { sum, row in
            if operation == nil || operation == row.name { sum.add(row.statistics) }
        }
    }
}

/// How a threshold fared.
package struct ThresholdResult: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case passed
        case failed
        /// Nothing was measured, or too little: never a pass.
        case inconclusive
    }

    package let threshold: Threshold
    package let state: State
    /// In the threshold's unit; nil when there was nothing to measure.
    package let value: Double?
    /// How many operations the value stands on; nil for figures of the whole run.
    package let samples: UInt64?

    package init(threshold: Threshold, state: State, value: Double?, samples: UInt64?) {
        self.threshold = threshold
        self.state = state
        self.value = value
        self.samples = samples
    }
}

extension Threshold {
    /// Holds the threshold against a run; fewer than `samplesMin` operations prove nothing.
    package func result(on run: MeasuredRun, samplesMin: UInt64) -> ThresholdResult {
        let needed = max(1, samplesMin)
        switch figure {
        case .stalls: return result(run.stalls.map { Double($0) })
        case .hangs: return result(run.hangs.map { Double($0) })
        case .lag: return result(run.lag.map { Double($0) / 1e6 })
        case .dropped: return result(run.dropped.map { Double($0) })
        case .count:
            // That nothing happened is a figure too, if there was time for it.
            let count = run.statistics(of: operation).count
            return result(run.loadSeconds > 0 ? Double(count) : nil, samples: count)
        case .rate:
            let count = run.statistics(of: operation).count
            let rate = run.loadSeconds > 0 ? Double(count) / run.loadSeconds : nil
            return result(rate, samples: count, needed: needed)
        case .errors:
            let statistics = run.statistics(of: operation)
            let count = Double(statistics.count)
            let errors = Double(statistics.errors)
            let value = unit == .percent ? errors * 100 / count : errors
            return result(value, samples: statistics.count, needed: needed)
        case .percentile, .mean, .minimum, .maximum:
            let histogram = histogram(of: run.statistics(of: operation))
            return result(
                milliseconds(of: histogram),
                samples: histogram.count,
                needed: needed
            )
        }
    }

    private func result(
        _ value: Double?,
        samples: UInt64? = nil,
        needed: UInt64 = 0
    ) -> ThresholdResult {
        let state: ThresholdResult.State
        if let value, samples ?? .max >= needed {
            state = comparison.holds(value, limit) ? .passed : .failed
        } else {
            state = .inconclusive
        }
        return ThresholdResult(
            threshold: self,
            state: state,
            value: samples == 0 && needed > 0 ? nil : value,
            samples: samples
        )
    }

    private func histogram(of statistics: OperationStatistics) -> Histogram {
        switch latency {
        case .response: statistics.response
        case .service: statistics.service
        case .blocked: statistics.blocked
        }
    }

    private func milliseconds(of histogram: Histogram) -> Double {
        switch figure {
        case .percentile(let percent): Double(histogram.percentile(percent)) / 1e6
        case .mean: histogram.mean / 1e6
        case .minimum: Double(histogram.minimum) / 1e6
        default: Double(histogram.maximum) / 1e6
        }
    }

    /// Whether a run should end now because of this result.
    package func aborts(on result: ThresholdResult, after load: Duration) -> Bool {
        guard result.state == .failed, let abortAfter else { return false }
        return load >= abortAfter
    }
}

/// The thresholds of a run: those that were written, and the one that always holds.
package enum Thresholds {
    /// What every run keeps to for which nobody wrote a limit on the errors of all operations.
    package static let standard = Threshold(
        expression: "errors<1%",
        figure: .errors,
        latency: .response,
        operation: nil,
        comparison: .below,
        limit: 1,
        unit: .percent,
        abortAfter: nil
    )

    package static func withStandard(_ written: [Threshold]) -> [Threshold] {
        let isCovered = written.contains { $0.figure == .errors && $0.operation == nil }
        return isCovered ? written : [standard] + written
    }
}
