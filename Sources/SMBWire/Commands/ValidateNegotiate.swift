package import Primitives

/// Input of FSCTL_VALIDATE_NEGOTIATE_INFO ([MS-SMB2] 2.2.31.4): what NEGOTIATE said, signed.
package struct ValidateNegotiateRequest: Hashable, Sendable {
    package var capabilities: GlobalCapabilities
    package var guid: GUID
    package var securityMode: SecurityMode
    package var dialects: [Dialect]

    package init(
        capabilities: GlobalCapabilities,
        guid: GUID,
        securityMode: SecurityMode,
        dialects: [Dialect]
    ) {
        self.capabilities = capabilities
        self.guid = guid
        self.securityMode = securityMode
        self.dialects = dialects
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        capabilities = GlobalCapabilities(rawValue: try reader.uint32())
        guid = try reader.guid()
        securityMode = SecurityMode(rawValue: try reader.uint16())
        dialects = []
        for _ in 0..<(try reader.uint16()) {
            dialects.append(Dialect(rawValue: try reader.uint16()))
        }
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 40)
        writer.uint32(capabilities.rawValue)
        writer.guid(guid)
        writer.uint16(securityMode.rawValue)
        writer.uint16(UInt16(dialects.count))
        for dialect in dialects { writer.uint16(dialect.rawValue) }
        return writer.take()
    }
}

/// Output of FSCTL_VALIDATE_NEGOTIATE_INFO ([MS-SMB2] 2.2.32.6).
package struct ValidateNegotiateResponse: Hashable, Sendable {
    package var capabilities: GlobalCapabilities
    package var guid: GUID
    package var securityMode: SecurityMode
    package var dialect: Dialect

    package init(
        capabilities: GlobalCapabilities,
        guid: GUID,
        securityMode: SecurityMode,
        dialect: Dialect
    ) {
        self.capabilities = capabilities
        self.guid = guid
        self.securityMode = securityMode
        self.dialect = dialect
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        capabilities = GlobalCapabilities(rawValue: try reader.uint32())
        guid = try reader.guid()
        securityMode = SecurityMode(rawValue: try reader.uint16())
        dialect = Dialect(rawValue: try reader.uint16())
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 24)
        writer.uint32(capabilities.rawValue)
        writer.guid(guid)
        writer.uint16(securityMode.rawValue)
        writer.uint16(dialect.rawValue)
        return writer.take()
    }
}
