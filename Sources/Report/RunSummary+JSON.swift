internal import Measurement

/// `summary.json`, schema `gridlock.summary/1`.
extension RunSummary {
    package var json: JSON {
        .object([
            "schema": .text(SummarySchema.name),
            "gridlock": .text(version),
            "profile": .text(profile),
            "profileHash": .text(profileHash),
            "seed": .unsigned(seed),
            "target": .text(target),
            "client": .text(client),
            "sessions": .integer(Int64(sessions.count)),
            "hosts": .integer(Int64(hosts)),
            "virtualTime": .boolean(isVirtualTime),
            "traceHash": traceHash.map(JSON.text),
            "startedAt": .text(startedAt),
            "finishedAt": .text(finishedAt),
            "wallSeconds": .number(Milliseconds.rounded(wallSeconds)),
            "durationSeconds": .number(Milliseconds.rounded(loadSeconds ?? wallSeconds)),
            "warmUp": warmUp.map { warmUp in
                .object([
                    "seconds": .number(Milliseconds.rounded(warmUp.seconds)),
                    "operations": .unsigned(warmUp.operations),
                ])
            },
            "complete": .boolean(isComplete),
            "verdict": .text(verdict),
            "expected": expected.map(JSON.text),
            "exitCode": .integer(Int64(exitCode)),
            "verdicts": .array(RunVerdict.names(verdicts).map(JSON.text)),
            "reasons": .array(reasons.map(JSON.text)),
            "operations": .object(operations.map { JSON.Member($0.name, $0.json) }),
            "perSession": .array(sessions.map(\.json)),
            "connections": .array(connections.map(\.json)),
            "stalls": stallCount.map(JSON.unsigned),
            "hangs": .array(hangs.map(\.json)),
            "thresholds": .array(thresholds.map(\.json)),
            "generator": .object([
                "lagMsMax": .number(Milliseconds.rounded(generator.lagMillisecondsMax)),
                "arrivalLagMs": generator.arrivalLag.map(\.json),
                "dropped": .unsigned(generator.dropped),
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
            "statuses": statuses.isEmpty
                ? nil : .object(statuses.map { JSON.Member($0.name, .unsigned($0.count)) }),
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
            "script": script.map(JSON.text),
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

extension ConnectionRow {
    var json: JSON {
        .object([
            "server": .text(server),
            "connections": .integer(Int64(connections)),
            "dialect": .text(dialect),
            "signing": .text(signing),
            "cipher": cipher.map(JSON.text),
            "requests": .unsigned(requests),
            "signed": .unsigned(signed),
            "sealed": .unsigned(sealed),
        ])
    }
}

extension HangRow {
    /// The same in summary.json and in events.ndjson.
    package var json: JSON {
        .object([
            "id": .integer(Int64(id)),
            "verdict": .text(verdict),
            "confirmed": .boolean(isConfirmed),
            "expected": .boolean(isExpected),
            "atSeconds": .number(Milliseconds.rounded(atSeconds)),
            "sentence": .text(sentence),
            "cycle": .array(cycle.map(\.json)),
            "component": .array(component.map { .integer(Int64($0)) }),
            "behind": .integer(Int64(behind)),
            "files": .array(files.map(JSON.text)),
        ])
    }
}

extension HangRow.Member {
    var json: JSON {
        .object([
            "session": session.map { .integer(Int64($0)) },
            "name": .text(name),
            "operation": operation.map(JSON.text),
            "path": path.map(JSON.text),
            "wants": wants.map(JSON.text),
            "mode": mode.map(JSON.text),
            "ageSeconds": ageSeconds.map { .number(Milliseconds.rounded($0)) },
            "holds": .array(holds.map(JSON.text)),
        ])
    }
}

extension ThresholdResult {
    package var json: JSON {
        .object([
            "expression": .text(threshold.expression),
            "value": figure.map(JSON.number) ?? .null,
            "limit": .number(threshold.limit),
            "unit": .text(threshold.unit.rawValue),
            "samples": samples.map(JSON.unsigned),
            "passed": .boolean(state == .passed),
            "state": .text(state.rawValue),
        ])
    }
}
