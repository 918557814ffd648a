package import Primitives

/// READ request ([MS-SMB2] 2.2.19).
package struct ReadRequest: MessageBody {
    package static let command = Command.read

    /// Bytes.
    package var length: UInt32
    package var offset: UInt64
    package var fileID: FileID
    /// Fewer bytes than this are END_OF_FILE.
    package var minimumCount: UInt32

    package init(length: UInt32, offset: UInt64, fileID: FileID, minimumCount: UInt32 = 0) {
        self.length = length
        self.offset = offset
        self.fileID = fileID
        self.minimumCount = minimumCount
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(49)
        try reader.skip(2)
        length = try reader.uint32()
        offset = try reader.uint64()
        fileID = try reader.fileID()
        minimumCount = try reader.uint32()
        try reader.skip(12)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(49)
        writer.uint8(0x50)
        writer.uint8(0)
        writer.uint32(length)
        writer.uint64(offset)
        writer.fileID(fileID)
        writer.uint32(minimumCount)
        writer.zeros(13)
    }
}

/// READ response ([MS-SMB2] 2.2.20).
package struct ReadResponse: MessageBody {
    package static let command = Command.read

    package var data: [UInt8]
    package var remaining: UInt32

    package init(data: [UInt8], remaining: UInt32 = 0) {
        self.data = data
        self.remaining = remaining
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(17)
        let offset = try reader.uint8()
        try reader.skip(1)
        let length = try reader.uint32()
        remaining = try reader.uint32()
        try reader.skip(4)
        var buffer = try reader.buffer(offset: offset, count: length)
        data = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(17)
        writer.uint8(0x50)
        writer.uint8(0)
        writer.uint32(UInt32(data.count))
        writer.uint32(remaining)
        writer.uint32(0)
        writer.append(data)
    }
}
