internal import Report

/// The JSON Schema of a profile, made of the table that the readers use.
enum ProfileSchema {
    /// Draft 2020-12.
    static var document: String {
        guard case .object(let members) = json(.profile) else { preconditionFailure() }
        let head: [JSON.Member] = [
            .init("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            .init("$id", .text("urn:gridlock:profile:1")),
            .init("title", .text("A profile of gridlock")),
        ]
        let definitions = JSON.object([
            "steps": json(
                .list(.any([.words(ProfileShape.plainSteps), .oneOf(ProfileShape.stepKeys)]))
            ),
            "pause": json(.any([.duration, .oneOf(ProfileShape.pauseKeys)])),
            "duration": duration, "size": size, "rate": rate,
        ])
        return JSON.object(head + members + [.init("$defs", definitions)]).document
    }

    private static func json(_ shape: ProfileShape) -> JSON {
        switch shape {
        case .text(let help): .object(["type": scalar, "description": .text(help)])
        case .form(let help, let pattern): form(pattern, help)
        case .words(let words): .object(["enum": .array(words.flatMap(spellings))])
        case .integer(let range):
            .object([
                "type": .text("integer"), "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ])
        case .unsigned: .object(["type": .text("integer"), "minimum": .integer(0)])
        case .number(let range):
            .object([
                "type": .text("number"), "minimum": .number(range.lowerBound),
                "maximum": .number(range.upperBound),
            ])
        case .boolean: .object(["type": .text("boolean")])
        case .duration: reference("duration")
        case .size: reference("size")
        case .rate: reference("rate")
        case .steps: reference("steps")
        case .pause: reference("pause")
        case .list(let element):
            .object(["type": .text("array"), "items": json(element), "minItems": .integer(1)])
        case .named(let value):
            .object(["type": .text("object"), "additionalProperties": json(value)])
        case .keys(let keys): object(keys)
        case .oneOf(let keys):
            object(
                keys,
                more: [.init("minProperties", .integer(1)), .init("maxProperties", .integer(1))]
            )
        case .any(let shapes): .object(["anyOf": .array(shapes.map(json))])
        }
    }

    private static func object(_ keys: [ProfileKey], more: [JSON.Member] = []) -> JSON {
        let properties = keys.map { key in
            var value = json(key.shape)
            if let help = key.help, case .object(let members) = value,
                !members.contains(where: { $0.key == "description" })
            {
                value = .object(members + [.init("description", .text(help))])
            }
            return JSON.Member(key.name, value)
        }
        let required = keys.filter(\.isRequired).map { JSON.text($0.name) }
        let list: [JSON.Member] = required.isEmpty ? [] : [.init("required", .array(required))]
        return .object(
            [
                .init("type", .text("object")), .init("additionalProperties", .boolean(false)),
            ] + list + [.init("properties", .object(properties))] + more
        )
    }

    /// YAML makes a number of `3.0`, and a truth of `true`.
    private static func spellings(_ word: String) -> [JSON] {
        guard let number = Double(word) else { return [.text(word)] }
        return [.text(word), .number(number)]
    }

    private static func reference(_ name: String) -> JSON {
        .object(["$ref": .text("#/$defs/\(name)")])
    }

    private static func form(_ pattern: String, _ help: String) -> JSON {
        .object([
            "type": .text("string"), "pattern": .text(pattern), "description": .text(help),
        ])
    }

    private static let scalar = JSON.array([.text("string"), .text("number")])
    private static let duration = JSON.object([
        "anyOf": .array([
            form("^[0-9.]+ *(us|µs|ms|s|min|m|h)$", "a duration such as 250ms, 10s or 2min"),
            .object(["const": .integer(0)]),
        ])
    ])
    private static let size = JSON.object([
        "anyOf": .array([
            .object(["type": .text("integer"), "minimum": .integer(0)]),
            form("^[0-9.]+ *(B|KiB|MiB|GiB)?$", "a size such as 4096, 64KiB or 1MiB"),
        ])
    ])
    private static let rate = JSON.object([
        "anyOf": .array([
            .object(["type": .text("number"), "exclusiveMinimum": .integer(0)]),
            form("^[0-9.]+ *(/s|/min)$", "operations a second such as 2000/s"),
        ])
    ])
}
