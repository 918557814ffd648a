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

    @inline(__always)
    private mutating func take(_ count: Int) throws(WireError) -> Int {
        guard count >= 0, count <= end &- position else {
            throw .truncated(offset: offset, count: count)
        }
        defer { position &+= count }
        return position
    }

    package mutating func skip(_ count: Int) throws(WireError) { _ = try take(count) }

    package mutating func uint8() throws(WireError) -> UInt8 { bytes[try take(1)] }

    package mutating func uint16() throws(WireError) -> UInt16 { try integer() }

    package mutating func uint32() throws(WireError) -> UInt32 { try integer() }

    package mutating func uint64() throws(WireError) -> UInt64 { try integer() }

    /// Eight integers of eight bytes, in one go: every message begins with so many.
    package mutating func eightWords() throws(WireError) -> InlineArray<8, UInt64> {
        let at = try take(64)
        let part = bytes.span.extracting(at..<at &+ 64)
        return InlineArray { index in
            var word: UInt64 = 0
            for place in 0..<8 {
                word |= UInt64(part[8 &* index &+ place]) &<< UInt64(8 &* place)
            }
            return word
        }
    }

    /// One check for all bytes, so that they come in one load: headers are read with every message.
    @inline(__always)
    private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>()
        throws(WireError) -> Value
    {
        let count = Value.bitWidth / 8
        let at = try take(count)
        let part = bytes.span.extracting(at..<at &+ count)
        var value: Value = 0
        for place in 0..<count { value |= Value(part[place]) &<< Value(8 &* place) }
        return value
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

    /// The `count` bytes that begin `offset` bytes from the origin, not copied: they keep all that
    /// was received alive.
    package func bytes(at offset: Int, count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard offset >= 0, count >= 0, offset <= end - origin, count <= end - origin - offset
        else { throw .truncated(offset: offset, count: count) }
        return bytes[origin + offset..<origin + offset + count]
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        if let text = asciiText(bytes) { return text }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            units.append(UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
            index += 2
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Nearly all names are ASCII, and these need no transcoding; nil if it is not.
    private static func asciiText(_ bytes: ArraySlice<UInt8>) -> String? {
        let span = bytes.span
        let count = span.count / 2
        var (units, others) = ([UInt8](), UInt8(0))
        units.reserveCapacity(count)
        for index in 0..<count {
            let unit = span[2 &* index]
            others |= unit & 0x80 | span[2 &* index &+ 1]
            units.append(unit)
        }
        return others == 0 ? String(decoding: units, as: UTF8.self) : nil
    }
}
