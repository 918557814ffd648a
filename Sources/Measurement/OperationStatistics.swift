/// The three latencies of one finished operation, in nanoseconds.
package struct Latencies: Hashable, Sendable {
    /// From the first request sent to the last answer.
    package var service: UInt64
    /// From the intended start to the last answer: a stalled server cannot hide behind a client
    /// that politely waited (coordinated omission).
    package var response: UInt64
    /// Time spent waiting for locks, credits, connections or somebody else's referral.
    package var blocked: UInt64

    package init(service: UInt64, response: UInt64, blocked: UInt64) {
        self.service = service
        self.response = response
        self.blocked = blocked
    }
}

/// How often each status was seen, by its code.
package struct StatusCounts: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        package let status: UInt32
        package let count: UInt64
    }

    /// In ascending order of the statuses.
    package private(set) var rows: [Row] = []

    package init() {}

    package mutating func add(_ status: UInt32, count: UInt64 = 1) {
        // Nearly always it is one of very few.
        let place = rows.firstIndex { $0.status >= status } ?? rows.endIndex
        if place < rows.endIndex, rows[place].status == status {
            rows[place] = Row(status: status, count: rows[place].count + count)
        } else {
            rows.insert(Row(status: status, count: count), at: place)
        }
    }

    package mutating func add(_ other: StatusCounts) {
        for row in other.rows { add(row.status, count: row.count) }
    }
}

/// What was measured of one kind of operation over all sessions.
package struct OperationStatistics: Hashable, Sendable {
    /// Operations that ended, well or not.
    package private(set) var count: UInt64 = 0
    package private(set) var errors: UInt64 = 0
    package private(set) var service = Histogram()
    package private(set) var response = Histogram()
    package private(set) var blocked = Histogram()
    /// What the operations ended with, where that was said.
    package private(set) var statuses = StatusCounts()

    package init() {}

    /// Counts an operation that ended with this status; 0 is success.
    ///
    /// A status that the operation was asked to accept is no error.
    package mutating func record(_ latencies: Latencies, status: UInt32, isError: Bool? = nil) {
        statuses.add(status)
        record(latencies, isError: isError ?? (status != 0))
    }

    /// Counts an operation that ended; only those that ended well enter the histograms.
    package mutating func record(_ latencies: Latencies, isError: Bool) {
        count += 1
        guard !isError else {
            errors += 1
            return
        }
        service.record(latencies.service)
        response.record(latencies.response)
        blocked.record(latencies.blocked)
    }

    package mutating func add(_ other: OperationStatistics) {
        count += other.count
        errors += other.errors
        service.add(other.service)
        response.add(other.response)
        blocked.add(other.blocked)
        statuses.add(other.statuses)
    }
}

/// What was measured of one session over all operations.
package struct SessionStatistics: Hashable, Sendable {
    package private(set) var operations: UInt64 = 0
    package private(set) var errors: UInt64 = 0
    /// The response latency of the last operation that ended well, in nanoseconds.
    package private(set) var last: UInt64 = 0
    package private(set) var response = SessionHistogram()

    package init() {}

    package mutating func record(_ latencies: Latencies, isError: Bool) {
        operations += 1
        guard !isError else {
            errors += 1
            return
        }
        last = latencies.response
        response.record(latencies.response)
    }
}
