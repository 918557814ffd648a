import Measurement
import Primitives
import ReaderSupport
import Testing

@Suite struct HistogramLogTests {
    @Test func `the log has its header, a legend and a line a histogram`() {
        var histogram = Histogram()
        histogram.record(1_500_000)
        let lines = log([.init(tag: "open, slow", histogram: histogram)]).text
            .split(separator: "\n")
        #expect(
            lines.prefix(5) == [
                "#[Latencies of one run in nanoseconds, the column of maxima in milliseconds]",
                "#[Histogram log format version 1.3]",
                "#[StartTime: 1790000000.250 (seconds since epoch), 2026-09-21T14:13:20Z]",
                "#[BaseTime: 1790000000.250 (seconds since epoch)]",
                #""StartTimestamp","Interval_Length","Interval_Max","#
                    + #""Interval_Compressed_Histogram""#,
            ]
        )
        #expect(lines.count == 6)
        #expect(lines[5].hasPrefix("Tag=open__slow,0.000,12.500,1.500,HISTF"))
    }

    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint), arguments: [1, 9, 42])
    func `HdrHistogram's Python package reads the same percentiles`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let entries = ["create.service", "create.response", "empty"].map { tag in
            var histogram = Histogram()
            for _ in 0..<(tag == "empty" ? 0 : 10_000) {
                let octave = UInt64.random(in: 8...40, using: &random)
                histogram.record(UInt64.random(in: 0..<(1 << octave), using: &random))
            }
            return HistogramLog.Entry(tag: tag, histogram: histogram)
        }
        let expected = entries.map { entry in
            let histogram = entry.histogram
            let figures = [50.0, 90, 99, 99.9].map { histogram.percentile($0) }
            return ([histogram.count] + figures).map { String($0) }.joined(separator: " ")
        }
        let read = try ReferenceReader.run(Self.reader, on: log(entries).text)
        #expect(read == expected.joined(separator: "\n") + "\n")
    }

    /// The bucket of the maximum is cut at the maximum by us and not by that package.
    private static let reader = """
        import sys
        from hdrh.histogram import HdrHistogram
        from hdrh.log import HistogramLogReader
        reference = HdrHistogram(1000, 3600000000000, 3)
        reader = HistogramLogReader(sys.argv[1], reference)
        for line in open(sys.argv[1]):
            if not line.startswith("Tag="):
                continue
            tag, start, length, maximum, text = line.strip().split(",")
            one = HdrHistogram.decode(text)
            figures = [one.get_value_at_percentile(p) for p in (50, 90, 99, 99.9)]
            print(one.get_total_count(), *figures)
        total = 0
        while True:
            one = reader.get_next_interval_histogram()
            if one is None:
                break
            total += one.get_total_count()
        assert reader.get_start_time_sec() == 1790000000.25
        assert total == 20000, total
        """

    private func log(_ entries: [HistogramLog.Entry]) -> HistogramLog {
        HistogramLog(
            startedAt: 1_790_000_000.25,
            startedAtText: "2026-09-21T14:13:20Z",
            seconds: 12.5,
            entries: entries
        )
    }
}
