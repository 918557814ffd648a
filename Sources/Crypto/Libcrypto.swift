internal import CLibcrypto

/// The only place that calls libcrypto; everything else works on arrays.
///
/// Every call checks the lengths before a pointer is made of an array. That libcrypto itself fails
/// (no memory) is not a peer's doing and ends the program. What keeps contexts is never inlined: a
/// second object file that had the shim's functions would have contexts of its own.
enum Libcrypto {
    /// What of a signature's nonce stands in the message's header ([MS-SMB2] 3.1.4.1).
    struct SignatureNonce {
        let messageID: UInt64
        /// Bit 0 for the server's messages, bit 1 for CANCEL.
        let sender: UInt32
    }

    /// Whether libcrypto may be given this part of an array: it counts in 31 bits.
    static func isUsable(_ range: Range<Int>, of bytes: [UInt8]) -> Bool {
        range.lowerBound >= 0 && range.upperBound <= bytes.count && range.count <= Int(Int32.max)
    }

    /// Puts the 16-byte signature at byte 48 of the message that `range` spans.
    @inline(never)
    static func sign(
        _ algorithm: SigningAlgorithm,
        key: [UInt8],
        nonce: SignatureNonce,
        _ bytes: inout [UInt8],
        in range: Range<Int>
    ) {
        precondition(key.count == 16 && range.count >= 64 && isUsable(range, of: bytes))
        let isDone = unsafe gl_sign(
            CInt(algorithm.rawValue),
            key,
            nonce.messageID,
            nonce.sender,
            &bytes,
            range.lowerBound,
            range.count
        )
        precondition(isDone == 1, "libcrypto cannot calculate a signature")
    }

    /// Whether byte 48 and the next 15 of the message are its signature; constant time.
    @inline(never)
    static func verifies(
        _ algorithm: SigningAlgorithm,
        key: [UInt8],
        nonce: SignatureNonce,
        _ bytes: [UInt8],
        in range: Range<Int>
    ) -> Bool {
        precondition(key.count == 16 && range.count >= 64 && isUsable(range, of: bytes))
        let answer = unsafe gl_verify(
            CInt(algorithm.rawValue),
            key,
            nonce.messageID,
            nonce.sender,
            bytes,
            range.lowerBound,
            range.count
        )
        precondition(answer >= 0, "libcrypto cannot calculate a signature")
        return answer == 1
    }

    /// Encrypts a transform message in place and puts the tag in its header.
    @inline(never)
    static func seal(_ cipher: Cipher, key: [UInt8], _ transform: inout [UInt8]) {
        let range = 0..<transform.count
        precondition(
            key.count == cipher.keyLength && range.count > 52 && isUsable(range, of: transform)
        )
        let isDone = unsafe gl_seal(CInt(cipher.rawValue), key, &transform, range.count)
        precondition(isDone == 1, "libcrypto cannot seal a message")
    }

    /// The plaintext of the transform message that `range` spans; nil if the tag does not fit.
    @inline(never)
    static func open(
        _ cipher: Cipher,
        key: [UInt8],
        _ bytes: [UInt8],
        in range: Range<Int>
    ) -> [UInt8]? {
        precondition(
            key.count == cipher.keyLength && range.count > 52 && isUsable(range, of: bytes)
        )
        var answer: CInt = 0
        let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: range.count - 52) {
            out,
            count in
            answer = unsafe gl_open(
                CInt(cipher.rawValue),
                key,
                bytes,
                range.lowerBound,
                range.count,
                out.baseAddress
            )
            count = answer == 1 ? range.count - 52 : 0
        }
        precondition(answer >= 0, "libcrypto cannot open a message")
        return answer == 1 ? plaintext : nil
    }

    static func sha512(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        digest(0, size: 64, first, second)
    }

    static func md5(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        digest(1, size: 16, first, second)
    }

    static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        hmac(0, size: 32, key: key, bytes)
    }

    static func hmacMD5(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        hmac(1, size: 16, key: key, bytes)
    }

    private static func digest(
        _ kind: CInt,
        size: Int,
        _ first: [UInt8],
        _ second: [UInt8]
    ) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: size)
        let isDone = unsafe gl_digest(
            kind,
            first,
            first.count,
            second,
            second.count,
            &output
        )
        precondition(isDone == 1, "libcrypto cannot calculate a digest")
        return output
    }

    private static func hmac(_ kind: CInt, size: Int, key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        precondition(key.count <= Int(Int32.max))
        var output = [UInt8](repeating: 0, count: size)
        let isDone = unsafe gl_hmac(kind, key, key.count, bytes, bytes.count, &output)
        precondition(isDone == 1, "libcrypto cannot calculate an HMAC")
        return output
    }
}
