package import Primitives

/// One range of a LOCK request ([MS-SMB2] 2.2.26.1).
package struct LockElement: Hashable, Sendable {
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let shared = Flags(rawValue: 1)
        package static let exclusive = Flags(rawValue: 2)
        package static let unlock = Flags(rawValue: 4)
        package static let failImmediately = Flags(rawValue: 0x10)
    }

    package var offset: UInt64
    /// Bytes.
    package var length: UInt64
    package var flags: Flags

    package init(offset: UInt64, length: UInt64, flags: Flags) {
        self.offset = offset
        self.length = length
        self.flags = flags
    }
}

/// LOCK request ([MS-SMB2] 2.2.26); its StructureSize is 48 whatever the count.
package struct LockRequest: MessageBody {
    package static let command = Command.lock

    /// Low 4 bits number, upper 28 bits index; 0 unless the open is durable.
    package var lockSequence: UInt32
    package var fileID: FileID
    package var elements: [LockElement]

    package init(lockSequence: UInt32 = 0, fileID: FileID, elements: [LockElement]) {
        self.lockSequence = lockSequence
        self.fileID = fileID
        self.elements = elements
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(48)
        let count = Int(try reader.uint16())
        lockSequence = try reader.uint32()
        fileID = try reader.fileID()
        elements = []
        for _ in 0..<count {
            let offset = try reader.uint64()
            let length = try reader.uint64()
            let flags = LockElement.Flags(rawValue: try reader.uint32())
            try reader.skip(4)
            elements.append(LockElement(offset: offset, length: length, flags: flags))
        }
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(48)
        writer.uint16(UInt16(truncatingIfNeeded: elements.count))
        writer.uint32(lockSequence)
        writer.fileID(fileID)
        for element in elements {
            writer.uint64(element.offset)
            writer.uint64(element.length)
            writer.uint32(element.flags.rawValue)
            writer.uint32(0)
        }
    }
}
