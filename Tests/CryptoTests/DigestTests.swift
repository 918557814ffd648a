import Crypto
import Testing

@Suite struct DigestTests {
    @Test(arguments: [
        ("", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        ("a", "bde52cb31de33e46245e05fbdbd6fb24"),
        ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
        ("message digest", "d9130a8164549fe818874806e1c7014b"),
        ("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "043f8582f241db351ce627e153e7f0e4"
        ),
        (
            String(repeating: "1234567890", count: 8),
            "e33b4ddc9c38f2199c3e7b164fcc0536"
        ),
    ])
    func `MD4 gives what RFC 1320 says`(text: String, digest: String) {
        #expect(Digest.md4(Array(text.utf8)).hex == digest)
    }

    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ])
    func `MD5 gives what RFC 1321 says`(text: String, digest: String) {
        #expect(Digest.md5(Array(text.utf8)).hex == digest)
    }

    @Test func `SHA-512 gives what FIPS 180-4 says`() {
        #expect(
            Digest.sha512(Array("abc".utf8)).hex
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        )
    }

    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 16), Array("Hi There".utf8),
            "9294727a3638bb1c13f48ef8158bfc9d"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "750c783e6ab0b503eaa86e310a5db738"
        ),
        (
            [UInt8](repeating: 0xAA, count: 16), [UInt8](repeating: 0xDD, count: 50),
            "56be34521d144c88dbb8c733f0e8b3f6"
        ),
        (
            [UInt8](repeating: 0xAA, count: 80),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"
        ),
    ])
    func `HMAC-MD5 gives what RFC 2202 says`(key: [UInt8], message: [UInt8], mac: String) {
        #expect(Digest.hmacMD5(key: key, message).hex == mac)
    }

    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `HMAC-SHA256 gives what RFC 4231 says`(key: [UInt8], message: [UInt8], mac: String) {
        #expect(Digest.hmacSHA256(key: key, message).hex == mac)
    }

    @Test func `an empty key is a key`() {
        #expect(
            Digest.hmacSHA256(key: [], []).hex
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        )
        #expect(Digest.hmacMD5(key: [], []).hex == "74e6f7298a9c2d168935f58c001bad88")
    }
}
