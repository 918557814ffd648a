internal import Foundation
internal import Measurement
internal import Report

/// The files of a run's folder that are made from its summary: one format a file.
struct RunFiles {
    let folder: RunDirectory
    let startedAt: Date

    /// What a run that is killed leaves behind.
    func writeProgress(_ run: RunSummary) throws(Failure) {
        try folder.write(run.json.document, to: "summary.json")
        try folder.write(Metrics.text(run), to: "metrics.txt")
    }

    /// Everything; summary.json first, since all others can be made from it again.
    func writeAll(_ run: RunSummary) throws(Failure) {
        try writeProgress(run)
        try folder.write(JUnit.document(run), to: "junit.xml")
        try folder.write(HTMLReport.document(run), to: "report.html")
        try folder.write(log(run).text, to: "latency.hlog")
    }

    private func log(_ run: RunSummary) -> HistogramLog {
        HistogramLog(
            startedAt: startedAt.timeIntervalSince1970,
            startedAtText: run.startedAt,
            seconds: run.wallSeconds,
            entries: run.operations.flatMap { row in
                [
                    .init(tag: row.name + ".service", histogram: row.statistics.service),
                    .init(tag: row.name + ".response", histogram: row.statistics.response),
                    .init(tag: row.name + ".blocked", histogram: row.statistics.blocked),
                ]
            }
        )
    }
}
