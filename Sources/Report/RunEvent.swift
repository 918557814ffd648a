package import Measurement

/// A line of `events.ndjson`: one thing that happened, at once and whole.
package struct RunEvent: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// The first line: what runs.
        case start
        /// What the host has to tell: a phase, a session's trouble, a failover.
        case host
        /// How it goes, once a period.
        case progress
        /// What a person did to the run from the dashboard.
        case input
        case stall
        case hang
        case threshold
        /// A signal, or a threshold that aborts.
        case stopping
        /// The last line: how it ended.
        case end
    }

    package let kind: Kind
    /// Seconds since the run began.
    package let atSeconds: Double
    package let session: Int?
    package let sentence: String
    /// Members that only this kind has.
    package let details: [JSON.Member]

    package init(
        _ kind: Kind,
        at seconds: Double,
        session: Int? = nil,
        _ sentence: String,
        details: [JSON.Member] = []
    ) {
        self.kind = kind
        atSeconds = seconds
        self.session = session
        self.sentence = sentence
        self.details = details
    }

    /// Without the newline.
    package var line: String {
        var members: [JSON.Member] = [
            .init("at", .number(Milliseconds.rounded(atSeconds))),
            .init("type", .text(kind.rawValue)),
        ]
        if let session { members.append(.init("session", .integer(Int64(session)))) }
        members.append(.init("sentence", .text(sentence)))
        return JSON.object(members + details).line
    }
}

extension RunEvent {
    package static func hang(_ hang: HangRow) -> RunEvent {
        RunEvent(
            .hang,
            at: hang.atSeconds,
            hang.sentence,
            details: [.init("hang", hang.json)]
        )
    }

    package static func threshold(_ result: ThresholdResult, at seconds: Double) -> RunEvent {
        RunEvent(
            .threshold,
            at: seconds,
            result.sentence,
            details: [.init("threshold", result.json)]
        )
    }

    package static func progress(_ line: ProgressLine) -> RunEvent {
        RunEvent(
            .progress,
            at: line.elapsedSeconds,
            line.text,
            details: [
                .init("active", .integer(Int64(line.active))),
                .init("sessions", .integer(Int64(line.sessions))),
                .init("operations", .unsigned(line.operations)),
                .init("errors", .unsigned(line.errors)),
                .init("ratePerSecond", .number(Milliseconds.rounded(line.rate))),
                .init("p50Ms", .number(Milliseconds.from(line.p50))),
                .init("p99Ms", .number(Milliseconds.from(line.p99))),
                .init("oldestMs", .number(Milliseconds.from(line.oldest))),
            ]
        )
    }

    package static func end(_ run: RunSummary) -> RunEvent {
        RunEvent(
            .end,
            at: run.wallSeconds,
            run.headline,
            details: [
                .init("verdict", .text(run.verdict)),
                .init("exitCode", .integer(Int64(run.exitCode))),
                .init("operations", .unsigned(run.operationCount)),
                .init("errors", .unsigned(run.errorCount)),
            ]
        )
    }
}
