internal import Measurement

/// `summary.json`, schema `gridlock.summary/1`.
extension RunSummary {
    package var json: JSON {
        .object([
            "schema": .text("gridlock.summary/1"),
            "gridlock": .text(version),
            "profile": .text(profile),
            "profileHash": .text(profileHash),
            "seed": .unsigned(seed),
            "target": .text(target),
            "client": .text(client),
            "sessions": .integer(Int64(sessions.count)),
            "hosts": .integer(Int64(hosts)),
            "virtualTime": .boolean(false),
            "startedAt": .text(startedAt),
            "finishedAt": .text(finishedAt),
            "wallSeconds": .number(Milliseconds.rounded(wallSeconds)),
            "durationSeconds": .number(Milliseconds.rounded(wallSeconds)),
            "exitCode": .integer(Int64(exitCode)),
            "reasons": .array(reasons.map(JSON.text)),
            "operations": .object(operations.map { JSON.Member($0.name, $0.json) }),
            "perSession": .array(sessions.map(\.json)),
            "generator": .object([
                "lagMsMax": .number(Milliseconds.rounded(generator.lagMillisecondsMax)),
                "cpuSeconds": .number(Milliseconds.rounded(generator.cpuSeconds)),
            ]),
        ])
    }
}

extension OperationRow {
    var json: JSON {
        .object([
            "count": .unsigned(statistics.count),
            "errors": .unsigned(statistics.errors),
            "serviceMs": statistics.service.json,
            "responseMs": statistics.response.json,
            "blockedMs": statistics.blocked.json,
        ])
    }
}

extension Histogram {
    var json: JSON {
        .object([
            "p50": .number(Milliseconds.from(percentile(50))),
            "p90": .number(Milliseconds.from(percentile(90))),
            "p99": .number(Milliseconds.from(percentile(99))),
            "p999": .number(Milliseconds.from(percentile(99.9))),
            "max": .number(Milliseconds.from(maximum)),
        ])
    }
}

extension SessionRow {
    var json: JSON {
        .object([
            "id": .integer(Int64(id)),
            "user": .text(user),
            "host": .integer(Int64(host)),
            "operations": .unsigned(statistics.operations),
            "errors": .unsigned(statistics.errors),
            "p50Ms": .number(Milliseconds.from(statistics.response.percentile(50))),
            "p99Ms": .number(Milliseconds.from(statistics.response.percentile(99))),
            "maxMs": .number(Milliseconds.from(statistics.response.maximum)),
            "state": .text(state),
            "inFlight": inFlight.map { flight in
                .object([
                    "operation": .text(flight.operation),
                    "path": .text(flight.path),
                    "ageSeconds": .number(Milliseconds.rounded(flight.ageSeconds)),
                ])
            },
            "lastError": lastError.map(JSON.text),
        ])
    }
}

/// Nanoseconds as milliseconds with three decimals: one figure for every output.
enum Milliseconds {
    static func from(_ nanoseconds: UInt64) -> Double { rounded(Double(nanoseconds) / 1_000_000) }

    static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}
