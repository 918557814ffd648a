internal import Primitives

/// Which session runs which of several scripts.
///
/// A share is kept to: of every hundred sessions in a row `share: 20%` has twenty, spread evenly.
/// The sessions that no share wants draw a script by the weights, each with dice of its own. Both
/// follow from the seed and a session's number alone, whatever hosts there are.
package struct ScriptMix: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        /// Above 0 and at most 1.
        case share(Double)
        case weight(Int)
    }

    private let parts: [Part]

    /// Why parts are no mix.
    package enum Problem: Error, Hashable, Sendable {
        /// Shares of more than everything.
        case tooMuch
        /// Shares of less than everything, and nobody for the rest.
        case tooLittle
        /// Shares of everything, and weights for nobody.
        case nothingLeft
    }

    package init(_ parts: [Part]) throws(Problem) {
        var (sum, weighs) = (0.0, false)
        for part in parts {
            switch part {
            case .share(let share): sum += share
            case .weight: weighs = true
            }
        }
        // 33.3 % and twice 33.35 % are everything, whatever binary fractions make of them.
        let isWhole = abs(sum - 1) < 1e-6
        if sum > 1, !isWhole { throw .tooMuch }
        if !weighs, !isWhole { throw .tooLittle }
        if weighs, isWhole { throw .nothingLeft }
        self.parts = parts
    }

    /// The scripts of the sessions 0 to `sessions`-1, as indices into the parts.
    package func scripts(sessions: Int, seed: UInt64) -> [Int] {
        let dice = SplitMix64(seed: seed ^ 0x5C41_7075)
        var given = parts.map { _ in 0.0 }
        return (0..<sessions).map { number in
            if let owed = mostOwed(given, after: number) {
                given[owed] += 1
                return owed
            }
            var random = dice.stream(UInt64(number))
            return byWeight(&random)
        }
    }

    /// The share that is furthest behind what it is to have after this session.
    private func mostOwed(_ given: [Double], after number: Int) -> Int? {
        var found: (index: Int, debt: Double)?
        var sum = 0.0
        for (index, part) in parts.enumerated() {
            guard case .share(let share) = part else { continue }
            sum += share
            let debt = share * Double(number + 1) - given[index]
            if debt > (found?.debt ?? 0) { found = (index, debt) }
        }
        guard let found else { return nil }
        // Where shares are everything somebody must take the session; else only who is owed half of
        // one.
        return found.debt >= 0.5 - 1e-9 || abs(sum - 1) < 1e-6 ? found.index : nil
    }

    private func byWeight(_ random: inout SplitMix64) -> Int {
        let weights = parts.map { part in
            if case .weight(let weight) = part { weight } else { 0 }
        }
        var place = Int.random(in: 0..<max(1, weights.reduce(0, +)), using: &random)
        for (index, weight) in weights.enumerated() {
            if place < weight { return index }
            place -= weight
        }
        return weights.count - 1
    }
}
