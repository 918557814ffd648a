/// What a run must keep to: `p99(create) < 250ms`, `errors < 1%`, `rate(read) > 500/s`.
///
/// Written as `FIGURE[([LATENCY:]OPERATION)] COMPARISON LIMIT [abort [after DURATION]]`; the
/// latency is `response` (the default), `service` or `blocked`. Without an operation all count.
package struct Threshold: Hashable, Sendable {
    /// What is compared with the limit.
    package enum Figure: Hashable, Sendable {
        /// `p99` is 99, `p999` is 99.9.
        case percentile(Double)
        case mean
        case minimum
        case maximum
        /// Operations that failed: as a share if the limit is in percent, else how many.
        case errors
        case count
        /// Operations that ended, a second of load.
        case rate
        /// Requests or waits that became older than the stall limit.
        case stalls
        /// Stalls that the watchdog explained with a verdict.
        case hangs
        /// The longest that a due timer of the generator had to wait.
        case lag
        /// Arrivals that could not be started in time.
        case dropped
    }

    /// Which of the three latencies of an operation.
    package enum Latency: String, CaseIterable, Hashable, Sendable {
        case response
        case service
        case blocked
    }

    package enum Comparison: String, CaseIterable, Hashable, Sendable {
        case atMost = "<="
        case atLeast = ">="
        case equal = "=="
        case unequal = "!="
        case below = "<"
        case above = ">"

        func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .atMost: value <= limit
            case .atLeast: value >= limit
            case .equal: value == limit
            case .unequal: value != limit
            case .below: value < limit
            case .above: value > limit
            }
        }
    }

    /// What the figure and its limit are counted in.
    package enum Unit: String, Hashable, Sendable {
        case milliseconds = "ms"
        case percent = "%"
        case perSecond = "/s"
        case number = ""
    }

    /// As it was written, without spaces and without what concerns aborting.
    package let expression: String
    package let figure: Figure
    package let latency: Latency
    /// The name of the only operation that counts; nil for all.
    package let operation: String?
    package let comparison: Comparison
    package let limit: Double
    package let unit: Unit
    /// A run ends early if this fails later than that since the load began; nil: it never does.
    package let abortAfter: Duration?
}

/// An expression that is no threshold: where, what was expected, what stands there.
package struct ThresholdError: Error, Hashable, Sendable, CustomStringConvertible {
    package let expression: String
    /// The first character is 1.
    package let column: Int
    package let sentence: String

    package init(expression: String, column: Int, sentence: String) {
        self.expression = expression
        self.column = column
        self.sentence = sentence
    }

    package var description: String { "“\(expression)”, column \(column): \(sentence)" }
}
