/// Finds the known word that a misspelt one was meant to be.
package enum Suggestion {
    /// The nearest of `known`, if it is near enough to be meant: a third of the letters may differ.
    package static func nearest(to word: String, among known: [String]) -> String? {
        let limit = max(1, word.count / 3)
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(word.lowercased(), candidate.lowercased())
            if distance <= limit, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// `; did you mean “sessions”?`, or all that is known when nothing is near.
    package static func hint(for word: String, among known: [String]) -> String {
        if let nearest = nearest(to: word, among: known) { return "; did you mean “\(nearest)”?" }
        return "; known are " + known.joined(separator: ", ")
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour
    /// (optimal string alignment).
    package static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var cost = min(last[j] + (a == b ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
