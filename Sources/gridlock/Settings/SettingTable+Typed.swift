internal import Primitives

/// Reads settings as what they mean; a value that does not fit is a `SettingError` at its origin.
extension SettingTable {
    private func value<Value>(
        _ key: SettingKey,
        expecting what: String,
        _ read: (String) -> Value?
    ) throws(SettingError) -> Value {
        guard let setting = self[key] else {
            throw SettingError("\(key.rawValue) is missing; expected \(what)", from: .standard)
        }
        guard let value = read(setting.text) else {
            throw SettingError(
                "\(key.rawValue): expected \(what), found “\(setting.text)”",
                from: setting.origin
            )
        }
        return value
    }

    package func integer(
        _ key: SettingKey,
        in range: ClosedRange<Int>
    ) throws(SettingError) -> Int {
        let what = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try value(key, expecting: what) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    package func unsigned(_ key: SettingKey) throws(SettingError) -> UInt64 {
        try value(key, expecting: "a whole number from 0 to \(UInt64.max)") { UInt64($0) }
    }

    package func duration(_ key: SettingKey) throws(SettingError) -> Duration {
        try value(key, expecting: "a duration such as 250ms, 10s or 2min", Quantity.duration)
    }

    package func size(_ key: SettingKey) throws(SettingError) -> Int {
        try value(key, expecting: "a size such as 4096, 64KiB or 1MiB", Quantity.size)
    }

    package func boolean(_ key: SettingKey) throws(SettingError) -> Bool {
        try value(key, expecting: "true or false") { text in
            text == "true" ? true : text == "false" ? false : nil
        }
    }

    /// One word of a closed set; `names` are the words in the order in which they are listed.
    package func word<Value>(
        _ key: SettingKey,
        of names: KeyValuePairs<String, Value>
    ) throws(SettingError) -> Value {
        let known = names.map(\.key)
        return try value(key, expecting: "one of " + known.joined(separator: ", ")) { text in
            names.first { $0.key == text }?.value
        }
    }

    /// Several words of a closed set, in the order in which they are written.
    package func words<Value>(
        _ key: SettingKey,
        of names: KeyValuePairs<String, Value>
    ) throws(SettingError) -> [Value] {
        guard let setting = self[key] else { return [] }
        var values: [Value] = []
        for word in setting.elements {
            guard let value = names.first(where: { $0.key == word })?.value else {
                let hint = Suggestion.hint(for: word, among: names.map(\.key))
                throw SettingError(
                    "\(key.rawValue): unknown word “\(word)”\(hint)",
                    from: setting.origin
                )
            }
            values.append(value)
        }
        return values
    }
}
