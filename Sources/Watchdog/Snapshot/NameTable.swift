package import Primitives

/// A text of a snapshot by its place in the snapshot's `NameTable`; 0 is the empty text.
package struct Name: Hashable, Sendable {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let none = Name(rawValue: 0)
}

/// The texts of a snapshot, so that its arrays hold numbers only.
///
/// What many entries share (classes, servers, operations, program lines) is interned; what is seen
/// once (the path of one operation) is added, which costs no look-up. A host keeps a table of its
/// own with the shared texts and starts each snapshot from a copy. A path is kept as it is and
/// made a text only when somebody reads it: of many thousands a dump shows a few.
package struct NameTable: Hashable, Sendable {
    private enum Entry: Hashable, Sendable {
        case text(String)
        /// Its components alone: what is not looked at is not held on to.
        case path([String])
    }

    private var texts = [Entry.text("")]
    private var places: [String: Int32] = ["": 0]

    package init() {}

    package var count: Int { texts.count }

    /// The name's text; empty for a name that is not of this table.
    package subscript(name: Name) -> String {
        guard texts.indices.contains(Int(name.rawValue)) else { return "" }
        switch texts[Int(name.rawValue)] {
        case .text(let text): return text
        case .path(let components): return UNCPath(components: components).text
        }
    }

    /// The name of `text`, the same each time.
    package mutating func intern(_ text: String) -> Name {
        if let place = places[text] { return Name(rawValue: place) }
        let place = Int32(texts.count)
        texts.append(.text(text))
        places[text] = place
        return Name(rawValue: place)
    }

    /// Makes room for that many more.
    package mutating func reserve(_ count: Int) { texts.reserveCapacity(texts.count + count) }

    /// A new name for `text`, without looking whether there is one.
    package mutating func add(_ text: String) -> Name { add(.text(text)) }

    package mutating func add(_ path: UNCPath) -> Name { add(.path(path.components)) }

    private mutating func add(_ entry: Entry) -> Name {
        texts.append(entry)
        return Name(rawValue: Int32(texts.count - 1))
    }

    /// Appends another table's texts and returns by how much its names move.
    mutating func append(_ other: NameTable) -> Int32 {
        let offset = Int32(texts.count)
        texts.append(contentsOf: other.texts)
        return offset
    }
}
