internal import Primitives

/// A condition on sessions, as a person writes it: `state=stall and age>10s`, `not (host=3)`.
///
/// A word alone is looked for in user, operation, path and resource; a number alone is an id.
package struct Filter: Hashable, Sendable {
    /// As it was written.
    package let text: String
    private let condition: Condition

    /// Fails with a sentence for the person who wrote it.
    package init(_ text: String) throws(FilterError) {
        self.text = text
        var parser = FilterParser(text)
        condition = try parser.whole()
    }

    package func passes(_ session: DashboardModel.Session) -> Bool {
        condition.holds(for: session)
    }

    /// What a filter comes down to.
    indirect enum Condition: Hashable, Sendable {
        case number(SessionColumn, Comparison, UInt64)
        case state(isEqual: Bool, String)
        case contains(SessionColumn?, isEqual: Bool, String)
        case both(Condition, Condition)
        case either(Condition, Condition)
        case not(Condition)

        func holds(for session: DashboardModel.Session) -> Bool {
            switch self {
            case .number(let column, let comparison, let value):
                comparison.holds(column.number(of: session), value)
            case .state(let isEqual, let word):
                session.state.word.lowercased().hasPrefix(word) == isEqual
            case .contains(let column, let isEqual, let word):
                Self.texts(of: session, column).contains { $0.lowercased().contains(word) }
                    == isEqual
            case .both(let first, let second):
                first.holds(for: session) && second.holds(for: session)
            case .either(let first, let second):
                first.holds(for: session) || second.holds(for: session)
            case .not(let inner): !inner.holds(for: session)
            }
        }

        private static func texts(
            of session: DashboardModel.Session,
            _ column: SessionColumn?
        ) -> [String] {
            if let column { return [column.text(of: session) ?? ""] }
            let flight = session.inFlight
            return [
                session.user, flight?.operation ?? "", flight?.pathText ?? "",
                flight?.waitsOn ?? "",
            ]
        }
    }

    enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        func holds(_ lhs: UInt64, _ rhs: UInt64) -> Bool {
            switch self {
            case .equal: lhs == rhs
            case .unequal: lhs != rhs
            case .less: lhs < rhs
            case .lessOrEqual: lhs <= rhs
            case .greater: lhs > rhs
            case .greaterOrEqual: lhs >= rhs
            }
        }
    }
}

/// Why a filter cannot be read.
package struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Reads a filter: `or` binds weaker than `and`, `not` strongest.
private struct FilterParser {
    private var tokens: [String]
    private var next = 0
    private var depth = 0

    /// Deeper nesting than anybody types would only exhaust the stack.
    private static let depthMax = 32

    init(_ text: String) { tokens = Self.tokens(of: text) }

    mutating func whole() throws(FilterError) -> Filter.Condition {
        let condition = try either()
        guard next == tokens.count else {
            throw FilterError(description: "“\(tokens[next])” is one too many")
        }
        return condition
    }

    private mutating func either() throws(FilterError) -> Filter.Condition {
        var condition = try both()
        while take("or") { condition = .either(condition, try both()) }
        return condition
    }

    private mutating func both() throws(FilterError) -> Filter.Condition {
        var condition = try single()
        while next < tokens.count, tokens[next] != "or", tokens[next] != ")" {
            _ = take("and")
            condition = .both(condition, try single())
        }
        return condition
    }

    private mutating func single() throws(FilterError) -> Filter.Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw FilterError(description: "nested too deeply") }
        if take("not") { return .not(try single()) }
        if take("(") {
            let inner = try either()
            guard take(")") else { throw FilterError(description: "a “)” is missing") }
            return inner
        }
        guard let word = pull(), !["and", "or", ")"].contains(word.lowercased()) else {
            throw FilterError(description: "a condition is missing, such as state=stall")
        }
        guard next < tokens.count, let comparison = Filter.Comparison(rawValue: tokens[next])
        else {
            let digits = word.lowercased().hasPrefix("s") ? word.dropFirst() : word[...]
            if let id = UInt64(digits) { return .number(.number, .equal, id) }
            return .contains(nil, isEqual: true, word.lowercased())
        }
        next += 1
        guard let value = pull(), value != ")" else {
            throw FilterError(description: "“\(word)\(comparison.rawValue)” needs a value")
        }
        return try condition(word, comparison, value.lowercased())
    }

    private func condition(
        _ word: String,
        _ comparison: Filter.Comparison,
        _ value: String
    ) throws(FilterError) -> Filter.Condition {
        let name = word.lowercased()
        let column = SessionColumn.allCases.first { $0.heading.lowercased() == name }
        guard let column else {
            let words = SessionColumn.allCases.map { $0.heading.lowercased() }
            throw FilterError(
                description: "unknown word “\(word)”" + Suggestion.hint(for: name, among: words)
            )
        }
        switch column {
        case .user, .operation, .waitsOn, .state:
            guard comparison == .equal || comparison == .unequal else {
                throw FilterError(description: "“\(name)” takes = or !=")
            }
            let isEqual = comparison == .equal
            if column == .state { return .state(isEqual: isEqual, value) }
            return .contains(column, isEqual: isEqual, value)
        case .age, .last, .p50, .p99, .maximum:
            // A bare number of a latency is milliseconds, as the columns are.
            let duration = Quantity.duration(value) ?? Quantity.duration(value + "ms")
            guard let nanoseconds = duration?.wholeNanoseconds else {
                throw FilterError(description: "“\(value)” is no duration; such as 250ms or 10s")
            }
            return .number(column, comparison, UInt64(max(0, nanoseconds)))
        case .number, .host, .operations, .errors, .rate:
            guard let number = UInt64(value), number < 1 << 48 else {
                throw FilterError(description: "“\(value)” is no number")
            }
            return .number(column, comparison, column == .rate ? number * 1_000 : number)
        }
    }

    private mutating func take(_ word: String) -> Bool {
        guard next < tokens.count, tokens[next].lowercased() == word else { return false }
        next += 1
        return true
    }

    private mutating func pull() -> String? {
        guard next < tokens.count else { return nil }
        defer { next += 1 }
        return tokens[next]
    }

    private static func tokens(of text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        for character in text {
            if character == " " || "()=<>!".contains(character) {
                if !word.isEmpty { tokens.append(word) }
                word = ""
                if character == " " { continue }
                if character == "=", let last = tokens.last, ["<", ">", "!"].contains(last) {
                    tokens[tokens.count - 1] = last + "="
                } else {
                    tokens.append(String(character))
                }
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { tokens.append(word) }
        return tokens
    }
}
