package import Primitives

/// TREE_CONNECT request ([MS-SMB2] 2.2.9).
package struct TreeConnectRequest: MessageBody {
    package static let command = Command.treeConnect

    /// [MS-SMB2] 2.2.9 Flags; dialect 3.1.1 only.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        package static let clusterReconnect = Flags(rawValue: 1)
        package static let redirectToOwner = Flags(rawValue: 2)
        /// Tree connect contexts lie before the path; they are read past and never sent.
        package static let extensionPresent = Flags(rawValue: 4)
    }

    /// Never has `extensionPresent`, in which nothing that matters here is told.
    package var flags: Flags
    /// `\\server\share`.
    package var path: String

    package init(flags: Flags = [], path: String) {
        self.flags = flags
        self.path = path
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(9)
        flags = Flags(rawValue: try reader.uint16()).subtracting(.extensionPresent)
        let offset = try reader.uint16()
        let length = try reader.uint16()
        var buffer = try reader.buffer(offset: offset, count: length)
        path = try buffer.utf16(byteCount: buffer.remaining)
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(9)
        writer.uint16(flags.rawValue)
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
        /// Two bits that say how clients may keep files offline: 0 manual, 0x10 automatic
        /// documents, 0x20 automatic programs, 0x30 not at all.
        package static let cachingMask = ShareFlags(rawValue: 0x30)
        package static let noCaching = ShareFlags(rawValue: 0x30)
        package static let restrictExclusiveOpens = ShareFlags(rawValue: 0x100)
        package static let forceSharedDelete = ShareFlags(rawValue: 0x200)
        package static let allowNamespaceCaching = ShareFlags(rawValue: 0x400)
        package static let accessBasedDirectoryEnum = ShareFlags(rawValue: 0x800)
        package static let forceLevelIIOplock = ShareFlags(rawValue: 0x1000)
        package static let enableHashV1 = ShareFlags(rawValue: 0x2000)
        package static let enableHashV2 = ShareFlags(rawValue: 0x4000)
        package static let encryptData = ShareFlags(rawValue: 0x8000)
        package static let identityRemoting = ShareFlags(rawValue: 0x4_0000)
        package static let compressData = ShareFlags(rawValue: 0x10_0000)
        package static let isolatedTransport = ShareFlags(rawValue: 0x20_0000)
    }

    package struct Capabilities: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The share is in a Dfs namespace: the mark that sets TreeConnect.IsDfsShare.
        package static let dfs = Capabilities(rawValue: 0x8)
        package static let continuousAvailability = Capabilities(rawValue: 0x10)
        package static let scaleout = Capabilities(rawValue: 0x20)
        package static let cluster = Capabilities(rawValue: 0x40)
        package static let asymmetric = Capabilities(rawValue: 0x80)
        package static let redirectToOwner = Capabilities(rawValue: 0x100)
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
