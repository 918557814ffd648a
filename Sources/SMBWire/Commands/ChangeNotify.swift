package import Primitives

/// CHANGE_NOTIFY request ([MS-SMB2] 2.2.35).
package struct ChangeNotifyRequest: MessageBody {
    package static let command = Command.changeNotify

    package struct Filter: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let fileName = Filter(rawValue: 0x1)
        package static let directoryName = Filter(rawValue: 0x2)
        package static let attributes = Filter(rawValue: 0x4)
        package static let size = Filter(rawValue: 0x8)
        package static let lastWrite = Filter(rawValue: 0x10)
    }

    package var watchesTree: Bool
    package var outputBufferLength: UInt32
    package var fileID: FileID
    package var filter: Filter

    package init(watchesTree: Bool, outputBufferLength: UInt32, fileID: FileID, filter: Filter) {
        self.watchesTree = watchesTree
        self.outputBufferLength = outputBufferLength
        self.fileID = fileID
        self.filter = filter
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(32)
        watchesTree = try reader.uint16() & 1 != 0
        outputBufferLength = try reader.uint32()
        fileID = try reader.fileID()
        filter = Filter(rawValue: try reader.uint32())
        try reader.skip(4)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(32)
        writer.uint16(watchesTree ? 1 : 0)
        writer.uint32(outputBufferLength)
        writer.fileID(fileID)
        writer.uint32(filter.rawValue)
        writer.uint32(0)
    }
}
