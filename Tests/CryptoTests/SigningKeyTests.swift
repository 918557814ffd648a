import Crypto
import Primitives
import Testing

@Suite struct SigningKeyTests {
    private static let key = "2b7e151628aed2a6abf7158809cf4f3c".bytes

    /// 64 bytes of which the CMAC chain under that key is back at zero, so that the signature is
    /// the CMAC of what follows: [RFC4493] section 4, examples 2 to 4.
    private static let neutral =
        "fe534d42400000000000000000000000080000000000000000000000000000"
        + "00a93e2b771d35a020a81e0d2679f86d3800000000000000000000000000000000"

    @Test(arguments: [
        ("6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"),
        (
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
            "dfa66747de9ae63030ca32611497c827"
        ),
        (
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
            "51f0bebf7e3b9d92fc49741779363cfe"
        ),
    ])
    func `AES-CMAC gives what its RFC says`(message: String, mac: String) {
        var bytes = Self.neutral.bytes + message.bytes
        SigningKey(.aesCMAC, key: Self.key).sign(&bytes, in: 0..<bytes.count)
        #expect(Array(bytes[48..<64]).hex == mac)
    }

    @Test func `HMAC-SHA256 is cut to 16 bytes`() {
        var bytes = Self.neutral.bytes + [1, 2, 3]
        let expected = Digest.hmacSHA256(key: Self.key, bytes).prefix(16)
        SigningKey(.hmacSHA256, key: Self.key).sign(&bytes, in: 0..<bytes.count)
        #expect(bytes[48..<64] == expected)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `a signed element verifies, and with any byte turned it does not`(
        _ algorithm: SigningAlgorithm
    ) {
        let signer = SigningKey(algorithm, key: Self.key)
        for count in [64, 65, 79, 80, 120, 200] {
            let frame = (0..<count + 20).map { UInt8(truncatingIfNeeded: $0 &* 37) & 0xF7 }
            let element = 7..<7 + count
            var signed = frame
            signed[7 + 16] = 0
            signer.sign(&signed, in: element)
            #expect(signed[7 + 16] == 8)
            #expect(signed[..<7] == frame[..<7])
            #expect(signed[element.upperBound...] == frame[element.upperBound...])
            #expect(signer.verifies(signed, in: element))
            for place in element {
                signed[place] ^= 0x40
                #expect(!signer.verifies(signed, in: element), "byte \(place)")
                signed[place] ^= 0x40
            }
            #expect(signer.verifies(signed, in: element))
        }
    }

    /// Under one nonce GMAC is affine in what it covers: of four messages that add up to nothing
    /// the signatures do too, unless one of them has a nonce of its own.
    @Test(arguments: [
        (low: [0x0, 0x4, 0x8, 0xC] as [UInt8], high: 0 as UInt8, isOneNonce: false),
        (low: [0x0, 0x4, 0x8, 0xC], high: 1, isOneNonce: true),
        (low: [0x0, 0x1, 0x2, 0x3], high: 0, isOneNonce: true),
    ])
    func `CANCEL has a nonce of its own with AES-GMAC, and no other command has`(
        low: [UInt8],
        high: UInt8,
        isOneNonce: Bool
    ) {
        let signer = SigningKey(.aesGMAC, key: Self.key)
        var sum = [UInt8](repeating: 0, count: 16)
        for byte in low {
            var bytes = [UInt8](repeating: 0, count: 64)
            bytes[12] = byte
            bytes[13] = high
            signer.sign(&bytes, in: 0..<64)
            for index in 0..<16 { sum[index] ^= bytes[48 + index] }
        }
        #expect((sum == [UInt8](repeating: 0, count: 16)) == isOneNonce)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `what is no whole header, or not inside its bytes, does not verify`(
        _ algorithm: SigningAlgorithm
    ) {
        let signer = SigningKey(algorithm, key: [])
        for count in 0..<64 {
            #expect(!signer.verifies([UInt8](repeating: 1, count: count), in: 0..<count))
        }
        let bytes = [UInt8](repeating: 1, count: 100)
        #expect(!signer.verifies(bytes, in: 0..<101))
        #expect(!signer.verifies(bytes, in: 90..<200))
        #expect(!signer.verifies(bytes, in: -1..<100))
    }

    /// More keys than a thread keeps contexts for, so that contexts change keys on the way.
    @Test(arguments: SigningAlgorithm.allCases)
    func `many keys in turn sign as each does alone`(_ algorithm: SigningAlgorithm) {
        var random = SplitMix64(seed: 11)
        let signers = (0..<6_000).map { _ in
            SigningKey(algorithm, key: (0..<16).map { _ in UInt8.random(using: &random) })
        }
        let message = Self.neutral.bytes + [1, 2, 3]
        let first = signers.map { signer in
            var bytes = message
            signer.sign(&bytes, in: 0..<bytes.count)
            return bytes
        }
        for (signer, bytes) in zip(signers, first).reversed() {
            #expect(signer.verifies(bytes, in: 0..<bytes.count))
        }
        for (signer, bytes) in zip(signers.dropFirst(), first) {
            #expect(!signer.verifies(bytes, in: 0..<bytes.count))
        }
    }

    @Test(arguments: UInt64(0)..<50) func `random bytes neither verify nor trap`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for algorithm in SigningAlgorithm.allCases {
            let signer = SigningKey(algorithm, key: Self.key)
            for _ in 0..<100 {
                let count = Int.random(in: 0..<300, using: &random)
                let bytes = (0..<count).map { _ in UInt8.random(using: &random) }
                let start = Int.random(in: 0...count, using: &random)
                #expect(!signer.verifies(bytes, in: start..<count))
            }
        }
    }
}

extension UInt8 {
    static func random(using random: inout SplitMix64) -> UInt8 {
        UInt8.random(in: .min ... .max, using: &random)
    }
}
