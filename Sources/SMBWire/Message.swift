package import Primitives

/// What a frame begins with.
package enum FrameKind: Hashable, Sendable {
    case smb2
    /// Encrypted ([MS-SMB2] 2.2.41).
    case transform
    case compressed
    case smb1
    case unknown

    package static func of(_ bytes: [UInt8], in frame: Range<Int>) -> FrameKind {
        guard frame.count >= 4 else { return .unknown }
        let at = frame.lowerBound
        guard bytes[at + 1] == 0x53, bytes[at + 2] == 0x4D, bytes[at + 3] == 0x42 else {
            return .unknown
        }
        return switch bytes[at] {
        case 0xFE: .smb2
        case 0xFD: .transform
        case 0xFC: .compressed
        case 0xFF: .smb1
        default: .unknown
        }
    }
}

/// Whole messages: header and body together, alone or in a compound ([MS-SMB2] 3.2.4.1.4).
package enum Message {
    /// Appends one message; its first byte becomes the writer's origin.
    package static func append(
        _ header: Header,
        _ body: some MessageBody,
        to writer: inout ByteWriter
    ) {
        writer.beginMessage()
        header.encode(into: &writer)
        body.encode(into: &writer)
    }

    /// Pads the message that ends here and writes its NextCommand: another one follows.
    package static func chain(_ writer: inout ByteWriter) {
        writer.align(to: 8)
        writer.patch(uint32: UInt32(writer.offset), at: 20)
    }

    /// Whether a frame is one message and no compound: most are, and need no list.
    package static func isAlone(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count >= Header.size, range.lowerBound >= 0, range.upperBound <= bytes.count
        else { return false }
        let at = range.lowerBound + 20
        return bytes[at] | bytes[at + 1] | bytes[at + 2] | bytes[at + 3] == 0
    }

    /// The messages of a frame as ranges, in order; one if it is no compound.
    ///
    /// An element spans its padding, which its signature covers ([MS-SMB2] 3.1.4.1). Throws if a
    /// NextCommand is no multiple of 8 or leads outside, or if a header does not fit.
    package static func elements(
        of bytes: [UInt8],
        in range: Range<Int>
    ) throws(WireError) -> [Range<Int>] {
        var elements: [Range<Int>] = []
        let frame = range.clamped(to: 0..<bytes.count)
        var start = frame.lowerBound
        while true {
            var reader = ByteReader(bytes, in: start..<frame.upperBound)
            guard reader.remaining >= Header.size else {
                throw .truncated(offset: start - frame.lowerBound, count: Header.size)
            }
            try reader.seek(to: 20)
            let next = Int(try reader.uint32())
            guard next != 0 else { break }
            guard next % 8 == 0, next >= Header.size, next < frame.upperBound - start else {
                throw .malformed(field: "NextCommand")
            }
            elements.append(start..<start + next)
            start += next
        }
        elements.append(start..<frame.upperBound)
        return elements
    }
}
