internal import Measurement

/// `metrics.txt`: OpenMetrics 1.0, for scraping while it runs and for comparing runs.
///
/// Aggregates only: a series a session would be a hundred thousand of them.
package enum Metrics {
    package static let contentType =
        "application/openmetrics-text; version=1.0.0; charset=utf-8"

    package static func text(_ run: RunSummary) -> String {
        var page = MetricsPage()
        facts(run, &page)
        operations(run, &page)
        latencies(run, &page)
        buckets(run, &page)
        sessions(run, &page)
        verdicts(run, &page)
        generator(run, &page)
        return page.text
    }

    private static func facts(_ run: RunSummary, _ page: inout MetricsPage) {
        page.family("gridlock_run", "info", "What ran.")
        page.sample(
            "gridlock_run_info",
            [
                ("version", run.version), ("profile", run.profile),
                ("profile_hash", run.profileHash), ("seed", "\(run.seed)"),
                ("target", run.target), ("client", run.client),
                ("virtual_time", "\(run.isVirtualTime)"),
            ],
            "1"
        )
        page.family("gridlock_wall_seconds", "gauge", "How long the run took.", unit: "seconds")
        page.sample("gridlock_wall_seconds", [], Seconds.text(run.wallSeconds))
        page.family("gridlock_load_seconds", "gauge", "How long the load lasted.", unit: "seconds")
        page.sample("gridlock_load_seconds", [], Seconds.text(run.loadSeconds ?? run.wallSeconds))
        page.family("gridlock_complete", "gauge", "0 in the middle of a run, 1 at its end.")
        page.sample("gridlock_complete", [], run.isComplete ? "1" : "0")
    }

    private static func operations(_ run: RunSummary, _ page: inout MetricsPage) {
        page.family("gridlock_operations", "counter", "Operations that ended.")
        for row in run.operations {
            page.sample(
                "gridlock_operations_total",
                [("operation", row.name)],
                "\(row.statistics.count)"
            )
        }
        page.family("gridlock_operation_errors", "counter", "Operations that failed.")
        for row in run.operations {
            page.sample(
                "gridlock_operation_errors_total",
                [("operation", row.name)],
                "\(row.statistics.errors)"
            )
        }
    }

    private static let quantiles: [(name: String, percent: Double)] = [
        ("0.5", 50), ("0.9", 90), ("0.99", 99), ("0.999", 99.9),
    ]

    private static func histograms(_ row: OperationRow) -> [(latency: String, Histogram)] {
        [
            ("service", row.statistics.service), ("response", row.statistics.response),
            ("blocked", row.statistics.blocked),
        ]
    }

    private static func latencies(_ run: RunSummary, _ page: inout MetricsPage) {
        let name = "gridlock_latency_seconds"
        page.family(
            name,
            "summary",
            "Latency of operations that ended well: service, response, blocked.",
            unit: "seconds"
        )
        for row in run.operations {
            for (latency, histogram) in histograms(row) {
                let labels = [("operation", row.name), ("latency", latency)]
                for quantile in quantiles {
                    page.sample(
                        name,
                        labels + [("quantile", quantile.name)],
                        Milliseconds.secondsText(histogram.percentile(quantile.percent))
                    )
                }
                page.sample(name + "_sum", labels, Milliseconds.secondsText(histogram.sum))
                page.sample(name + "_count", labels, "\(histogram.count)")
            }
        }
        let maximum = "gridlock_latency_max_seconds"
        page.family(maximum, "gauge", "The longest of them.", unit: "seconds")
        for row in run.operations {
            for (latency, histogram) in histograms(row) {
                page.sample(
                    maximum,
                    [("operation", row.name), ("latency", latency)],
                    Milliseconds.secondsText(histogram.maximum)
                )
            }
        }
    }

    /// The response latency once more as a histogram: quantiles of several runs cannot be added.
    private static func buckets(_ run: RunSummary, _ page: inout MetricsPage) {
        let name = "gridlock_response_seconds"
        page.family(name, "histogram", "Response latency, to be added over runs.", unit: "seconds")
        let bounds = LatencyTimeline.bounds
        for row in run.operations {
            let histogram = row.statistics.response
            for (bound, count) in zip(bounds, histogram.counts(atMost: bounds)) {
                // The form in which the format wants numbers: 1e-05, 0.001, 2.0.
                let limit = "\(Double(bound) / 1e9)"
                page.sample(
                    name + "_bucket",
                    [("operation", row.name), ("le", limit)],
                    "\(count)"
                )
            }
            let labels = [("operation", row.name)]
            page.sample(name + "_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
            page.sample(name + "_sum", labels, Milliseconds.secondsText(histogram.sum))
            page.sample(name + "_count", labels, "\(histogram.count)")
        }
    }

    private static func sessions(_ run: RunSummary, _ page: inout MetricsPage) {
        var states: [(name: String, count: Int)] = []
        for session in run.sessions {
            if let index = states.firstIndex(where: { $0.name == session.state }) {
                states[index].count += 1
            } else {
                states.append((session.state, 1))
            }
        }
        page.family("gridlock_sessions", "gauge", "Sessions by what they do.")
        for state in states {
            page.sample("gridlock_sessions", [("state", state.name)], "\(state.count)")
        }
    }

    private static func verdicts(_ run: RunSummary, _ page: inout MetricsPage) {
        if let stalls = run.stallCount {
            page.family("gridlock_stalls", "counter", "Waits older than the stall limit.")
            page.sample("gridlock_stalls_total", [], "\(stalls)")
        }
        page.family("gridlock_hangs", "gauge", "Stalls that were explained, by verdict.")
        var names: [String] = []
        for hang in run.hangs where !names.contains(hang.verdict) { names.append(hang.verdict) }
        for name in names {
            let count = run.hangs.count { $0.verdict == name }
            page.sample("gridlock_hangs", [("verdict", name)], "\(count)")
        }
        page.family("gridlock_threshold_state", "gauge", "1 where a threshold is in this state.")
        var seen: [String] = []
        for result in run.thresholds where !seen.contains(result.threshold.expression) {
            seen.append(result.threshold.expression)
            for state in [ThresholdResult.State.passed, .failed, .inconclusive] {
                page.sample(
                    "gridlock_threshold_state",
                    [("expression", result.threshold.expression), ("state", state.rawValue)],
                    result.state == state ? "1" : "0"
                )
            }
        }
        page.family("gridlock_exit_code", "gauge", "How the program ends.")
        page.sample("gridlock_exit_code", [], "\(run.exitCode)")
    }

    private static func generator(_ run: RunSummary, _ page: inout MetricsPage) {
        let lag = "gridlock_generator_lag_max_seconds"
        page.family(lag, "gauge", "The longest that a due timer waited.", unit: "seconds")
        let nanoseconds = (run.generator.lagMillisecondsMax * 1e6).rounded()
        page.sample(lag, [], Milliseconds.secondsText(UInt64(max(0, min(nanoseconds, 1e18)))))
        page.family("gridlock_generator_dropped", "counter", "Arrivals that were not started.")
        page.sample("gridlock_generator_dropped_total", [], "\(run.generator.dropped)")
        let cpu = "gridlock_generator_cpu_seconds"
        page.family(cpu, "counter", "CPU time of the program.", unit: "seconds")
        page.sample(cpu + "_total", [], Seconds.text(run.generator.cpuSeconds))
    }
}

/// Lines of an OpenMetrics page.
struct MetricsPage {
    private var lines: [String] = []

    mutating func family(_ name: String, _ type: String, _ help: String, unit: String? = nil) {
        lines.append("# TYPE \(name) \(type)")
        if let unit { lines.append("# UNIT \(name) \(unit)") }
        lines.append("# HELP \(name) \(Self.escaped(help))")
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        let pairs = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        lines.append(labels.isEmpty ? "\(name) \(value)" : "\(name){\(pairs)} \(value)")
    }

    var text: String { lines.joined(separator: "\n") + "\n# EOF\n" }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n", "\r\n": escaped += "\\n"
            case "\r": escaped += " "
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
