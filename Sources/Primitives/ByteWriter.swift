/// Appends little-endian fields to bytes that go out.
///
/// `origin` is where the current message begins; offsets and alignment count from there, as
/// [MS-SMB2] wants them, also inside a compound.
package struct ByteWriter: Sendable {
    /// Zeros from `count` on: a field is stored into room that is there already, with one check for
    /// all its bytes, which is several times cheaper than to append them.
    private var room: [UInt8] = []
    private var written = 0
    package private(set) var origin = 0
    private static let emptyRoom = [UInt8](repeating: 0, count: 192)

    /// Nothing is allocated for no capacity.
    package init(reserving capacity: Int = 192) {
        guard capacity > 0 else { return }
        room.reserveCapacity(max(capacity, Self.emptyRoom.count))
        room.append(contentsOf: Self.emptyRoom)
    }

    /// Goes on behind `bytes`, which it takes over; the next one is the origin.
    package init(after bytes: inout [UInt8]) {
        // Swapped and not assigned: of two owners, one would have to copy them.
        swap(&room, &bytes)
        written = room.count
        origin = written
        room.append(contentsOf: Self.emptyRoom)
    }

    /// A copy of what was written.
    package var bytes: [UInt8] { Array(room[..<count]) }

    /// Hands out the bytes and starts afresh; the caller is then the only one who has them.
    package mutating func take() -> [UInt8] {
        room.removeLast(room.count - count)
        var taken: [UInt8] = []
        swap(&taken, &room)
        written = 0
        origin = 0
        return taken
    }

    /// Bytes that were written.
    package var count: Int { written }

    /// How far from the origin the next field will be, in bytes.
    package var offset: Int { count - origin }

    /// The next byte becomes the origin: another message of a compound begins.
    package mutating func beginMessage() { origin = count }

    /// Where the next `more` bytes belong, which are zeros.
    @inline(__always)
    private mutating func advance(_ more: Int) -> Int {
        if more > room.count &- written { grow(by: more) }
        defer { written &+= more }
        return written
    }

    private mutating func grow(by more: Int) {
        room.append(contentsOf: repeatElement(0, count: max(room.count, more)))
    }

    package mutating func uint8(_ value: UInt8) { room[advance(1)] = value }

    package mutating func uint16(_ value: UInt16) { integer(value) }

    package mutating func uint32(_ value: UInt32) { integer(value) }

    package mutating func uint64(_ value: UInt64) { integer(value) }

    @inline(__always)
    private mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        let size = Value.bitWidth / 8
        let at = advance(size)
        var all = room.mutableSpan
        var part = all._mutatingExtracting(at..<at &+ size)
        for place in 0..<size {
            part[place] = UInt8(truncatingIfNeeded: value &>> Value(8 &* place))
        }
    }

    /// Eight bytes each, in one go: what is written with every message must not be field by field.
    ///
    /// Not generic over their number, for no other module would see it specialized.
    package mutating func words(_ words: Span<UInt64>) {
        let at = advance(8 &* words.count)
        var all = room.mutableSpan
        for index in words.indices {
            let start = at &+ 8 &* index
            var part = all._mutatingExtracting(start..<start &+ 8)
            let word = words[index]
            for place in 0..<8 {
                part[place] = UInt8(truncatingIfNeeded: word &>> UInt64(8 &* place))
            }
        }
    }

    package mutating func append(_ more: some Sequence<UInt8>) {
        room.removeLast(room.count - count)
        room.append(contentsOf: more)
        written = room.count
    }

    package mutating func zeros(_ count: Int) { _ = advance(count) }

    /// UTF-16LE without a NUL.
    package mutating func utf16(_ text: String) { for unit in text.utf16 { uint16(unit) } }

    /// Appends zeros up to the next multiple of `alignment` from the origin.
    package mutating func align(to alignment: Int) {
        let rest = offset % alignment
        if rest != 0 { zeros(alignment - rest) }
    }

    /// Overwrites a field written before; `offset` counts from the origin.
    package mutating func patch(uint16 value: UInt16, at offset: Int) {
        let at = origin + offset
        precondition(at >= 0 && at + 2 <= count, "a field that was never written")
        room[at] = UInt8(truncatingIfNeeded: value)
        room[at + 1] = UInt8(truncatingIfNeeded: value >> 8)
    }

    /// Overwrites a field written before; `offset` counts from the origin.
    package mutating func patch(uint32 value: UInt32, at offset: Int) {
        patch(uint16: UInt16(truncatingIfNeeded: value), at: offset)
        patch(uint16: UInt16(truncatingIfNeeded: value >> 16), at: offset + 2)
    }
}

/// Two writers are equal if the same was written, whatever room they have.
extension ByteWriter: Hashable {
    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.origin == rhs.origin && lhs.room[..<lhs.count] == rhs.room[..<rhs.count]
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(origin)
        hasher.combine(room[..<count])
    }
}
