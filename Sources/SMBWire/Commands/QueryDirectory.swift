package import Primitives

/// QUERY_DIRECTORY request ([MS-SMB2] 2.2.33).
package struct QueryDirectoryRequest: MessageBody {
    package static let command = Command.queryDirectory

    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let restartScans = Flags(rawValue: 1)
        package static let returnSingleEntry = Flags(rawValue: 2)
        package static let indexSpecified = Flags(rawValue: 4)
        package static let reopen = Flags(rawValue: 0x10)
    }

    package var informationClass: UInt8
    package var flags: Flags
    package var fileIndex: UInt32
    package var fileID: FileID
    /// Bytes.
    package var outputBufferLength: UInt32
    package var pattern: String

    package init(
        informationClass: UInt8,
        flags: Flags,
        fileIndex: UInt32 = 0,
        fileID: FileID,
        outputBufferLength: UInt32,
        pattern: String
    ) {
        self.informationClass = informationClass
        self.flags = flags
        self.fileIndex = fileIndex
        self.fileID = fileID
        self.outputBufferLength = outputBufferLength
        self.pattern = pattern
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(33)
        informationClass = try reader.uint8()
        flags = Flags(rawValue: try reader.uint8())
        fileIndex = try reader.uint32()
        fileID = try reader.fileID()
        let offset = try reader.uint16()
        let length = try reader.uint16()
        outputBufferLength = try reader.uint32()
        var buffer = try reader.buffer(offset: offset, count: length)
        pattern = try buffer.utf16(byteCount: buffer.remaining)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(33)
        writer.uint8(informationClass)
        writer.uint8(flags.rawValue)
        writer.uint32(fileIndex)
        writer.fileID(fileID)
        writer.uint16(96)
        writer.uint16(UInt16(truncatingIfNeeded: pattern.utf16.count * 2))
        writer.uint32(outputBufferLength)
        if pattern.isEmpty { writer.uint8(0) } else { writer.utf16(pattern) }
    }
}

/// The response of QUERY_DIRECTORY, CHANGE_NOTIFY and QUERY_INFO: one buffer.
///
/// [MS-SMB2] 2.2.34, 2.2.36, 2.2.38. The command is the header's.
package struct BufferResponse: Hashable, Sendable {
    package var output: [UInt8]

    package init(output: [UInt8]) { self.output = output }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(9)
        let offset = try reader.uint16()
        let length = try reader.uint32()
        var buffer = try reader.buffer(offset: offset, count: length)
        output = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(9)
        writer.uint16(72)
        writer.uint32(UInt32(output.count))
        if output.isEmpty { writer.uint8(0) } else { writer.append(output) }
    }
}
