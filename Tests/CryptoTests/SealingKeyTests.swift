import Crypto
import Primitives
import Testing

@Suite struct SealingKeyTests {
    private func key(_ cipher: Cipher, _ fill: UInt8 = 3) -> SealingKey {
        SealingKey(cipher, key: [UInt8](repeating: fill, count: cipher.keyLength))
    }

    @Test(arguments: Cipher.allCases) func `what is sealed opens again`(_ cipher: Cipher) {
        for count in [1, 15, 16, 17, 64, 1_000, 70_000] {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let sealed = key(cipher).seal(
                [9] + message + [9],
                in: 1..<count + 1,
                sessionID: 5,
                nonce: 77
            )
            #expect(sealed.count == count + 52)
            #expect(key(cipher).open([1, 2] + sealed + [3], in: 2..<sealed.count + 2) == message)
        }
    }

    @Test func `the header says protocol, nonce, size, flag and session`() {
        let sealed = key(.aes128GCM).seal(
            [UInt8](repeating: 7, count: 0x102),
            in: 0..<0x102,
            sessionID: 0x1122_3344_5566_7788,
            nonce: 0xA1B2_C3D4_E5F6_0718
        )
        #expect(Array(sealed[0..<4]).hex == "fd534d42")
        #expect(Array(sealed[20..<36]).hex == "1807f6e5d4c3b2a10000000000000000")
        #expect(Array(sealed[36..<44]).hex == "0201000000000100")
        #expect(Array(sealed[44..<52]).hex == "8877665544332211")
    }

    @Test(arguments: Cipher.allCases)
    func `any turned byte keeps it shut, and the next right one opens`(_ cipher: Cipher) {
        let message = [UInt8](0..<40)
        var sealed = key(cipher).seal(message, in: 0..<40, sessionID: 5, nonce: 77)
        let whole = 0..<sealed.count
        for place in whole {
            sealed[place] ^= 1
            #expect(key(cipher).open(sealed, in: whole) == nil, "byte \(place)")
            sealed[place] ^= 1
            #expect(key(cipher).open(sealed, in: whole) == message)
        }
    }

    @Test(arguments: Cipher.allCases)
    func `another key, nonce or cipher gives other bytes`(_ cipher: Cipher) {
        let message = [UInt8](0..<40)
        let sealed = key(cipher).seal(message, in: 0..<40, sessionID: 5, nonce: 77)
        let later = key(cipher).seal(message, in: 0..<40, sessionID: 5, nonce: 78)
        #expect(sealed[52...] != later[52...])
        #expect(key(cipher, 4).open(sealed, in: 0..<sealed.count) == nil)
        for other in Cipher.allCases where other != cipher {
            #expect(key(other).open(sealed, in: 0..<sealed.count) == nil)
        }
    }

    @Test(arguments: Cipher.allCases)
    func `a size that is not the text's stays shut, though the tag fits`(_ cipher: Cipher) {
        let sealed = key(cipher).seal([UInt8](0..<40), in: 0..<40, sessionID: 5, nonce: 77)
        for end in 0..<sealed.count { #expect(key(cipher).open(sealed, in: 0..<end) == nil) }
        #expect(key(cipher).open(sealed + [0], in: 0..<sealed.count + 1) == nil)
    }

    @Test(arguments: Cipher.allCases)
    func `what does not lie inside its bytes stays shut`(_ cipher: Cipher) {
        let bytes = [UInt8](repeating: 1, count: 100)
        for range in [0..<101, 90..<200, -1..<100, 0..<Int.max] {
            #expect(key(cipher).open(bytes, in: range) == nil)
        }
    }

    @Test(arguments: Cipher.allCases)
    func `many keys in turn seal as each does alone`(_ cipher: Cipher) {
        var random = SplitMix64(seed: 12)
        let keys = (0..<5_000).map { _ in
            let bytes = (0..<cipher.keyLength).map { _ in UInt8.random(using: &random) }
            return SealingKey(cipher, key: bytes)
        }
        let sealed = keys.map { $0.seal([1, 2, 3], in: 0..<3, sessionID: 5, nonce: 6) }
        for (key, bytes) in zip(keys, sealed).reversed() {
            #expect(key.open(bytes, in: 0..<bytes.count) == [1, 2, 3])
        }
        for (key, bytes) in zip(keys.dropFirst(), sealed) {
            #expect(key.open(bytes, in: 0..<bytes.count) == nil)
        }
    }

    /// Half of them with a header that gets past the first look.
    @Test(arguments: UInt64(0)..<50) func `random bytes neither open nor trap`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for cipher in Cipher.allCases {
            for turn in 0..<100 {
                let count = Int.random(in: 0..<300, using: &random)
                var bytes = (0..<count).map { _ in UInt8.random(using: &random) }
                if turn % 2 == 0, count > 52 {
                    let size = count - 52
                    bytes.replaceSubrange(0..<4, with: [0xFD, 0x53, 0x4D, 0x42])
                    let sizes = [UInt8(truncatingIfNeeded: size), UInt8(size >> 8), 0, 0]
                    bytes.replaceSubrange(36..<44, with: sizes + [0, 0, 1, 0])
                }
                #expect(key(cipher).open(bytes, in: 0..<count) == nil)
            }
        }
    }
}
