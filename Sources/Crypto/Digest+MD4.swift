extension Digest {
    /// 16 bytes ([RFC1320]).
    ///
    /// Written out, because libcrypto has MD4 only in a legacy provider that is a package of its
    /// own on some systems. NTLM needs it once for each password.
    package static func md4(_ bytes: [UInt8]) -> [UInt8] {
        var state: SIMD4<UInt32> = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        let padded = padded(bytes)
        for start in stride(from: 0, to: padded.count, by: 64) {
            state &+= MD4Block(padded[start..<start + 64]).compressed(state)
        }
        return (0..<4).flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: state[word] >> (8 * $0)) }
        }
    }

    /// A one bit, zeros up to 8 bytes before a whole block, and the length in bits.
    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        var padded = bytes + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(bytes.count) << 3
        return padded + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }
}

/// One block of MD4: sixteen words and three rounds over them.
private struct MD4Block {
    private let words: [UInt32]

    init(_ bytes: ArraySlice<UInt8>) {
        words = (0..<16).map { word in
            (0..<4).reduce(0) { $0 | UInt32(bytes[bytes.startIndex + 4 * word + $1]) << (8 * $1) }
        }
    }

    /// What the block adds to the state.
    func compressed(_ state: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var s = state
        let straight = Array(0..<16)
        let columns = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]
        let reversed = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]
        turn(&s, straight, [3, 7, 11, 19], adding: 0) { $0 & $1 | ~$0 & $2 }
        turn(&s, columns, [3, 5, 9, 13], adding: 0x5A82_7999) { $0 & $1 | $0 & $2 | $1 & $2 }
        turn(&s, reversed, [3, 9, 11, 15], adding: 0x6ED9_EBA1) { $0 ^ $1 ^ $2 }
        return s
    }

    /// One round: sixteen steps, each of which makes a new first word and turns the four on.
    private func turn(
        _ s: inout SIMD4<UInt32>,
        _ order: [Int],
        _ shifts: [UInt32],
        adding constant: UInt32,
        _ mix: (UInt32, UInt32, UInt32) -> UInt32
    ) {
        for (step, word) in order.enumerated() {
            let sum = s[0] &+ mix(s[1], s[2], s[3]) &+ words[word] &+ constant
            let shift = shifts[step % 4]
            s = [s[3], sum << shift | sum >> (32 - shift), s[1], s[2]]
        }
    }
}
