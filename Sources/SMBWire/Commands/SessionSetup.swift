package import Primitives

/// SESSION_SETUP request ([MS-SMB2] 2.2.5).
package struct SessionSetupRequest: MessageBody {
    package static let command = Command.sessionSetup

    /// SMB2_SESSION_FLAG_BINDING: the session exists on another connection.
    package var isBinding: Bool
    package var securityMode: SecurityMode
    package var capabilities: GlobalCapabilities
    /// The session that this one replaces after a lost connection.
    package var previousSessionID: SMBSessionID
    package var token: [UInt8]

    package init(
        isBinding: Bool = false,
        securityMode: SecurityMode,
        capabilities: GlobalCapabilities,
        previousSessionID: SMBSessionID,
        token: [UInt8]
    ) {
        self.isBinding = isBinding
        self.securityMode = securityMode
        self.capabilities = capabilities
        self.previousSessionID = previousSessionID
        self.token = token
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(25)
        isBinding = try reader.uint8() & 1 != 0
        securityMode = SecurityMode(rawValue: UInt16(try reader.uint8()))
        capabilities = GlobalCapabilities(rawValue: try reader.uint32())
        try reader.skip(4)
        let offset = try reader.uint16()
        let length = try reader.uint16()
        previousSessionID = SMBSessionID(try reader.uint64())
        var buffer = try reader.buffer(offset: offset, count: length)
        token = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(25)
        writer.uint8(isBinding ? 1 : 0)
        writer.uint8(UInt8(truncatingIfNeeded: securityMode.rawValue))
        writer.uint32(capabilities.rawValue)
        writer.uint32(0)
        writer.uint16(88)
        writer.uint16(UInt16(truncatingIfNeeded: token.count))
        writer.uint64(previousSessionID.rawValue)
        writer.append(token)
    }
}

/// SESSION_SETUP response ([MS-SMB2] 2.2.6).
package struct SessionSetupResponse: MessageBody {
    package static let command = Command.sessionSetup

    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt16
        package init(rawValue: UInt16) { self.rawValue = rawValue }

        package static let isGuest = Flags(rawValue: 1)
        package static let isNull = Flags(rawValue: 2)
        package static let encryptData = Flags(rawValue: 4)
    }

    package var flags: Flags
    package var token: [UInt8]

    package init(flags: Flags, token: [UInt8]) {
        self.flags = flags
        self.token = token
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        try reader.structureSize(9)
        flags = Flags(rawValue: try reader.uint16())
        let offset = try reader.uint16()
        let length = try reader.uint16()
        var buffer = try reader.buffer(offset: offset, count: length)
        token = buffer.rest()
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint16(9)
        writer.uint16(flags.rawValue)
        writer.uint16(72)
        writer.uint16(UInt16(truncatingIfNeeded: token.count))
        writer.append(token)
    }
}
