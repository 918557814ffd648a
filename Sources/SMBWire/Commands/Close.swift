package import Primitives

/// CLOSE request ([MS-SMB2] 2.2.15).
package struct CloseRequest: MessageBody {
    package static let command = Command.close

    /// SMB2_CLOSE_FLAG_POSTQUERY_ATTRIB: the response shall carry the file's facts.
    package var queriesAttributes: Bool
    package var fileID: FileID

    package init(queriesAttributes: Bool = false, fileID: FileID) {
        self.queriesAttributes = queriesAttributes
        self.fileID = fileID
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(24)
        queriesAttributes = try reader.uint16() & 1 != 0
        try reader.skip(4)
        fileID = try reader.fileID()
    }

    package func encode(into writer: inout ByteWriter) {
        let words: InlineArray<3, UInt64> = [
            24 | (queriesAttributes ? 1 : 0) << 16, fileID.persistent, fileID.volatile,
        ]
        writer.words(words.span)
    }
}

/// CLOSE response ([MS-SMB2] 2.2.16).
package struct CloseResponse: MessageBody {
    package static let command = Command.close

    /// Nil unless the request asked for them.
    package var facts: FileFacts?

    package init(facts: FileFacts?) { self.facts = facts }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(60)
        let hasFacts = try reader.uint16() & 1 != 0
        try reader.skip(4)
        let facts = try FileFacts(from: &reader)
        self.facts = hasFacts ? facts : nil
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(60)
        writer.uint16(facts == nil ? 0 : 1)
        writer.uint32(0)
        (facts ?? FileFacts()).encode(into: &writer)
    }
}

/// FLUSH request ([MS-SMB2] 2.2.17).
package struct FlushRequest: MessageBody {
    package static let command = Command.flush

    package var fileID: FileID

    package init(fileID: FileID) { self.fileID = fileID }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(24)
        try reader.skip(6)
        fileID = try reader.fileID()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(24)
        writer.zeros(6)
        writer.fileID(fileID)
    }
}
