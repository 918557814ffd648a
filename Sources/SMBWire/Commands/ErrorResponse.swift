package import Primitives

/// The body of a response whose status is a failure ([MS-SMB2] 2.2.2).
///
/// Recognised by the status, never by its StructureSize 9, which other responses share.
package struct ErrorResponse: Hashable, Sendable {
    /// 3.1.1: how many error contexts `data` holds.
    package var contextCount: UInt8
    package var data: [UInt8]

    package init(contextCount: UInt8 = 0, data: [UInt8] = []) {
        self.contextCount = contextCount
        self.data = data
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(9)
        contextCount = try reader.uint8()
        try reader.skip(1)
        let count = Int(try reader.uint32())
        data = try reader.bytes(count)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(9)
        writer.uint8(contextCount)
        writer.uint8(0)
        writer.uint32(UInt32(data.count))
        // One byte is sent even when there is no data.
        if data.isEmpty { writer.uint8(0) } else { writer.append(data) }
    }
}
