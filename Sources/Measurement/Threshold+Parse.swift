internal import Primitives

extension Threshold {
    /// A word for an operation, and the name under which that is measured.
    package typealias OperationWord = (word: String, name: String)

    /// Reads an expression, in which the words of `operations` may stand.
    package init(
        parsing expression: String,
        operations: [Threshold.OperationWord]
    ) throws(ThresholdError) {
        var parser = ThresholdParser(expression, operations: operations)
        self = try parser.threshold()
    }
}

/// Reads one expression from left to right.
struct ThresholdParser {
    private static let words: KeyValuePairs<String, Threshold.Figure> = [
        "p50": .percentile(50), "p90": .percentile(90), "p95": .percentile(95),
        "p99": .percentile(99), "p999": .percentile(99.9), "mean": .mean, "min": .minimum,
        "max": .maximum, "errors": .errors, "count": .count, "rate": .rate, "stalls": .stalls,
        "hangs": .hangs, "lag": .lag, "dropped": .dropped,
    ]

    private let expression: String
    private let operations: [Threshold.OperationWord]
    private let characters: [Character]
    private var place = 0

    init(_ expression: String, operations: [Threshold.OperationWord]) {
        self.expression = expression
        self.operations = operations
        characters = Array(expression)
    }

    mutating func threshold() throws(ThresholdError) -> Threshold {
        let figure = try figure()
        let (latency, operation) = try scope(of: figure)
        let comparison = try comparison()
        let (limit, unit) = try limit(for: figure)
        skipSpaces()
        let text = String(characters[..<place]).filter { $0 != " " && $0 != "\t" }
        let abortAfter = try abort()
        return Threshold(
            expression: text,
            figure: figure,
            latency: latency,
            operation: operation,
            comparison: comparison,
            limit: limit,
            unit: unit,
            abortAfter: abortAfter
        )
    }

    private mutating func figure() throws(ThresholdError) -> Threshold.Figure {
        let (word, start) = word()
        if let known = Self.words.first(where: { $0.key == word }) { return known.value }
        if let percent = Self.percent(word) { return .percentile(percent) }
        let known = Self.words.map(\.key)
        guard !word.isEmpty else {
            throw error(at: start, "expected one of " + known.joined(separator: ", "))
        }
        throw error(
            at: start,
            "unknown figure “\(word)”\(Suggestion.hint(for: word, among: known))"
        )
    }

    /// `p75` is 75 and `p9999` is 99.99: the point stands behind the second digit.
    private static func percent(_ word: String) -> Double? {
        let digits = word.dropFirst()
        guard word.first == "p", (2...6).contains(digits.count), digits.first != "0",
            digits.allSatisfy({ $0.isASCII && $0.isNumber }), digits != "100"
        else { return nil }
        return Double(digits.prefix(2) + "." + digits.dropFirst(2) + "0")
    }

    private mutating func scope(
        of figure: Threshold.Figure
    ) throws(ThresholdError) -> (Threshold.Latency, operation: String?) {
        skipSpaces()
        let parenthesis = place
        guard take("(") else { return (.response, nil) }
        switch figure {
        case .stalls, .hangs, .lag, .dropped:
            throw error(at: parenthesis, "this figure is of the whole run; expected a comparison")
        case .errors, .count, .rate:
            let operation = try operation(word())
            try close()
            return (.response, operation)
        case .percentile, .mean, .minimum, .maximum:
            let (latency, operation) = try latencyAndOperation()
            try close()
            return (latency, operation)
        }
    }

    private mutating func latencyAndOperation() throws(ThresholdError) -> (
        Threshold.Latency, String?
    ) {
        let first = word()
        let latency = Threshold.Latency(rawValue: first.text)
        skipSpaces()
        if take(":") {
            guard let latency else {
                let known = Threshold.Latency.allCases.map(\.rawValue)
                let hint = Suggestion.hint(for: first.text, among: known)
                throw error(at: first.start, "unknown latency “\(first.text)”\(hint)")
            }
            return (latency, try operation(word()))
        }
        // `p99(blocked)` is that of all operations.
        if let latency { return (latency, nil) }
        return (.response, try operation(first))
    }

    private func operation(_ word: (text: String, start: Int)) throws(ThresholdError) -> String {
        if let known = operations.first(where: { $0.word == word.text }) { return known.name }
        let known = operations.map(\.word)
        guard !word.text.isEmpty else {
            throw error(at: word.start, "expected one of " + known.joined(separator: ", "))
        }
        let hint = Suggestion.hint(for: word.text, among: known)
        throw error(at: word.start, "unknown operation “\(word.text)”\(hint)")
    }

    private mutating func close() throws(ThresholdError) {
        skipSpaces()
        guard take(")") else { throw error(at: place, "expected “)”") }
    }

    private mutating func comparison() throws(ThresholdError) -> Threshold.Comparison {
        skipSpaces()
        for comparison in Threshold.Comparison.allCases {
            let sign = Array(comparison.rawValue)
            if characters[place...].starts(with: sign) {
                place += sign.count
                return comparison
            }
        }
        let known = Threshold.Comparison.allCases.map(\.rawValue).joined(separator: " ")
        throw error(at: place, "expected one of \(known)")
    }

    private mutating func limit(
        for figure: Threshold.Figure
    ) throws(ThresholdError) -> (Double, Threshold.Unit) {
        let (text, start) = quantity()
        switch figure {
        case .percentile, .mean, .minimum, .maximum, .lag:
            guard let duration = Quantity.duration(text) else {
                throw error(at: start, "expected a duration such as 250ms or 2s")
            }
            return (Double(duration.wholeNanoseconds) / 1e6, .milliseconds)
        case .errors where text.hasSuffix("%"):
            guard let share = Double(text.dropLast()), (0...100).contains(share) else {
                throw error(at: start, "expected a share from 0% to 100%")
            }
            return (share, .percent)
        case .rate:
            guard text.hasSuffix("/s"), let rate = Double(text.dropLast(2)), rate.isFinite else {
                throw error(at: start, "expected a rate such as 500/s")
            }
            return (rate, .perSecond)
        case .errors, .count, .stalls, .hangs, .dropped:
            guard let number = UInt64(text) else {
                let share = figure == .errors ? " or a share such as 1%" : ""
                throw error(at: start, "expected a whole number\(share)")
            }
            return (Double(number), .number)
        }
    }

    private mutating func abort() throws(ThresholdError) -> Duration? {
        let first = word()
        guard !first.text.isEmpty else {
            guard place == characters.count else {
                throw error(at: place, "expected the end, or abort after a duration")
            }
            return nil
        }
        guard first.text == "abort" else {
            throw error(at: first.start, "expected the end, or abort after a duration")
        }
        var delay = Duration.zero
        let second = word()
        if second.text == "after" {
            let (text, start) = quantity()
            guard let duration = Quantity.duration(text) else {
                throw error(at: start, "expected a duration such as 10s")
            }
            delay = duration
        }
        skipSpaces()
        guard place == characters.count, second.text.isEmpty || second.text == "after" else {
            throw error(at: second.start, "expected the end, or after and a duration")
        }
        return delay
    }
}

extension ThresholdParser {
    /// Letters, digits and the signs that a name may have; empty where none stands.
    private mutating func word() -> (text: String, start: Int) {
        skipSpaces()
        let start = place
        while let character = next, character.isLetter || character.isNumber || character == "-" {
            place += 1
        }
        return (String(characters[start..<place]), start)
    }

    /// A number and its unit, with or without a space between them.
    private mutating func quantity() -> (text: String, start: Int) {
        skipSpaces()
        let start = place
        while let character = next, character.isNumber || character == "." { place += 1 }
        let number = String(characters[start..<place])
        let end = place
        skipSpaces()
        let unit = place
        while let character = next, character.isLetter || "%/".contains(character) { place += 1 }
        let text = String(characters[unit..<place])
        // The word behind a bare number is not its unit.
        if text == "abort" {
            place = end
            return (number, start)
        }
        return (number + text, start)
    }

    private var next: Character? { place < characters.count ? characters[place] : nil }

    private mutating func skipSpaces() {
        while next == " " || next == "\t" { place += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character else { return false }
        place += 1
        return true
    }

    private func error(at start: Int, _ sentence: String) -> ThresholdError {
        let found =
            start < characters.count
            ? "found “\(String(characters[start...].prefix(20)))”" : "found the end"
        let isComplete = sentence.hasPrefix("unknown")
        return ThresholdError(
            expression: expression,
            column: start + 1,
            sentence: isComplete ? sentence : "\(sentence), \(found)"
        )
    }
}
