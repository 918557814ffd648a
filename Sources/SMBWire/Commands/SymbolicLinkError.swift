package import Primitives

/// The error data of STATUS_STOPPED_ON_SYMLINK ([MS-SMB2] 2.2.2.2.1).
package struct SymbolicLinkError: Hashable, Sendable {
    private static let tag: UInt32 = 0x4C4D_5953
    private static let reparseTag: UInt32 = 0xA000_000C

    /// How much of the name, counted from its end and in bytes, lies behind the link.
    package var unparsedPathLength: UInt16
    /// What to put in place of the parsed part.
    package var substituteName: String
    /// What to show a user.
    package var printName: String
    /// `substituteName` counts from the link's directory.
    package var isRelative: Bool

    package init(
        unparsedPathLength: UInt16,
        substituteName: String,
        printName: String,
        isRelative: Bool
    ) {
        self.unparsedPathLength = unparsedPathLength
        self.substituteName = substituteName
        self.printName = printName
        self.isRelative = isRelative
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.skip(4)
        guard try reader.uint32() == Self.tag else { throw .malformed(field: "SymLinkErrorTag") }
        guard try reader.uint32() == Self.reparseTag else { throw .malformed(field: "ReparseTag") }
        try reader.skip(2)
        unparsedPathLength = try reader.uint16()
        let substituteOffset = Int(try reader.uint16())
        let substituteLength = Int(try reader.uint16())
        let printOffset = Int(try reader.uint16())
        let printLength = Int(try reader.uint16())
        isRelative = try reader.uint32() & 1 != 0
        let path = reader.offset
        var name = try reader.slice(at: path + substituteOffset, count: substituteLength)
        substituteName = try name.utf16(byteCount: substituteLength)
        name = try reader.slice(at: path + printOffset, count: printLength)
        printName = try name.utf16(byteCount: printLength)
    }

    package var bytes: [UInt8] {
        let substituteLength = substituteName.utf16.count * 2
        let printLength = printName.utf16.count * 2
        let pathLength = substituteLength + printLength
        var writer = ByteWriter(reserving: 28 + pathLength)
        writer.uint32(UInt32(24 + pathLength))
        writer.uint32(Self.tag)
        writer.uint32(Self.reparseTag)
        writer.uint16(UInt16(12 + pathLength))
        writer.uint16(unparsedPathLength)
        writer.uint16(0)
        writer.uint16(UInt16(substituteLength))
        writer.uint16(UInt16(substituteLength))
        writer.uint16(UInt16(printLength))
        writer.uint32(isRelative ? 1 : 0)
        writer.utf16(substituteName)
        writer.utf16(printName)
        return writer.take()
    }
}
