package import Primitives

/// The SMB1 NEGOTIATE with which a client may open a connection ([MS-SMB2] 3.3.5.3.1).
///
/// Only recognised, never sent: a server answers it in SMB2 if an SMB2 dialect is offered.
package struct SMB1Negotiate: Hashable, Sendable {
    package static let protocolID: UInt32 = 0x424D_53FF

    /// As they stand in the request: `NT LM 0.12`, `SMB 2.002`, `SMB 2.???`.
    package var dialects: [String]

    /// The DialectRevision of the SMB2 answer; nil if the client knows SMB1 only.
    package var answer: Dialect? {
        if dialects.contains("SMB 2.???") { return .wildcard }
        return dialects.contains("SMB 2.002") ? .smb202 : nil
    }

    package init(dialects: [String]) { self.dialects = dialects }

    /// Decodes a whole message ([MS-CIFS] 2.2.4.52.1): 32 bytes of header, no words, then dialects.
    package init(from reader: inout ByteReader) throws(WireError) {
        guard try reader.uint32() == Self.protocolID else {
            throw .malformed(field: "ProtocolId")
        }
        guard try reader.uint8() == 0x72 else { throw .malformed(field: "Command") }
        try reader.seek(to: 32)
        guard try reader.uint8() == 0 else { throw .malformed(field: "WordCount") }
        let count = Int(try reader.uint16())
        var data = try reader.slice(at: reader.offset, count: count)
        dialects = []
        while !data.isAtEnd { dialects.append(try Self.dialect(from: &data)) }
    }

    /// BufferFormat 2 and a name that ends with a NUL.
    private static func dialect(from data: inout ByteReader) throws(WireError) -> String {
        guard try data.uint8() == 2 else { throw .malformed(field: "BufferFormat") }
        var name: [UInt8] = []
        while true {
            let byte = try data.uint8()
            guard byte != 0 else { return String(decoding: name, as: UTF8.self) }
            name.append(byte)
        }
    }
}
