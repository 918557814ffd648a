package import Primitives

/// One entry of a FileIdBothDirectoryInformation list ([MS-FSCC] 2.4.17), class 0x25.
package struct DirectoryEntry: Hashable, Sendable {
    package static let informationClass: UInt8 = 0x25

    package var name: String
    package var facts: FileFacts
    /// The reparse tag where the attributes say `reparsePoint`.
    package var eaSize: UInt32
    package var fileID: UInt64

    package init(name: String, facts: FileFacts, eaSize: UInt32, fileID: UInt64) {
        self.name = name
        self.facts = facts
        self.eaSize = eaSize
        self.fileID = fileID
    }

    package static func list(from bytes: [UInt8]) throws(WireError) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        var start = 0
        while start < bytes.count {
            var reader = ByteReader(bytes, in: start..<bytes.count)
            let next = Int(try reader.uint32())
            try reader.skip(4)
            entries.append(try entry(from: &reader))
            guard next != 0 else { break }
            guard next >= 104, next <= bytes.count - start else {
                throw .malformed(field: "NextEntryOffset")
            }
            start += next
        }
        return entries
    }

    private static func entry(from reader: inout ByteReader) throws(WireError) -> DirectoryEntry {
        var facts = FileFacts()
        facts.creationTime = try reader.uint64()
        facts.lastAccessTime = try reader.uint64()
        facts.lastWriteTime = try reader.uint64()
        facts.changeTime = try reader.uint64()
        facts.endOfFile = try reader.uint64()
        facts.allocationSize = try reader.uint64()
        facts.attributes = FileAttributes(rawValue: try reader.uint32())
        let nameLength = Int(try reader.uint32())
        let eaSize = try reader.uint32()
        try reader.seek(to: 96)
        let fileID = try reader.uint64()
        let name = try reader.utf16(byteCount: nameLength)
        return DirectoryEntry(name: name, facts: facts, eaSize: eaSize, fileID: fileID)
    }

    package static func encode(_ entries: [DirectoryEntry]) -> [UInt8] {
        var writer = ByteWriter()
        for (index, entry) in entries.enumerated() {
            writer.beginMessage()
            entry.encode(into: &writer)
            if index + 1 < entries.count {
                writer.align(to: 8)
                writer.patch(uint32: UInt32(writer.offset), at: 0)
            }
        }
        return writer.take()
    }

    private func encode(into writer: inout ByteWriter) {
        writer.uint64(0)
        writer.uint64(facts.creationTime)
        writer.uint64(facts.lastAccessTime)
        writer.uint64(facts.lastWriteTime)
        writer.uint64(facts.changeTime)
        writer.uint64(facts.endOfFile)
        writer.uint64(facts.allocationSize)
        writer.uint32(facts.attributes.rawValue)
        writer.uint32(UInt32(name.utf16.count * 2))
        writer.uint32(eaSize)
        // No short name: ShortNameLength, Reserved, 24 bytes, Reserved2.
        writer.zeros(28)
        writer.uint64(fileID)
        writer.utf16(name)
    }
}
