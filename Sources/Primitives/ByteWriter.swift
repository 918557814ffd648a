/// Appends little-endian fields to bytes that go out.
///
/// `origin` is where the current message begins; offsets and alignment count from there, as
/// [MS-SMB2] wants them, also inside a compound.
package struct ByteWriter: Hashable, Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var origin = 0

    package init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Hands out the bytes and starts afresh; the caller is then the only one who has them.
    package mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        origin = 0
        return taken
    }

    /// How far from the origin the next field will be, in bytes.
    package var offset: Int { bytes.count - origin }

    /// The next byte becomes the origin: another message of a compound begins.
    package mutating func beginMessage() { origin = bytes.count }

    package mutating func uint8(_ value: UInt8) { bytes.append(value) }

    package mutating func uint16(_ value: UInt16) { integer(value) }

    package mutating func uint32(_ value: UInt32) { integer(value) }

    package mutating func uint64(_ value: UInt64) { integer(value) }

    /// Eight bytes each, in one go: what is written with every message must not be field by field.
    package mutating func words<let count: Int>(_ words: InlineArray<count, UInt64>) {
        bytes.append(addingCapacity: 8 * count) { span in
            for index in 0..<count {
                var value = words[index]
                for _ in 0..<8 {
                    span.append(UInt8(truncatingIfNeeded: value))
                    value >>= 8
                }
            }
        }
    }

    /// In one go: room is looked for once, not for each byte.
    @inline(__always)
    private mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        let count = Value.bitWidth / 8
        bytes.append(addingCapacity: count) { span in
            for place in 0..<count {
                span.append(UInt8(truncatingIfNeeded: value >> (8 * Value(place))))
            }
        }
    }

    package mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    package mutating func zeros(_ count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: count))
    }

    /// UTF-16LE without a NUL.
    package mutating func utf16(_ text: String) { for unit in text.utf16 { uint16(unit) } }

    /// Appends zeros up to the next multiple of `alignment` from the origin.
    package mutating func align(to alignment: Int) {
        let rest = offset % alignment
        if rest != 0 { zeros(alignment - rest) }
    }

    /// Overwrites a field written before; `offset` counts from the origin.
    package mutating func patch(uint16 value: UInt16, at offset: Int) {
        bytes[origin + offset] = UInt8(truncatingIfNeeded: value)
        bytes[origin + offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
    }

    /// Overwrites a field written before; `offset` counts from the origin.
    package mutating func patch(uint32 value: UInt32, at offset: Int) {
        patch(uint16: UInt16(truncatingIfNeeded: value), at: offset)
        patch(uint16: UInt16(truncatingIfNeeded: value >> 16), at: offset + 2)
    }
}
