internal import Primitives

/// `latency.hlog`: the log of HdrHistogram, format 1.3, one line a histogram.
///
/// Any of its tools reads it (HistogramLogAnalyzer, the Java, C and Python libraries), and logs of
/// several runs add exactly.
package struct HistogramLog: Hashable, Sendable {
    /// One histogram of the whole run.
    package struct Entry: Hashable, Sendable {
        /// `create.response`; a comma, a space or a line end in it becomes `_`.
        package let tag: String
        package let histogram: Histogram

        package init(tag: String, histogram: Histogram) {
            self.tag = tag
            self.histogram = histogram
        }
    }

    /// Seconds since 1970, UTC.
    package let startedAt: Double
    /// The same instant for people.
    package let startedAtText: String
    /// How long the run took, in seconds.
    package let seconds: Double
    package let entries: [Entry]

    package init(startedAt: Double, startedAtText: String, seconds: Double, entries: [Entry]) {
        self.startedAt = startedAt
        self.startedAtText = startedAtText
        self.seconds = seconds
        self.entries = entries
    }

    package var text: String {
        let start = Decimals.text(startedAt, places: 3)
        var lines = [
            "#[Latencies of one run in nanoseconds, the column of maxima in milliseconds]",
            "#[Histogram log format version 1.3]",
            "#[StartTime: \(start) (seconds since epoch), \(startedAtText)]",
            "#[BaseTime: \(start) (seconds since epoch)]",
            #""StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram""#,
        ]
        lines += entries.map(line)
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ entry: Entry) -> String {
        let tag = entry.tag.map { ", \n\r".contains($0) ? "_" : $0 }
        let length = Decimals.text(seconds, places: 3)
        let maximum = Decimals.text(Double(entry.histogram.maximum) / 1e6, places: 3)
        return "Tag=\(String(tag)),0.000,\(length),\(maximum),"
            + Base64.text(entry.histogram.encoded)
    }
}
