package import Primitives

/// CREATE request ([MS-SMB2] 2.2.13).
package struct CreateRequest: MessageBody {
    package static let command = Command.create

    package var oplockLevel: OplockLevel
    /// 2 is Impersonation, what clients send.
    package var impersonationLevel: UInt32
    package var desiredAccess: AccessMask
    package var fileAttributes: FileAttributes
    package var shareAccess: ShareAccess
    package var disposition: CreateDisposition
    package var options: CreateOptions
    /// Share-relative without a leading backslash; `server\share\…` with DFS_OPERATIONS.
    package var name: String
    package var contexts: [CreateContext]

    package init(
        oplockLevel: OplockLevel = .none,
        impersonationLevel: UInt32 = 2,
        desiredAccess: AccessMask,
        fileAttributes: FileAttributes = [],
        shareAccess: ShareAccess,
        disposition: CreateDisposition,
        options: CreateOptions,
        name: String,
        contexts: [CreateContext] = []
    ) {
        self.oplockLevel = oplockLevel
        self.impersonationLevel = impersonationLevel
        self.desiredAccess = desiredAccess
        self.fileAttributes = fileAttributes
        self.shareAccess = shareAccess
        self.disposition = disposition
        self.options = options
        self.name = name
        self.contexts = contexts
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(57)
        try reader.skip(1)
        oplockLevel = OplockLevel(rawValue: try reader.uint8())
        impersonationLevel = try reader.uint32()
        try reader.skip(16)
        desiredAccess = AccessMask(rawValue: try reader.uint32())
        fileAttributes = FileAttributes(rawValue: try reader.uint32())
        shareAccess = ShareAccess(rawValue: try reader.uint32())
        guard let disposition = CreateDisposition(rawValue: try reader.uint32()) else {
            throw .malformed(field: "CreateDisposition")
        }
        self.disposition = disposition
        options = CreateOptions(rawValue: try reader.uint32())
        let nameOffset = try reader.uint16()
        let nameLength = try reader.uint16()
        let contextOffset = try reader.uint32()
        let contextLength = try reader.uint32()
        var buffer = try reader.buffer(offset: nameOffset, count: nameLength)
        name = try buffer.utf16(byteCount: buffer.remaining)
        contexts = try CreateContext.list(
            from: try reader.buffer(offset: contextOffset, count: contextLength),
            isResponse: false
        )
    }

    package func encode(into writer: inout ByteWriter) {
        // The name begins at 120; its length and the contexts' place follow below.
        let words: InlineArray<7, UInt64> = [
            57 | UInt64(oplockLevel.rawValue) << 24 | UInt64(impersonationLevel) << 32,
            0,
            0,
            UInt64(desiredAccess.rawValue) | UInt64(fileAttributes.rawValue) << 32,
            UInt64(shareAccess.rawValue) | UInt64(disposition.rawValue) << 32,
            UInt64(options.rawValue) | 120 << 32,
            0,
        ]
        writer.words(words.span)
        let place = 110
        writer.utf16(name)
        writer.patch(uint16: UInt16(truncatingIfNeeded: writer.offset - 120), at: place)
        if contexts.isEmpty {
            if name.isEmpty { writer.uint8(0) }
            return
        }
        writer.align(to: 8)
        let start = writer.offset
        CreateContext.encode(contexts, into: &writer)
        writer.patch(uint32: UInt32(start), at: place + 2)
        writer.patch(uint32: UInt32(writer.offset - start), at: place + 6)
    }
}

/// The times, sizes and attributes that CREATE and CLOSE responses carry.
package struct FileFacts: Hashable, Sendable {
    package var creationTime: UInt64 = 0
    package var lastAccessTime: UInt64 = 0
    package var lastWriteTime: UInt64 = 0
    package var changeTime: UInt64 = 0
    /// Bytes.
    package var allocationSize: UInt64 = 0
    /// Bytes.
    package var endOfFile: UInt64 = 0
    package var attributes: FileAttributes = []

    package init() {}

    init(from reader: inout ByteReader) throws(WireError) {
        creationTime = try reader.uint64()
        lastAccessTime = try reader.uint64()
        lastWriteTime = try reader.uint64()
        changeTime = try reader.uint64()
        allocationSize = try reader.uint64()
        endOfFile = try reader.uint64()
        attributes = FileAttributes(rawValue: try reader.uint32())
    }

    func encode(into writer: inout ByteWriter) {
        writer.uint64(creationTime)
        writer.uint64(lastAccessTime)
        writer.uint64(lastWriteTime)
        writer.uint64(changeTime)
        writer.uint64(allocationSize)
        writer.uint64(endOfFile)
        writer.uint32(attributes.rawValue)
    }
}

/// CREATE response ([MS-SMB2] 2.2.14).
package struct CreateResponse: MessageBody {
    package static let command = Command.create

    package var oplockLevel: OplockLevel
    /// SMB2_CREATE_FLAG_REPARSEPOINT.
    package var isReparsePoint: Bool
    /// 0 superseded, 1 opened, 2 created, 3 overwritten.
    package var action: UInt32
    package var facts: FileFacts
    package var fileID: FileID
    package var contexts: [CreateContext]

    package init(
        oplockLevel: OplockLevel,
        isReparsePoint: Bool = false,
        action: UInt32,
        facts: FileFacts,
        fileID: FileID,
        contexts: [CreateContext] = []
    ) {
        self.oplockLevel = oplockLevel
        self.isReparsePoint = isReparsePoint
        self.action = action
        self.facts = facts
        self.fileID = fileID
        self.contexts = contexts
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(89)
        oplockLevel = OplockLevel(rawValue: try reader.uint8())
        isReparsePoint = try reader.uint8() & 1 != 0
        action = try reader.uint32()
        facts = try FileFacts(from: &reader)
        try reader.skip(4)
        fileID = try reader.fileID()
        let offset = try reader.uint32()
        let length = try reader.uint32()
        contexts = try CreateContext.list(
            from: try reader.buffer(offset: offset, count: length),
            isResponse: true
        )
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(89)
        writer.uint8(oplockLevel.rawValue)
        writer.uint8(isReparsePoint ? 1 : 0)
        writer.uint32(action)
        facts.encode(into: &writer)
        writer.uint32(0)
        writer.fileID(fileID)
        let place = writer.offset
        writer.uint64(0)
        guard !contexts.isEmpty else { return }
        let start = writer.offset
        CreateContext.encode(contexts, into: &writer)
        writer.patch(uint32: UInt32(start), at: place)
        writer.patch(uint32: UInt32(writer.offset - start), at: place + 4)
    }
}
