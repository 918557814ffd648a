/// The generator of every seeded decision: the same seed gives the same numbers, everywhere.
///
/// Sebastiano Vigna's SplitMix64 (public domain reference, 2015). Streams of different sessions
/// are made with `stream(_:)`, so that adding one session does not move the dice of the others.
package struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// An independent generator for the stream `number` of this seed; does not advance `self`.
    package func stream(_ number: UInt64) -> Self {
        Self(seed: Self.mix(state ^ Self.mix(number &+ 0x6A09_E667_F3BC_C909)))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
