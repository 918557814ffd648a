/// Cuts the bytes of a TCP connection into frames, in whatever pieces they come.
///
/// After a failure the connection is of no use any more: each further `next` fails the same way.
package struct FrameAssembler: Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// The first byte of a frame must be 0.
        case unknownType(UInt8)
        /// The frame's length in bytes is above the limit.
        case tooLong(Int)
    }

    private var buffer: [UInt8] = []
    /// Everything before it was taken.
    private var start = 0
    /// In bytes, without the prefix.
    package let lengthMax: Int

    /// Frames above `lengthMax` bytes are a failure.
    package init(lengthMax: Int = DirectTCP.lengthMax) { self.lengthMax = lengthMax }

    package mutating func append(_ bytes: [UInt8]) {
        if start == buffer.count {
            buffer = bytes
            start = 0
        } else {
            // What was taken is dropped once it outweighs what is left: linear, not quadratic.
            if start > buffer.count / 2 {
                buffer.removeFirst(start)
                start = 0
            }
            buffer.append(contentsOf: bytes)
        }
    }

    /// Bytes that came and belong to no frame taken so far.
    package var pendingCount: Int { buffer.count - start }

    /// The buffer and the range of the next whole frame in it, without the prefix; nil if none is
    /// whole.
    ///
    /// Nothing is copied. With the last frame of the buffer the caller becomes its only owner and
    /// may change it in place.
    package mutating func next() throws(Failure) -> (bytes: [UInt8], frame: Range<Int>)? {
        while pendingCount >= DirectTCP.prefixSize {
            let type = buffer[start]
            let length =
                Int(buffer[start + 1]) << 16 | Int(buffer[start + 2]) << 8
                | Int(buffer[start + 3])
            // A NetBIOS keep-alive is no message; old servers send it.
            if type == 0x85, length == 0 {
                start += DirectTCP.prefixSize
                continue
            }
            guard type == 0 else { throw .unknownType(type) }
            guard length <= lengthMax else { throw .tooLong(length) }
            let first = start + DirectTCP.prefixSize
            guard buffer.count - first >= length else { return nil }
            return (take(upTo: first + length), first..<first + length)
        }
        return nil
    }

    private mutating func take(upTo end: Int) -> [UInt8] {
        guard end == buffer.count else {
            start = end
            return buffer
        }
        let whole = buffer
        buffer = []
        start = 0
        return whole
    }
}

/// Two assemblers are equal if the same bytes are pending, however they came.
extension FrameAssembler: Hashable {
    package static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.lengthMax == rhs.lengthMax && lhs.buffer[lhs.start...] == rhs.buffer[rhs.start...]
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(lengthMax)
        hasher.combine(buffer[start...])
    }
}
