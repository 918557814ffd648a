package import Primitives

/// The body of the messages that say nothing but their command: StructureSize 4 and a zero.
///
/// LOGOFF, TREE_DISCONNECT, ECHO and CANCEL both ways, FLUSH and LOCK responses ([MS-SMB2] 2.2.7,
/// 2.2.8, 2.2.11, 2.2.12, 2.2.18, 2.2.27 to 2.2.30). The command is the header's.
package struct EmptyBody: Hashable, Sendable {
    package init() {}

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(4)
        try reader.skip(2)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint32(4)
    }
}
