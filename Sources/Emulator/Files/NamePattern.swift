/// A search pattern of QUERY_DIRECTORY ([MS-FSA] 2.1.4.4): `*` and `?`, and the wildcards that
/// stand for what DOS meant by them: `<`, `>` and `"`.
///
/// Names are given as directories order them, in capitals. All places of the pattern that the name
/// read so far could have reached are kept at once, so that no pattern takes more than length
/// times length.
struct NamePattern: Hashable, Sendable {
    private let text: String
    /// What every name that fits begins with, in UTF-8: most names of a directory fail there.
    private let beginning: [UInt8]
    /// The pattern behind it, in UTF-16, the units of names.
    private let rest: [UInt16]

    private static let star = UInt16(UInt8(ascii: "*"))
    private static let question = UInt16(UInt8(ascii: "?"))
    private static let dosStar = UInt16(UInt8(ascii: "<"))
    private static let dosQuestion = UInt16(UInt8(ascii: ">"))
    private static let dosDot = UInt16(UInt8(ascii: "\""))
    private static let dot = UInt16(UInt8(ascii: "."))

    /// The empty pattern matches all, as `*` does.
    init(_ text: String) {
        self.text = text.isEmpty ? "*" : text.uppercased()
        let rest = self.text.drop { !"*?<>\"".contains($0) }
        beginning = Array(self.text[..<rest.startIndex].utf8)
        self.rest = Array(rest.utf16)
    }

    /// Whether one name at most can match.
    private var isLiteral: Bool { rest.isEmpty }

    func matches(_ name: String) -> Bool {
        if isLiteral { return name == text }
        var units = name.utf8.makeIterator()
        for unit in beginning {
            guard units.next() == unit else { return false }
        }
        if rest == [Self.star] { return true }
        return restMatches(Array(name.utf16.dropFirst(text.utf16.count - rest.count)))
    }

    private func restMatches(_ name: [UInt16]) -> Bool {
        let lastDot = name.lastIndex(of: Self.dot)
        var places = Array(repeating: false, count: rest.count + 1)
        places[0] = true
        for (index, unit) in name.enumerated() {
            passEmpty(&places, next: unit)
            places = step(places, over: unit, isLastDot: index == lastDot)
        }
        passEmpty(&places, next: nil)
        return places[rest.count]
    }

    /// Passes wildcards that may match nothing before `next`, which is nil at the name's end.
    private func passEmpty(_ places: inout [Bool], next: UInt16?) {
        for place in rest.indices where places[place] {
            switch rest[place] {
            case Self.star, Self.dosStar: places[place + 1] = true
            case Self.dosQuestion where next == nil || next == Self.dot: places[place + 1] = true
            case Self.dosDot where next == nil: places[place + 1] = true
            default: break
            }
        }
    }

    private func step(_ places: [Bool], over unit: UInt16, isLastDot: Bool) -> [Bool] {
        var reached = Array(repeating: false, count: places.count)
        for place in rest.indices where places[place] {
            switch rest[place] {
            case Self.star: reached[place] = true
            case Self.dosStar: reached[isLastDot ? place + 1 : place] = true
            case Self.question: reached[place + 1] = true
            case Self.dosQuestion: if unit != Self.dot { reached[place + 1] = true }
            case Self.dosDot: if unit == Self.dot { reached[place + 1] = true }
            case unit: reached[place + 1] = true
            default: break
            }
        }
        return reached
    }
}
