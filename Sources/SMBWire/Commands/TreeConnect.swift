package import Primitives

/// TREE_CONNECT request ([MS-SMB2] 2.2.9).
package struct TreeConnectRequest: MessageBody {
    package static let command = Command.treeConnect

    package var flags: UInt16
    /// `\\server\share`.
    package var path: String

    package init(flags: UInt16 = 0, path: String) {
        self.flags = flags
        self.path = path
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(9)
        flags = try reader.uint16()
        let offset = try reader.uint16()
        let length = try reader.uint16()
        var buffer = try reader.buffer(offset: offset, count: length)
        path = try buffer.utf16(byteCount: buffer.remaining)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(9)
        writer.uint16(flags)
        writer.uint16(72)
        writer.uint16(UInt16(truncatingIfNeeded: path.utf16.count * 2))
        writer.utf16(path)
    }
}

/// TREE_CONNECT response ([MS-SMB2] 2.2.10).
package struct TreeConnectResponse: MessageBody {
    package static let command = Command.treeConnect

    package enum ShareType: UInt8, Hashable, Sendable {
        case disk = 1
        case pipe = 2
        case print = 3
    }

    package struct ShareFlags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let dfs = ShareFlags(rawValue: 0x1)
        package static let dfsRoot = ShareFlags(rawValue: 0x2)
        package static let encryptData = ShareFlags(rawValue: 0x8000)
    }

    package struct Capabilities: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The share is in a Dfs namespace: the mark that sets TreeConnect.IsDfsShare.
        package static let dfs = Capabilities(rawValue: 0x8)
        package static let continuousAvailability = Capabilities(rawValue: 0x10)
    }

    package var shareType: ShareType
    package var shareFlags: ShareFlags
    package var capabilities: Capabilities
    package var maximalAccess: AccessMask

    package init(
        shareType: ShareType,
        shareFlags: ShareFlags,
        capabilities: Capabilities,
        maximalAccess: AccessMask
    ) {
        self.shareType = shareType
        self.shareFlags = shareFlags
        self.capabilities = capabilities
        self.maximalAccess = maximalAccess
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(16)
        guard let type = ShareType(rawValue: try reader.uint8()) else {
            throw .malformed(field: "ShareType")
        }
        shareType = type
        try reader.skip(1)
        shareFlags = ShareFlags(rawValue: try reader.uint32())
        capabilities = Capabilities(rawValue: try reader.uint32())
        maximalAccess = AccessMask(rawValue: try reader.uint32())
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(16)
        writer.uint8(shareType.rawValue)
        writer.uint8(0)
        writer.uint32(shareFlags.rawValue)
        writer.uint32(capabilities.rawValue)
        writer.uint32(maximalAccess.rawValue)
    }
}
