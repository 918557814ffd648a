package import Primitives

/// An element of a 3.1.1 error response ([MS-SMB2] 2.2.2.1).
package struct ErrorContext: Hashable, Sendable {
    /// What the data is, if the status does not say more.
    package static let defaultID: UInt32 = 0
    /// Where a share has gone, with STATUS_BAD_NETWORK_NAME.
    package static let shareRedirectID: UInt32 = 0x7264_5253

    package var id: UInt32
    package var data: [UInt8]

    package init(id: UInt32 = Self.defaultID, data: [UInt8]) {
        self.id = id
        self.data = data
    }
}

extension ErrorResponse {
    /// An error body of dialect 3.1.1.
    package init(contexts: [ErrorContext]) {
        var writer = ByteWriter()
        for context in contexts {
            writer.align(to: 8)
            writer.uint32(UInt32(context.data.count))
            writer.uint32(context.id)
            writer.append(context.data)
        }
        self.init(contextCount: UInt8(contexts.count), data: writer.take())
    }

    /// The error data as contexts: one of the default id where an older dialect has bare data.
    package func contexts() throws(WireError) -> [ErrorContext] {
        guard contextCount > 0 else { return data.isEmpty ? [] : [ErrorContext(data: data)] }
        var reader = ByteReader(data)
        var contexts: [ErrorContext] = []
        for _ in 0..<contextCount {
            reader.align(to: 8)
            let count = Int(try reader.uint32())
            let id = try reader.uint32()
            contexts.append(ErrorContext(id: id, data: try reader.bytes(count)))
        }
        return contexts
    }

    /// STATUS_BUFFER_TOO_SMALL: what the answer would need, in bytes ([MS-SMB2] 2.2.2.2).
    package static func bufferTooSmall(needs count: UInt32, dialect: Dialect) -> ErrorResponse {
        var writer = ByteWriter(reserving: 4)
        writer.uint32(count)
        return ErrorResponse(defaultData: writer.take(), dialect: dialect)
    }

    /// The needed length of a STATUS_BUFFER_TOO_SMALL, in bytes; nil if the server tells none.
    package var neededLength: UInt32? {
        guard let data = try? contexts().first?.data else { return nil }
        var reader = ByteReader(data)
        return try? reader.uint32()
    }

    /// STATUS_STOPPED_ON_SYMLINK: where the symbolic link leads.
    package static func symlink(_ link: SymbolicLinkError, dialect: Dialect) -> ErrorResponse {
        ErrorResponse(defaultData: link.bytes, dialect: dialect)
    }

    /// The target of a STATUS_STOPPED_ON_SYMLINK; nil if the server tells none.
    package func symlink() throws(WireError) -> SymbolicLinkError? {
        guard let data = try contexts().first?.data else { return nil }
        var reader = ByteReader(data)
        return try SymbolicLinkError(from: &reader)
    }

    private init(defaultData data: [UInt8], dialect: Dialect) {
        self = dialect >= .smb311 ? Self(contexts: [ErrorContext(data: data)]) : Self(data: data)
    }
}
