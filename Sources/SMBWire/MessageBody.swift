package import Primitives

/// The part of an SMB2 message behind its header: one request or one response of one command.
///
/// Each command has a file of its own with both bodies ([MS-SMB2] 2.2). Bodies go both ways: the
/// redirector encodes requests and decodes responses, the emulated server the reverse, so every
/// body can do both and `decode(encode(x)) == x`.
package protocol MessageBody: Hashable, Sendable {
    static var command: Command { get }

    /// Decodes the body. The reader stands behind the header (offset 64 from its origin, which is
    /// the header's first byte) and ends where this message ends.
    init(from reader: inout ByteReader) throws(WireError)

    /// Appends the body. The writer's origin is the header's first byte, its offset is 64.
    func encode(into writer: inout ByteWriter)
}

extension ByteReader {
    /// Reads a body's StructureSize and insists on its value ([MS-SMB2] 3.3.5.2.6).
    package mutating func structureSize(_ expected: UInt16) throws(WireError) {
        guard try uint16() == expected else { throw .malformed(field: "StructureSize") }
    }

    /// The variable buffer that an Offset and a Length field name.
    ///
    /// The offset counts from the header. A buffer of no bytes may have any offset.
    package func buffer(
        offset: some BinaryInteger,
        count: some BinaryInteger
    ) throws(WireError)
        -> ByteReader
    {
        guard count > 0 else { return try slice(at: 0, count: 0) }
        guard let offset = Int(exactly: offset), let count = Int(exactly: count) else {
            throw .malformed(field: "buffer")
        }
        return try slice(at: offset, count: count)
    }
}
