internal import CLibcrypto

/// The only place that calls libcrypto; everything else works on arrays.
///
/// Every call is total: lengths are checked here, before a pointer is made of an array. That
/// libcrypto itself fails (no memory) is not a peer's doing and ends the program.
enum Libcrypto {
    /// The 16-byte signature of a message that is at least a header long.
    static func signature(
        _ algorithm: SigningAlgorithm,
        key: [UInt8],
        nonce: [UInt8],
        of bytes: [UInt8],
        in range: Range<Int>
    ) -> [UInt8] {
        precondition(key.count == 16 && nonce.count == 12 && range.count >= 64)
        var signature = [UInt8](repeating: 0, count: 16)
        let isDone = unsafe gl_signature(
            CInt(algorithm.rawValue),
            key,
            nonce,
            bytes,
            range.lowerBound,
            range.count,
            &signature
        )
        precondition(isDone == 1, "libcrypto cannot calculate a signature")
        return signature
    }

    /// Ciphertext (or plaintext, when opening) of `range`; nil if the tag does not fit.
    static func transform(
        _ cipher: Cipher,
        isSealing: Bool,
        key: [UInt8],
        nonce: [UInt8],
        bytes: [UInt8],
        authenticated: Range<Int>,
        range: Range<Int>,
        tag: inout [UInt8]
    ) -> [UInt8]? {
        precondition(key.count == cipher.keyLength && nonce.count >= 12 && tag.count == 16)
        // One byte more than needed, so that even an empty message has a place to point at.
        var output = [UInt8](repeating: 0, count: range.count + 1)
        let isDone = unsafe gl_aead(
            CInt(cipher.rawValue),
            isSealing ? 1 : 0,
            key,
            nonce,
            bytes,
            authenticated.lowerBound,
            authenticated.count,
            range.lowerBound,
            range.count,
            &output,
            &tag
        )
        guard isDone == 1 else { return nil }
        output.removeLast()
        return output
    }

    static func sha512(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 64)
        let isDone = unsafe gl_digest(0, first, first.count, second, second.count, &output)
        precondition(isDone == 1, "libcrypto cannot calculate SHA-512")
        return output
    }

    static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        let isDone = unsafe gl_hmac(0, key, key.count, bytes, bytes.count, &output)
        precondition(isDone == 1, "libcrypto cannot calculate HMAC-SHA256")
        return output
    }

    /// Compares in constant time.
    static func isEqual(_ left: [UInt8], _ right: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, right.count - offset >= left.count else { return false }
        return unsafe gl_equal(left, right, offset, left.count) == 1
    }
}
