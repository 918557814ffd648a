package import Primitives

/// NEGOTIATE request ([MS-SMB2] 2.2.3).
package struct NegotiateRequest: MessageBody {
    package static let command = Command.negotiate

    package var securityMode: SecurityMode
    package var capabilities: GlobalCapabilities
    package var clientGUID: GUID
    package var dialects: [Dialect]
    /// Sent and read only where 3.1.1 is among the dialects.
    package var contexts: [NegotiateContext]

    package init(
        securityMode: SecurityMode,
        capabilities: GlobalCapabilities,
        clientGUID: GUID,
        dialects: [Dialect],
        contexts: [NegotiateContext]
    ) {
        self.securityMode = securityMode
        self.capabilities = capabilities
        self.clientGUID = clientGUID
        self.dialects = dialects
        self.contexts = contexts
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(36)
        let count = Int(try reader.uint16())
        securityMode = SecurityMode(rawValue: try reader.uint16())
        try reader.skip(2)
        capabilities = GlobalCapabilities(rawValue: try reader.uint32())
        clientGUID = try reader.guid()
        let contextOffset = Int(try reader.uint32())
        let contextCount = Int(try reader.uint16())
        try reader.skip(2)
        dialects = []
        for _ in 0..<count { dialects.append(Dialect(rawValue: try reader.uint16())) }
        contexts = []
        if dialects.contains(.smb311) {
            try reader.seek(to: contextOffset)
            contexts = try NegotiateContext.list(contextCount, from: &reader)
        }
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(36)
        writer.uint16(UInt16(dialects.count))
        writer.uint16(securityMode.rawValue)
        writer.uint16(0)
        writer.uint32(capabilities.rawValue)
        writer.guid(clientGUID)
        let place = writer.offset
        writer.uint64(0)
        for dialect in dialects { writer.uint16(dialect.rawValue) }
        guard dialects.contains(.smb311) else { return }
        writer.align(to: 8)
        writer.patch(uint32: UInt32(writer.offset), at: place)
        writer.patch(uint16: UInt16(contexts.count), at: place + 4)
        NegotiateContext.encode(contexts, into: &writer)
    }
}

/// NEGOTIATE response ([MS-SMB2] 2.2.4).
package struct NegotiateResponse: MessageBody {
    package static let command = Command.negotiate

    package var securityMode: SecurityMode
    package var dialect: Dialect
    package var serverGUID: GUID
    package var capabilities: GlobalCapabilities
    package var maxTransactSize: UInt32
    package var maxReadSize: UInt32
    package var maxWriteSize: UInt32
    package var systemTime: UInt64
    package var serverStartTime: UInt64
    /// A SPNEGO NegTokenInit2, or nothing.
    package var securityBuffer: [UInt8]
    package var contexts: [NegotiateContext]

    package init(
        securityMode: SecurityMode,
        dialect: Dialect,
        serverGUID: GUID,
        capabilities: GlobalCapabilities,
        maxTransactSize: UInt32,
        maxReadSize: UInt32,
        maxWriteSize: UInt32,
        systemTime: UInt64,
        serverStartTime: UInt64 = 0,
        securityBuffer: [UInt8],
        contexts: [NegotiateContext]
    ) {
        self.securityMode = securityMode
        self.dialect = dialect
        self.serverGUID = serverGUID
        self.capabilities = capabilities
        self.maxTransactSize = maxTransactSize
        self.maxReadSize = maxReadSize
        self.maxWriteSize = maxWriteSize
        self.systemTime = systemTime
        self.serverStartTime = serverStartTime
        self.securityBuffer = securityBuffer
        self.contexts = contexts
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(65)
        securityMode = SecurityMode(rawValue: try reader.uint16())
        dialect = Dialect(rawValue: try reader.uint16())
        let contextCount = Int(try reader.uint16())
        serverGUID = try reader.guid()
        capabilities = GlobalCapabilities(rawValue: try reader.uint32())
        maxTransactSize = try reader.uint32()
        maxReadSize = try reader.uint32()
        maxWriteSize = try reader.uint32()
        systemTime = try reader.uint64()
        serverStartTime = try reader.uint64()
        let offset = try reader.uint16()
        let length = try reader.uint16()
        let contextOffset = Int(try reader.uint32())
        var buffer = try reader.buffer(offset: offset, count: length)
        securityBuffer = buffer.rest()
        contexts = []
        if dialect == .smb311 {
            try reader.seek(to: contextOffset)
            contexts = try NegotiateContext.list(contextCount, from: &reader)
        }
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(65)
        writer.uint16(securityMode.rawValue)
        writer.uint16(dialect.rawValue)
        writer.uint16(UInt16(contexts.count))
        writer.guid(serverGUID)
        writer.uint32(capabilities.rawValue)
        writer.uint32(maxTransactSize)
        writer.uint32(maxReadSize)
        writer.uint32(maxWriteSize)
        writer.uint64(systemTime)
        writer.uint64(serverStartTime)
        writer.uint16(UInt16(writer.offset + 8))
        writer.uint16(UInt16(securityBuffer.count))
        let place = writer.offset
        writer.uint32(0)
        writer.append(securityBuffer)
        guard dialect == .smb311 else { return }
        writer.align(to: 8)
        writer.patch(uint32: UInt32(writer.offset), at: place)
        NegotiateContext.encode(contexts, into: &writer)
    }
}
