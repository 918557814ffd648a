package import Primitives

/// Direct TCP framing ([MS-SMB2] 2.1): a zero byte and a 24-bit big-endian length.
///
/// A sender builds frame and message in one buffer: `begin`, the message or chain, then `finish`
/// on the bytes. What is signed or sealed is `prefixSize...` of them.
package enum DirectTCP {
    package static let prefixSize = 4
    package static let lengthMax = 0xFF_FFFF

    /// The four bytes that stand before a message of `length` bytes.
    package static func prefix(length: Int) -> [UInt8] {
        var prefix: [UInt8] = [0, 0, 0, 0]
        write(length, into: &prefix)
        return prefix
    }

    /// Leaves room for the prefix; the message that follows has its own origin.
    package static func begin(in writer: inout ByteWriter) {
        writer.zeros(prefixSize)
        writer.beginMessage()
    }

    /// Writes the length of what follows the prefix into it, in place.
    ///
    /// The frame holds the prefix and no more than `lengthMax` bytes behind it.
    package static func finish(_ frame: inout [UInt8]) {
        write(frame.count - prefixSize, into: &frame)
    }

    private static func write(_ length: Int, into frame: inout [UInt8]) {
        precondition(0...lengthMax ~= length, "a frame of \(length) bytes has no prefix")
        frame[0] = 0
        frame[1] = UInt8(truncatingIfNeeded: length >> 16)
        frame[2] = UInt8(truncatingIfNeeded: length >> 8)
        frame[3] = UInt8(truncatingIfNeeded: length)
    }
}
