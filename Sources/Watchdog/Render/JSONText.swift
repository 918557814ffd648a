/// Just enough JSON for a dump: objects keep their order, two spaces a level.
indirect enum JSONText {
    case text(String)
    case whole(UInt64)
    case boolean(Bool)
    /// Digits that are already a JSON number.
    case digits(String)
    case array([JSONText])
    case object([(String, JSONText)])

    /// Seconds with three decimals.
    static func seconds(_ nanoseconds: UInt64) -> JSONText {
        .digits(Format.plainSeconds(nanoseconds))
    }

    static func count(_ number: Int) -> JSONText { .whole(UInt64(max(0, number))) }

    func write(into text: inout String, indent: String = "") {
        switch self {
        case .text(let value): Self.quote(value, into: &text)
        case .whole(let value): text += String(value)
        case .boolean(let value): text += value ? "true" : "false"
        case .digits(let value): text += value
        case .array(let values):
            let isFlat = values.allSatisfy(\.isPlain)
            text += "["
            for (place, value) in values.enumerated() {
                if place > 0 { text += isFlat ? ", " : "," }
                if !isFlat { text += "\n" + indent + "  " }
                value.write(into: &text, indent: indent + "  ")
            }
            text += isFlat ? "]" : "\n" + indent + "]"
        case .object(let members):
            text += "{"
            for (place, member) in members.enumerated() {
                text += (place > 0 ? ",\n" : "\n") + indent + "  "
                Self.quote(member.0, into: &text)
                text += ": "
                member.1.write(into: &text, indent: indent + "  ")
            }
            text += members.isEmpty ? "}" : "\n" + indent + "}"
        }
    }

    private var isPlain: Bool {
        switch self {
        case .text, .whole, .boolean, .digits: true
        case .array, .object: false
        }
    }

    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
