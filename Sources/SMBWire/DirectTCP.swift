/// Direct TCP framing ([MS-SMB2] 2.1): a zero byte and a 24-bit big-endian length.
package enum DirectTCP {
    package static let prefixSize = 4
    package static let lengthMax = 0xFF_FFFF

    /// The four bytes that stand before a message of `length` bytes.
    package static func prefix(length: Int) -> [UInt8] {
        [
            0, UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8),
            UInt8(truncatingIfNeeded: length),
        ]
    }
}

/// Cuts the bytes of a TCP connection into frames, in whatever pieces they come.
package struct FrameAssembler: Hashable, Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// The first byte of a frame must be 0.
        case unknownType(UInt8)
        case tooLong(Int)
    }

    private var buffer: [UInt8] = []
    private var start = 0
    private let lengthMax: Int

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

    /// The bytes of the buffer and the range of the next whole frame in them; nil if none is whole.
    package mutating func next() throws(Failure) -> (bytes: [UInt8], frame: Range<Int>)? {
        while buffer.count - start >= DirectTCP.prefixSize {
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
            start = first + length
            return (buffer, first..<start)
        }
        return nil
    }
}
