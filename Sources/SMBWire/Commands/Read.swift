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
        let words: InlineArray<6, UInt64> = [
            49 | 0x50 << 16 | UInt64(length) << 32,
            offset, fileID.persistent, fileID.volatile,
            UInt64(minimumCount), 0,
        ]
        writer.words(words.span)
        writer.uint8(0)
    }
}

/// READ response ([MS-SMB2] 2.2.20).
package struct ReadResponse: MessageBody {
    package static let command = Command.read

    /// Where they lie in what was received: nobody copies them to look at the rest.
    package var data: ArraySlice<UInt8>
    package var remaining: UInt32

    package init(data: [UInt8], remaining: UInt32 = 0) {
        self.data = data[...]
        self.remaining = remaining
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        let first = try reader.uint64()
        guard UInt16(truncatingIfNeeded: first) == 17 else {
            throw .malformed(field: "StructureSize")
        }
        let offset = Int(UInt8(truncatingIfNeeded: first >> 16))
        let length = Int(first >> 32)
        remaining = UInt32(truncatingIfNeeded: try reader.uint64())
        // A buffer of no bytes may have any offset.
        data = try reader.bytes(at: length == 0 ? 0 : offset, count: length)
    }

    package func encode(into writer: inout ByteWriter) {
        let words: InlineArray<2, UInt64> = [
            17 | 0x50 << 16 | UInt64(data.count) << 32, UInt64(remaining),
        ]
        writer.words(words.span)
        writer.append(data)
    }
}
