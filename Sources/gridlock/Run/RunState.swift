internal import Measurement
internal import Redirector
internal import TerminalServer

/// All hosts of a run at one moment, as one.
struct RunState {
    let hosts: [HostSnapshot]

    struct Session {
        let host: Int
        let session: HostSnapshot.Session
    }

    /// In the order of their numbers across all hosts.
    var sessions: [Session] {
        var all: [Session] = []
        for (number, host) in hosts.enumerated() {
            all += host.sessions.map { Session(host: number, session: $0) }
        }
        return hosts.count == 1
            ? all : all.sorted { $0.session.plan.number < $1.session.plan.number }
    }

    /// By the raw value of `OperationKind`.
    var operations: [OperationStatistics] {
        var sums = OperationKind.allCases.map { _ in OperationStatistics() }
        for host in hosts {
            for (index, operation) in host.operations.enumerated() { sums[index].add(operation) }
        }
        return sums
    }

    /// The longest of all hosts, in nanoseconds.
    var loadDuration: UInt64 { hosts.map(\.loadDuration).max() ?? 0 }
    var dropped: UInt64 { hosts.reduce(0) { $0 + $1.dropped } }
    var connections: [ConnectionUse] {
        var uses: [ConnectionUse] = []
        for host in hosts { for use in host.connections { ConnectionUse.add(use, to: &uses) } }
        return uses
    }
    var warmUpOperations: UInt64 { hosts.reduce(0) { $0 + $1.warmUpOperations } }
    /// How late operations of an open loop began although their sessions were idle.
    var arrivalLag: Histogram {
        hosts.reduce(into: Histogram()) { $0.add($1.scheduleLag) }
    }
    var outcomes: [HostOutcome] { hosts.map(\.outcome) }
    var uncleaned: Int { hosts.reduce(0) { $0 + $1.uncleaned } }
    var trace: [ResolutionTrace] { hosts.flatMap(\.trace) }
    var lastFailure: SessionFailure? {
        hosts.lazy.flatMap(\.sessions).compactMap(\.lastFailure).first
    }
    var lastError: String? { hosts.lazy.flatMap(\.sessions).compactMap(\.lastError).first }
}
