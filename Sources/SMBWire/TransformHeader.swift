package import Primitives

/// The 52 bytes in front of an encrypted message ([MS-SMB2] 2.2.41).
package struct TransformHeader: Hashable, Sendable {
    package static let size = 52
    package static let protocolID: UInt32 = 0x424D_53FD

    /// The tag of the authenticated cipher.
    package var signature: GUID
    /// Sixteen bytes of which CCM takes 11 and GCM 12.
    package var nonce: GUID
    /// Bytes behind this header.
    package var originalMessageSize: UInt32
    /// Always 1, the message is encrypted; SMB 3.0 calls it EncryptionAlgorithm.
    package static let flags: UInt16 = 1
    package var sessionID: SMBSessionID

    package init(
        signature: GUID,
        nonce: GUID,
        originalMessageSize: UInt32,
        sessionID: SMBSessionID
    ) {
        self.signature = signature
        self.nonce = nonce
        self.originalMessageSize = originalMessageSize
        self.sessionID = sessionID
    }

    package init(from reader: inout ByteReader) throws(WireError) {
        guard try reader.uint32() == Self.protocolID else {
            throw .malformed(field: "ProtocolId")
        }
        signature = try reader.guid()
        nonce = try reader.guid()
        originalMessageSize = try reader.uint32()
        _ = try reader.uint16()
        guard try reader.uint16() == Self.flags else { throw .malformed(field: "Flags") }
        sessionID = SMBSessionID(try reader.uint64())
    }

    package func encode(into writer: inout ByteWriter) {
        writer.uint32(Self.protocolID)
        writer.guid(signature)
        writer.guid(nonce)
        writer.uint32(originalMessageSize)
        writer.uint16(0)
        writer.uint16(Self.flags)
        writer.uint64(sessionID.rawValue)
    }
}
