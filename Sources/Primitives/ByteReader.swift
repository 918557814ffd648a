/// What is wrong with bytes that came from outside.
package enum WireError: Error, Hashable, Sendable {
    /// The field at `offset` from the message's origin needs `count` bytes that are not there.
    case truncated(offset: Int, count: Int)
    /// A field has a value that its section forbids; `field` is the specification's name of it.
    case malformed(field: String)
}

/// Reads little-endian fields from received bytes; never traps, whatever they are.
///
/// `origin` is where the message begins: [MS-SMB2] gives all offsets relative to the SMB2 header
/// of the same message, also inside a compound.
package struct ByteReader: Hashable, Sendable {
    private let bytes: [UInt8]
    /// The index in the whole array of the message's first byte.
    package let origin: Int
    private let end: Int
    private var position: Int

    /// Reads `range` of `bytes`; offsets count from the range's start.
    package init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        let whole = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
        self.bytes = bytes
        origin = whole.lowerBound
        end = whole.upperBound
        position = whole.lowerBound
    }

    /// How far from the origin the next field is, in bytes.
    package var offset: Int { position - origin }
    /// Bytes that are left.
    package var remaining: Int { end - position }
    package var isAtEnd: Bool { position == end }

    private mutating func take(_ count: Int) throws(WireError) -> Int {
        guard count >= 0, count <= end - position else {
            throw .truncated(offset: offset, count: count)
        }
        defer { position += count }
        return position
    }

    package mutating func skip(_ count: Int) throws(WireError) { _ = try take(count) }

    package mutating func uint8() throws(WireError) -> UInt8 { bytes[try take(1)] }

    package mutating func uint16() throws(WireError) -> UInt16 {
        let at = try take(2)
        return UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8
    }

    package mutating func uint32() throws(WireError) -> UInt32 {
        let at = try take(4)
        return UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
            | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
    }

    package mutating func uint64() throws(WireError) -> UInt64 {
        let at = try take(8)
        let low =
            UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
            | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
        let high =
            UInt32(bytes[at + 4]) | UInt32(bytes[at + 5]) << 8
            | UInt32(bytes[at + 6]) << 16 | UInt32(bytes[at + 7]) << 24
        return UInt64(low) | UInt64(high) << 32
    }

    /// The next `count` bytes, copied.
    package mutating func bytes(_ count: Int) throws(WireError) -> [UInt8] {
        let at = try take(count)
        return Array(bytes[at..<at + count])
    }

    /// The next `count` bytes as UTF-16LE text; unpaired surrogates become U+FFFD.
    package mutating func utf16(byteCount count: Int) throws(WireError) -> String {
        guard count & 1 == 0 else { throw .malformed(field: "UTF-16 length") }
        let at = try take(count)
        return Self.text(bytes[at..<at + count])
    }

    /// UTF-16LE text up to its NUL, which is consumed, or up to the end when there is none.
    package mutating func utf16UntilNull() -> String {
        let start = position
        while position + 1 < end, bytes[position] != 0 || bytes[position + 1] != 0 { position += 2 }
        let text = Self.text(bytes[start..<position])
        position = min(position + 2, end)
        return text
    }

    /// Goes to `offset` bytes from the origin, backwards or forwards.
    package mutating func seek(to offset: Int) throws(WireError) {
        guard offset >= 0, offset <= end - origin else {
            throw .truncated(offset: offset, count: 0)
        }
        position = origin + offset
    }

    /// Skips padding up to the next multiple of `alignment` from the origin, or to the end.
    package mutating func align(to alignment: Int) {
        let rest = offset % alignment
        if rest != 0 { position = min(position + alignment - rest, end) }
    }

    /// A reader for `count` bytes that begin `offset` bytes from the origin; its origin is there.
    package func slice(at offset: Int, count: Int) throws(WireError) -> ByteReader {
        guard offset >= 0, count >= 0, offset <= end - origin, count <= end - origin - offset
        else { throw .truncated(offset: offset, count: count) }
        return ByteReader(bytes, in: origin + offset..<origin + offset + count)
    }

    /// Everything that is left, copied.
    package mutating func rest() -> [UInt8] {
        defer { position = end }
        return Array(bytes[position..<end])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            units.append(UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
            index += 2
        }
        return String(decoding: units, as: UTF16.self)
    }
}
