package import Primitives

/// [MS-SMB2] 2.2.37 InfoType.
package enum InfoType: UInt8, Hashable, Sendable {
    case file = 1
    case fileSystem = 2
    case security = 3
    case quota = 4
}

/// QUERY_INFO request ([MS-SMB2] 2.2.37).
package struct QueryInfoRequest: MessageBody {
    package static let command = Command.queryInfo

    package var infoType: InfoType
    package var informationClass: UInt8
    /// Bytes.
    package var outputBufferLength: UInt32
    package var additionalInformation: UInt32
    package var flags: UInt32
    package var fileID: FileID
    package var input: [UInt8]

    package init(
        infoType: InfoType,
        informationClass: UInt8,
        outputBufferLength: UInt32,
        additionalInformation: UInt32 = 0,
        flags: UInt32 = 0,
        fileID: FileID,
        input: [UInt8] = []
    ) {
        self.infoType = infoType
        self.informationClass = informationClass
        self.outputBufferLength = outputBufferLength
        self.additionalInformation = additionalInformation
        self.flags = flags
        self.fileID = fileID
        self.input = input
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(41)
        guard let type = InfoType(rawValue: try reader.uint8()) else {
            throw .malformed(field: "InfoType")
        }
        infoType = type
        informationClass = try reader.uint8()
        outputBufferLength = try reader.uint32()
        let offset = try reader.uint16()
        try reader.skip(2)
        let length = try reader.uint32()
        additionalInformation = try reader.uint32()
        flags = try reader.uint32()
        fileID = try reader.fileID()
        var buffer = try reader.buffer(offset: offset, count: length)
        input = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(41)
        writer.uint8(infoType.rawValue)
        writer.uint8(informationClass)
        writer.uint32(outputBufferLength)
        writer.uint16(input.isEmpty ? 0 : 104)
        writer.uint16(0)
        writer.uint32(UInt32(input.count))
        writer.uint32(additionalInformation)
        writer.uint32(flags)
        writer.fileID(fileID)
        writer.append(input)
    }
}

/// SET_INFO request ([MS-SMB2] 2.2.39).
package struct SetInfoRequest: MessageBody {
    package static let command = Command.setInfo

    package var infoType: InfoType
    package var informationClass: UInt8
    package var additionalInformation: UInt32
    package var fileID: FileID
    package var buffer: [UInt8]

    package init(
        infoType: InfoType,
        informationClass: UInt8,
        additionalInformation: UInt32 = 0,
        fileID: FileID,
        buffer: [UInt8]
    ) {
        self.infoType = infoType
        self.informationClass = informationClass
        self.additionalInformation = additionalInformation
        self.fileID = fileID
        self.buffer = buffer
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(33)
        guard let type = InfoType(rawValue: try reader.uint8()) else {
            throw .malformed(field: "InfoType")
        }
        infoType = type
        informationClass = try reader.uint8()
        let length = try reader.uint32()
        let offset = try reader.uint16()
        try reader.skip(2)
        additionalInformation = try reader.uint32()
        fileID = try reader.fileID()
        var data = try reader.buffer(offset: offset, count: length)
        buffer = data.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(33)
        writer.uint8(infoType.rawValue)
        writer.uint8(informationClass)
        writer.uint32(UInt32(buffer.count))
        writer.uint16(96)
        writer.uint16(0)
        writer.uint32(additionalInformation)
        writer.fileID(fileID)
        writer.append(buffer)
    }
}

/// SET_INFO response ([MS-SMB2] 2.2.40): nothing but its StructureSize 2.
package struct SetInfoResponse: MessageBody {
    package static let command = Command.setInfo

    package init() {}
    package init(from reader: inout ByteReader) throws(WireError) { try reader.structureSize(2) }
    package func encode(into writer: inout ByteWriter) { writer.uint16(2) }
}
