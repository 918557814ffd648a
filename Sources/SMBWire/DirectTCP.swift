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
        write(length, into: &prefix, at: 0)
        return prefix
    }

    /// Leaves room for the prefix; the message that follows has its own origin.
    package static func begin(in writer: inout ByteWriter) {
        writer.zeros(prefixSize)
        writer.beginMessage()
    }

    /// Writes the length of what follows the prefix at `start` into it, in place.
    ///
    /// The last frame of `frames` begins there: the prefix, and no more than `lengthMax` bytes.
    package static func finish(_ frames: inout [UInt8], from start: Int = 0) {
        write(frames.count - start - prefixSize, into: &frames, at: start)
    }

    private static func write(_ length: Int, into frames: inout [UInt8], at start: Int) {
        precondition(0...lengthMax ~= length, "a frame of \(length) bytes has no prefix")
        frames[start] = 0
        frames[start + 1] = UInt8(truncatingIfNeeded: length >> 16)
        frames[start + 2] = UInt8(truncatingIfNeeded: length >> 8)
        frames[start + 3] = UInt8(truncatingIfNeeded: length)
    }

    /// Takes apart what a sender has put together: whole frames, each with its prefix.
    package static func forEachFrame(of frames: [UInt8], _ body: ([UInt8]) -> Void) {
        var start = 0
        while start < frames.count {
            precondition(start + prefixSize <= frames.count, "a frame without its prefix")
            let length = (1..<prefixSize).reduce(0) { $0 << 8 | Int(frames[start + $1]) }
            let end = start + prefixSize + length
            // The usual one is alone, and not copied.
            body(start == 0 && end == frames.count ? frames : Array(frames[start..<end]))
            start = end
        }
    }
}
