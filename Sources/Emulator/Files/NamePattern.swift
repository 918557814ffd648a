/// A search pattern of QUERY_DIRECTORY ([MS-FSA] 2.1.4.4): `*` and `?`, and the wildcards that
/// stand for what DOS meant by them: `<`, `>` and `"`.
///
/// All places of the pattern that the name read so far could have reached are kept at once, so
/// that no pattern takes more than length times length.
struct NamePattern: Hashable, Sendable {
    private let pattern: [Character]
    /// Whether one name at most can match.
    let isLiteral: Bool

    /// The empty pattern matches all, as `*` does.
    init(_ text: String) {
        pattern = Array(text.isEmpty ? "*" : text.uppercased())
        isLiteral = !pattern.contains { "*?<>\"".contains($0) }
    }

    func matches(_ name: String) -> Bool {
        let name = Array(name.uppercased())
        if isLiteral { return name == pattern }
        let lastDot = name.lastIndex(of: ".")
        var places = Array(repeating: false, count: pattern.count + 1)
        places[0] = true
        for (index, character) in name.enumerated() {
            passEmpty(&places, next: character)
            places = step(places, over: character, isLastDot: index == lastDot)
        }
        passEmpty(&places, next: nil)
        return places[pattern.count]
    }

    /// Passes wildcards that may match nothing before `next`, which is nil at the name's end.
    private func passEmpty(_ places: inout [Bool], next: Character?) {
        for place in pattern.indices where places[place] {
            switch pattern[place] {
            case "*", "<": places[place + 1] = true
            case ">" where next == nil || next == ".": places[place + 1] = true
            case "\"" where next == nil: places[place + 1] = true
            default: break
            }
        }
    }

    private func step(_ places: [Bool], over character: Character, isLastDot: Bool) -> [Bool] {
        var reached = Array(repeating: false, count: places.count)
        for place in pattern.indices where places[place] {
            switch pattern[place] {
            case "*": reached[place] = true
            case "<": reached[isLastDot ? place + 1 : place] = true
            case "?": reached[place + 1] = true
            case ">": if character != "." { reached[place + 1] = true }
            case "\"": if character == "." { reached[place + 1] = true }
            case character: reached[place + 1] = true
            default: break
            }
        }
        return reached
    }
}
