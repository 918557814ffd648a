package import Primitives

/// One value of the distinguished encoding rules ([X.690] 8.1): tag, length, contents.
package struct DERElement: Hashable, Sendable {
    package let tag: UInt8
    /// The whole value, tag and length included.
    package let encoded: [UInt8]
    package let contents: [UInt8]

    /// The values inside a constructed one.
    package var inside: DERReader { DERReader(contents) }
}

/// Reads values one after another; never traps, whatever the bytes are.
///
/// It knows what SPNEGO needs: tags of one byte, definite lengths of at most four bytes.
package struct DERReader: Hashable, Sendable {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { position == bytes.count }

    package mutating func element() throws(WireError) -> DERElement {
        let start = position
        let tag = try byte()
        guard tag & 0x1F != 0x1F else { throw .malformed(field: "DER tag") }
        let length = try length()
        guard length <= bytes.count - position else {
            throw .truncated(offset: position, count: length)
        }
        let contents = Array(bytes[position..<position + length])
        position += length
        return DERElement(tag: tag, encoded: Array(bytes[start..<position]), contents: contents)
    }

    /// The next value, which must have that tag.
    package mutating func element(_ tag: UInt8) throws(WireError) -> DERElement {
        let element = try element()
        guard element.tag == tag else { throw .malformed(field: "DER tag") }
        return element
    }

    private mutating func length() throws(WireError) -> Int {
        let first = try byte()
        guard first >= 0x80 else { return Int(first) }
        let count = Int(first & 0x7F)
        guard (1...4).contains(count) else { throw .malformed(field: "DER length") }
        var length = 0
        for _ in 0..<count { length = length << 8 | Int(try byte()) }
        return length
    }

    private mutating func byte() throws(WireError) -> UInt8 {
        guard position < bytes.count else { throw .truncated(offset: position, count: 1) }
        defer { position += 1 }
        return bytes[position]
    }
}

/// The tags that SPNEGO uses, and writing values.
package enum DER {
    package static let octetString: UInt8 = 0x04
    package static let objectIdentifier: UInt8 = 0x06
    package static let enumerated: UInt8 = 0x0A
    package static let generalString: UInt8 = 0x1B
    package static let sequence: UInt8 = 0x30
    /// [APPLICATION 0], which begins a GSS-API token ([RFC2743] 3.1).
    package static let application: UInt8 = 0x60

    /// An explicit context tag, such as [2].
    package static func context(_ number: UInt8) -> UInt8 { 0xA0 | number }

    /// Tag, shortest length, contents.
    package static func value(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        guard contents.count >= 0x80 else { return [tag, UInt8(contents.count)] + contents }
        var digits: [UInt8] = []
        var rest = contents.count
        while rest > 0 {
            digits.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(digits.count)] + digits + contents
    }
}
