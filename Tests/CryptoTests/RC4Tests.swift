import Crypto
import Testing

@Suite struct RC4Tests {
    /// [RFC6229], keys of 40 and 128 bits, the first 32 bytes of the stream.
    @Test(arguments: [
        (
            "0102030405",
            "b2396305f03dc027ccc3524a0a1118a86982944f18fc82d589c403a47a0d0919"
        ),
        (
            "0102030405060708090a0b0c0d0e0f10",
            "9ac7cc9a609d1ef7b2932899cde41b975248c4959014126a6e8a84f11d1a9e1c"
        ),
    ])
    func `the stream is what RFC 6229 says`(key: String, stream: String) {
        var cipher = RC4(key: key.bytes)
        #expect(cipher.applied(to: [UInt8](repeating: 0, count: 32)).hex == stream)
    }

    @Test func `pieces continue one stream, and applying it again decrypts`() {
        let text = Array("the same step encrypts and decrypts".utf8)
        var whole = RC4(key: [1, 2, 3])
        var pieces = whole
        var back = whole
        let encrypted = whole.applied(to: text)
        #expect(pieces.applied(to: Array(text[..<9])) == Array(encrypted[..<9]))
        #expect(pieces.applied(to: Array(text[9...])) == Array(encrypted[9...]))
        #expect(pieces == whole)
        #expect(back.applied(to: encrypted) == text)
    }
}
