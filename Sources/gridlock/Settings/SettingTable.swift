internal import Primitives

/// Where a setting's value came from.
package enum Origin: Hashable, Sendable, CustomStringConvertible {
    case standard
    case profile(Place)
    case variable(String)
    case flag(String)

    /// The higher one beats the lower one.
    package var rank: Int {
        switch self {
        case .standard: 0
        case .profile: 1
        case .variable: 2
        case .flag: 3
        }
    }

    package var description: String {
        switch self {
        case .standard: "default"
        case .profile(let place): "\(place)"
        case .variable(let name): name
        case .flag(let name): name
        }
    }
}

/// A value as it was written, one element unless the key is a list, and where.
package struct RawSetting: Hashable, Sendable {
    package let elements: [String]
    package let origin: Origin

    package init(_ elements: [String], from origin: Origin) {
        self.elements = elements
        self.origin = origin
    }

    package var text: String { elements.joined(separator: ", ") }
}

/// All settings of one run: flags beat variables beat the profile beat the defaults.
package struct SettingTable: Hashable, Sendable {
    private var settings: [SettingKey: RawSetting] = [:]

    package init() {
        for key in SettingKey.allCases {
            guard let standard = key.standard else { continue }
            settings[key] = RawSetting(Self.elements(of: standard, for: key), from: .standard)
        }
    }

    package subscript(key: SettingKey) -> RawSetting? { settings[key] }

    /// Lays a value over what is there.
    package mutating func set(_ key: SettingKey, _ elements: [String], from origin: Origin) {
        settings[key] = RawSetting(elements, from: origin)
    }

    /// Lays every `GRIDLOCK_*` variable over what is there.
    package mutating func apply(environment: [String: String]) throws(SettingError) {
        let reserved = ["GRIDLOCK_PASSWORD", "GRIDLOCK_FUZZ", "GRIDLOCK_READERS"]
        let known = SettingKey.allCases.map(\.variable)
        for name in environment.keys.sorted() where name.hasPrefix("GRIDLOCK_") {
            // What the tests of this program require of a machine is no setting of a run.
            guard !reserved.contains(name), !name.hasPrefix("GRIDLOCK_REQUIRE_"),
                let text = environment[name]
            else { continue }
            guard let key = SettingKey.allCases.first(where: { $0.variable == name }) else {
                let hint = Suggestion.hint(for: name, among: known)
                throw SettingError("unknown variable \(name)\(hint)", from: .variable(name))
            }
            set(key, Self.elements(of: text, for: key), from: .variable(name))
        }
    }

    /// The rows that `gridlock check` prints, in the order of the keys.
    package var rows: [(key: SettingKey, setting: RawSetting)] {
        SettingKey.allCases.compactMap { key in settings[key].map { (key, $0) } }
    }

    private static func elements(of text: String, for key: SettingKey) -> [String] {
        guard key.isList else { return [text] }
        return text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}

/// A setting that cannot be used: exit code 65 if a profile says it, 64 otherwise.
package struct SettingError: Error, Hashable, Sendable, CustomStringConvertible {
    package let origin: Origin
    package let sentence: String

    package init(_ sentence: String, from origin: Origin) {
        self.origin = origin
        self.sentence = sentence
    }

    package var description: String { "\(origin): \(sentence)" }
}
