internal import Primitives

/// A column of the sessions view; the list can be sorted by each of them.
package enum SessionColumn: Int, Hashable, Sendable, CaseIterable {
    case number
    case user
    case host
    case state
    case operation
    case age
    case last
    case p50
    case p99
    case maximum
    case operations
    case errors
    case rate
    case waitsOn

    /// The heading, and what a filter calls the column.
    var heading: String {
        switch self {
        case .number: "ID"
        case .user: "USER"
        case .host: "HOST"
        case .state: "STATE"
        case .operation: "OP"
        case .age: "AGE"
        case .last: "LAST"
        case .p50: "P50"
        case .p99: "P99"
        case .maximum: "MAX"
        case .operations: "OPS"
        case .errors: "ERR"
        case .rate: "RATE"
        case .waitsOn: "WAIT"
        }
    }

    /// Whether the greatest comes first when the column is chosen.
    var startsDescending: Bool {
        switch self {
        case .number, .user, .host, .operation, .waitsOn: false
        default: true
        }
    }

    /// Numeric columns sort by this.
    func number(of session: DashboardModel.Session) -> UInt64 {
        switch self {
        case .number: UInt64(session.number.rawValue)
        case .host: UInt64(session.host)
        case .state: UInt64(session.state.rawValue)
        case .age: session.age
        case .last: session.last
        case .p50: session.p50
        case .p99: session.p99
        case .maximum: session.maximum
        case .operations: session.operations
        case .errors: session.errors
        case .rate: UInt64(max(0, min(session.rate, 1e15)) * 1_000)
        case .user, .operation, .waitsOn: 0
        }
    }

    /// Columns of words sort by this; nil for the numeric ones.
    func text(of session: DashboardModel.Session) -> String? {
        switch self {
        case .user: session.user
        case .operation: session.inFlight?.operation ?? ""
        case .waitsOn: session.inFlight?.waitsOn ?? ""
        default: nil
        }
    }
}

/// Which sessions the list shows, and in which order.
struct SessionOrder: Hashable, Sendable {
    var column = SessionColumn.age
    var isDescending = true

    /// Indices into `sessions`, in order; equals keep the order of their numbers.
    ///
    /// Ages below `least` count as equal, or the list would be shuffled ten times a second.
    func rows(
        of sessions: [DashboardModel.Session],
        passing filter: Filter?,
        leastAge least: UInt64
    ) -> [Int] {
        var kept: [Int] = []
        kept.reserveCapacity(sessions.count)
        for index in sessions.indices where filter?.passes(sessions[index]) ?? true {
            kept.append(index)
        }
        if column == .user || column == .operation || column == .waitsOn {
            let texts = kept.map { (column.text(of: sessions[$0]) ?? "", $0) }
            return texts.sorted(by: precedes).map { $0.1 }
        }
        let least = column == .age ? least : 0
        let numbers = kept.map { index in
            let number = column.number(of: sessions[index])
            return (number < least ? 0 : number, index)
        }
        return numbers.sorted(by: precedes).map { $0.1 }
    }

    private func precedes<Value: Comparable>(_ lhs: (Value, Int), _ rhs: (Value, Int)) -> Bool {
        if lhs.0 == rhs.0 { return lhs.1 < rhs.1 }
        return isDescending ? lhs.0 > rhs.0 : lhs.0 < rhs.0
    }
}
