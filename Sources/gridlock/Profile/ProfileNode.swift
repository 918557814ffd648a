internal import Primitives
internal import Yams

/// A node of a profile's YAML that knows its place and refuses what is not expected.
///
/// Yams composes the tree; this adds the sentences: every refusal names file, line and column, what
/// stands there and what was expected.
struct ProfileNode {
    private let node: Node
    /// The node itself, to be written out again.
    var yaml: Node { node }
    let place: Place

    /// Composes the text of a profile; anchors are resolved, includes do not exist.
    ///
    /// A tag of its own, such as `!include`, is refused: a profile is one file.
    init(parsing text: String, file: String) throws(ProfileError) {
        let start = Place(file: file, line: 1, column: 1)
        do {
            guard let node = try compose(yaml: text) else {
                throw ProfileError("the profile is empty", at: start)
            }
            self.init(node, file: file)
            try refuseTags()
        } catch let error as ProfileError {
            throw error
        } catch let error as YamlError {
            throw Self.translate(error, file: file)
        } catch {
            throw ProfileError("this is no YAML: \(error)", at: start)
        }
    }

    private init(_ node: Node, file: String) {
        self.node = node
        place = Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func refuseTags() throws(ProfileError) {
        if case let tag = "\(node.tag.description)", tag.hasPrefix("!") {
            throw error("a tag such as \(tag) means nothing here: a profile is one file")
        }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                try Self(key, file: place.file).refuseTags()
                try Self(value, file: place.file).refuseTags()
            }
        case .sequence(let sequence):
            for element in sequence { try Self(element, file: place.file).refuseTags() }
        case .scalar, .alias: break
        }
    }

    private static func translate(_ error: YamlError, file: String) -> ProfileError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let place = Place(file: file, line: mark.line, column: mark.column)
            return ProfileError("this is no YAML: \(problem)", at: place)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let mark = context.mark
            let place = Place(file: file, line: mark.line, column: mark.column)
            let names = duplicates.joined(separator: ", ")
            return ProfileError("a key stands twice in one mapping: \(names)", at: place)
        default:
            let place = Place(file: file, line: 1, column: 1)
            return ProfileError("this is no YAML: \(error)", at: place)
        }
    }

    func error(_ sentence: String) -> ProfileError { ProfileError(sentence, at: place) }

    private func expected(_ what: String) -> ProfileError {
        error("expected \(what), found \(found)")
    }

    private var found: String {
        switch node {
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "“\(scalar.string)”"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias(let alias): "the alias \(alias.anchor)"
        }
    }

    /// The values of a mapping whose keys are all among `known`, in the order of the text.
    func mapping(of known: [String]) throws(ProfileError) -> [(key: String, value: ProfileNode)] {
        let entries = try mapping()
        for (key, value) in entries where !known.contains(key) {
            let hint = Suggestion.hint(for: key, among: known)
            throw ProfileError("unknown key “\(key)”\(hint)", at: value.keyPlace ?? place)
        }
        return entries.map { ($0.key, $0.value.node) }
    }

    /// All entries of a mapping with scalar keys, in the order of the text.
    func mapping() throws(ProfileError) -> [(key: String, value: Entry)] {
        guard case .mapping(let mapping) = node else { throw expected("a mapping") }
        var entries: [(String, Entry)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw ProfileNode(key, file: place.file).expected("a word as key")
            }
            let keyPlace = ProfileNode(key, file: place.file).place
            entries.append((name, Entry(node: Self(value, file: place.file), keyPlace: keyPlace)))
        }
        return entries
    }

    /// A mapping's value together with the place of its key.
    struct Entry {
        let node: ProfileNode
        let keyPlace: Place?
    }

    func sequence() throws(ProfileError) -> [ProfileNode] {
        guard case .sequence(let sequence) = node else { throw expected("a list") }
        return sequence.map { Self($0, file: place.file) }
    }

    /// The text of a scalar; a number is text as well.
    func text(_ what: String = "a text") throws(ProfileError) -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw expected(what) }
        return scalar.string
    }

    var isScalar: Bool {
        guard case .scalar = node else { return false }
        return true
    }

    func integer(in range: ClosedRange<Int>) throws(ProfileError) -> Int {
        let what = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = Int(try text(what)), range.contains(number) else { throw expected(what) }
        return number
    }

    func unsigned() throws(ProfileError) -> UInt64 {
        let what = "a whole number from 0 to \(UInt64.max)"
        guard let number = UInt64(try text(what)) else { throw expected(what) }
        return number
    }

    func number(in range: ClosedRange<Double>) throws(ProfileError) -> Double {
        let what = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = Double(try text(what)), range.contains(number) else {
            throw expected(what)
        }
        return number
    }

    func boolean() throws(ProfileError) -> Bool {
        switch try text("true or false") {
        case "true": return true
        case "false": return false
        default: throw expected("true or false")
        }
    }

    func duration() throws(ProfileError) -> Duration {
        let what = "a duration such as 250ms, 10s or 2min"
        guard let duration = Quantity.duration(try text(what)) else { throw expected(what) }
        return duration
    }

    func size() throws(ProfileError) -> Int {
        let what = "a size such as 4096, 64KiB or 1MiB"
        guard let size = Quantity.size(try text(what)) else { throw expected(what) }
        return size
    }

    /// One of the words of a closed set.
    func choice<Value: RawRepresentable & CaseIterable>(
        of _: Value.Type = Value.self
    ) throws(ProfileError) -> Value where Value.RawValue == String {
        let known = Value.allCases.map(\.rawValue)
        let word = try text("one of " + known.joined(separator: ", "))
        guard let value = Value(rawValue: word) else {
            throw error("unknown word “\(word)”\(Suggestion.hint(for: word, among: known))")
        }
        return value
    }
}
