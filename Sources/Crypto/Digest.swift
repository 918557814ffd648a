/// Digests and keyed digests over whole byte strings.
package enum Digest {
    /// 64 bytes.
    package static func sha512(_ bytes: [UInt8]) -> [UInt8] { Libcrypto.sha512(bytes, []) }

    /// 16 bytes ([RFC1321]).
    package static func md5(_ bytes: [UInt8]) -> [UInt8] { Libcrypto.md5(bytes, []) }

    /// 32 bytes ([RFC2104] over SHA-256), with a key of any length.
    package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        Libcrypto.hmacSHA256(key: key, bytes)
    }

    /// 16 bytes ([RFC2104] over MD5), with a key of any length.
    package static func hmacMD5(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        Libcrypto.hmacMD5(key: key, bytes)
    }
}
