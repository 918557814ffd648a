package import Primitives

/// WRITE request ([MS-SMB2] 2.2.21).
package struct WriteRequest: MessageBody {
    package static let command = Command.write

    package var offset: UInt64
    package var fileID: FileID
    /// 1 write-through, 2 unbuffered.
    package var flags: UInt32
    package var data: [UInt8]

    package init(offset: UInt64, fileID: FileID, flags: UInt32 = 0, data: [UInt8]) {
        self.offset = offset
        self.fileID = fileID
        self.flags = flags
        self.data = data
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(49)
        let dataOffset = try reader.uint16()
        let length = try reader.uint32()
        offset = try reader.uint64()
        fileID = try reader.fileID()
        try reader.skip(12)
        flags = try reader.uint32()
        var buffer = try reader.buffer(offset: dataOffset, count: length)
        data = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(49)
        writer.uint16(0x70)
        writer.uint32(UInt32(data.count))
        writer.uint64(offset)
        writer.fileID(fileID)
        writer.zeros(12)
        writer.uint32(flags)
        writer.append(data)
    }
}

/// WRITE response ([MS-SMB2] 2.2.22).
package struct WriteResponse: MessageBody {
    package static let command = Command.write

    /// Bytes written.
    package var count: UInt32

    package init(count: UInt32) { self.count = count }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(17)
        try reader.skip(2)
        count = try reader.uint32()
        try reader.skip(8)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(17)
        writer.uint16(0)
        writer.uint32(count)
        writer.zeros(8)
    }
}
