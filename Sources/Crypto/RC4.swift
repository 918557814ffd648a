/// The stream cipher of NTLM ([MS-NLMP] 3.4.3): the same step encrypts and decrypts.
///
/// A value is the cipher's state: bytes applied one after another continue its stream. Written
/// out, because libcrypto has RC4 only in a legacy provider.
package struct RC4: Hashable, Sendable {
    private var permutation = (0...255).map { UInt8($0) }
    private var i: UInt8 = 0
    private var j: UInt8 = 0

    /// The key has 1 to 256 bytes.
    package init(key: [UInt8]) {
        precondition((1...256).contains(key.count), "RC4 takes a key of 1 to 256 bytes")
        var j: UInt8 = 0
        for i in 0..<256 {
            j &+= permutation[i] &+ key[i % key.count]
            permutation.swapAt(i, Int(j))
        }
    }

    /// The bytes, each combined with the next of the stream.
    package mutating func applied(to bytes: [UInt8]) -> [UInt8] {
        bytes.map { byte in
            i &+= 1
            j &+= permutation[Int(i)]
            permutation.swapAt(Int(i), Int(j))
            return byte ^ permutation[Int(permutation[Int(i)] &+ permutation[Int(j)])]
        }
    }
}
