/// A 64-bit hash over canonical bytes that is the same in every process and on every machine.
///
/// FNV-1a. `Hasher` is seeded per process, so it can name neither a trace nor a profile.
package struct StableHash: Hashable, Sendable {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    /// An array and no generic sequence, which would cost a hundred times as much from another
    /// module: traces hash every byte of every frame.
    package mutating func combine(_ bytes: [UInt8]) {
        var hash = self
        for byte in bytes { hash.combine(byte) }
        self = hash
    }

    /// Combines the number as eight little-endian bytes.
    package mutating func combine(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            combine(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Combines the length and the UTF-8 bytes, so that two strings never run together.
    package mutating func combine(_ text: String) {
        combine(UInt64(text.utf8.count))
        for byte in text.utf8 { combine(byte) }
    }

    /// Sixteen lower-case hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
