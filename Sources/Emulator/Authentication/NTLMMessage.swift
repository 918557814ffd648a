package import Primitives

/// What the three messages of NTLM have in common ([MS-NLMP] 2.2.1).
enum NTLMMessage {
    static let signature = Array("NTLMSSP\0".utf8)

    /// Version ([MS-NLMP] 2.2.2.10): 6.1, and the revision of NTLM that is spoken.
    static let version: [UInt8] = [6, 1, 0, 0, 0, 0, 0, 0x0F]

    static func isRaw(_ token: [UInt8]) -> Bool { token.starts(with: signature) }

    /// Reads signature and type.
    static func begin(_ reader: inout ByteReader, type: UInt32) throws(WireError) {
        guard try reader.bytes(8) == signature else { throw .malformed(field: "Signature") }
        guard try reader.uint32() == type else { throw .malformed(field: "MessageType") }
    }

    /// What a {Len, MaxLen, BufferOffset} field points at; the offset of nothing does not count.
    static func payload(_ reader: inout ByteReader) throws(WireError) -> [UInt8] {
        let length = Int(try reader.uint16())
        try reader.skip(2)
        let offset = Int(try reader.uint32())
        guard length > 0 else { return [] }
        var payload = try reader.slice(at: offset, count: length)
        return payload.rest()
    }

    static func text(_ reader: inout ByteReader) throws(WireError) -> String {
        let bytes = try payload(&reader)
        var text = ByteReader(bytes)
        return try text.utf16(byteCount: bytes.count)
    }

    static func utf16(_ text: String) -> [UInt8] {
        var writer = ByteWriter()
        writer.utf16(text)
        return writer.take()
    }
}

/// Fields that point into a payload, and the payload, while a message is written.
struct NTLMPayload {
    private(set) var bytes: [UInt8] = []
    private let start: Int

    /// `start` is how long the message is before its payload.
    init(at start: Int) { self.start = start }

    mutating func field(_ contents: [UInt8], into writer: inout ByteWriter) {
        writer.uint16(UInt16(truncatingIfNeeded: contents.count))
        writer.uint16(UInt16(truncatingIfNeeded: contents.count))
        writer.uint32(UInt32(truncatingIfNeeded: start + bytes.count))
        bytes += contents
    }
}

/// NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1), as far as a server looks at it.
package struct NTLMNegotiate: Hashable, Sendable {
    package var flags: NTLMFlags

    package init(flags: NTLMFlags) { self.flags = flags }

    package init(_ token: [UInt8]) throws(WireError) {
        var reader = ByteReader(token)
        try NTLMMessage.begin(&reader, type: 1)
        flags = NTLMFlags(rawValue: try reader.uint32())
    }

    /// 40 bytes, without names.
    package var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 40)
        writer.append(NTLMMessage.signature)
        writer.uint32(1)
        writer.uint32(flags.rawValue)
        var payload = NTLMPayload(at: 40)
        payload.field([], into: &writer)
        payload.field([], into: &writer)
        writer.append(NTLMMessage.version)
        return writer.take()
    }
}

/// CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2).
package struct NTLMChallenge: Hashable, Sendable {
    package var flags: NTLMFlags
    package var targetName: String
    /// 8 bytes.
    package var serverChallenge: [UInt8]
    package var targetInfo: AVPairs

    package init(
        flags: NTLMFlags,
        targetName: String,
        serverChallenge: [UInt8],
        targetInfo: AVPairs
    ) {
        self.flags = flags
        self.targetName = targetName
        self.serverChallenge = serverChallenge
        self.targetInfo = targetInfo
    }

    package init(_ token: [UInt8]) throws(WireError) {
        var reader = ByteReader(token)
        try NTLMMessage.begin(&reader, type: 2)
        targetName = try NTLMMessage.text(&reader)
        flags = NTLMFlags(rawValue: try reader.uint32())
        serverChallenge = try reader.bytes(8)
        try reader.skip(8)
        let info = try NTLMMessage.payload(&reader)
        var pairs = ByteReader(info)
        targetInfo = info.isEmpty ? AVPairs() : try AVPairs(from: &pairs)
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        var payload = NTLMPayload(at: 56)
        writer.append(NTLMMessage.signature)
        writer.uint32(2)
        payload.field(NTLMMessage.utf16(targetName), into: &writer)
        writer.uint32(flags.rawValue)
        writer.append(serverChallenge)
        writer.zeros(8)
        payload.field(targetInfo.bytes, into: &writer)
        writer.append(
            flags.contains(.version) ? NTLMMessage.version : [UInt8](repeating: 0, count: 8)
        )
        writer.append(payload.bytes)
        return writer.take()
    }
}

/// AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3).
package struct NTLMAuthenticate: Hashable, Sendable {
    package var lmResponse: [UInt8]
    package var ntResponse: [UInt8]
    package var domain: String
    package var user: String
    package var workstation: String
    package var encryptedRandomSessionKey: [UInt8]
    package var flags: NTLMFlags

    /// Where the MIC stands in a message that has one.
    package static let micRange = 72..<88

    package init(
        lmResponse: [UInt8],
        ntResponse: [UInt8],
        domain: String,
        user: String,
        workstation: String,
        encryptedRandomSessionKey: [UInt8],
        flags: NTLMFlags
    ) {
        self.lmResponse = lmResponse
        self.ntResponse = ntResponse
        self.domain = domain
        self.user = user
        self.workstation = workstation
        self.encryptedRandomSessionKey = encryptedRandomSessionKey
        self.flags = flags
    }

    package init(_ token: [UInt8]) throws(WireError) {
        var reader = ByteReader(token)
        try NTLMMessage.begin(&reader, type: 3)
        lmResponse = try NTLMMessage.payload(&reader)
        ntResponse = try NTLMMessage.payload(&reader)
        domain = try NTLMMessage.text(&reader)
        user = try NTLMMessage.text(&reader)
        workstation = try NTLMMessage.text(&reader)
        encryptedRandomSessionKey = try NTLMMessage.payload(&reader)
        flags = NTLMFlags(rawValue: try reader.uint32())
    }

    /// [MS-NLMP] 3.2.5.1.2: nobody is named and nothing is proved.
    package var isAnonymous: Bool {
        user.isEmpty && ntResponse.isEmpty && (lmResponse.isEmpty || lmResponse == [0])
    }

    /// With a MIC of zeros, which is filled in when the message is known.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        var payload = NTLMPayload(at: Self.micRange.upperBound)
        writer.append(NTLMMessage.signature)
        writer.uint32(3)
        payload.field(lmResponse, into: &writer)
        payload.field(ntResponse, into: &writer)
        for text in [domain, user, workstation] {
            payload.field(NTLMMessage.utf16(text), into: &writer)
        }
        payload.field(encryptedRandomSessionKey, into: &writer)
        writer.uint32(flags.rawValue)
        writer.append(NTLMMessage.version)
        writer.zeros(Self.micRange.count)
        writer.append(payload.bytes)
        return writer.take()
    }
}

/// NTLMv2_RESPONSE and its client challenge ([MS-NLMP] 2.2.2.7, 2.2.2.8).
package struct NTLMv2Response: Hashable, Sendable {
    /// 16 bytes.
    package let proof: [UInt8]
    /// What the proof is about, besides the server's challenge.
    package let temp: [UInt8]
    package let pairs: AVPairs

    package init(_ response: [UInt8]) throws(WireError) {
        var reader = ByteReader(response)
        proof = try reader.bytes(16)
        var rest = reader
        temp = rest.rest()
        guard try reader.uint16() == 0x0101 else { throw .malformed(field: "RespType") }
        try reader.skip(26)
        pairs = try AVPairs(from: &reader)
    }

    /// The bytes that the proof covers.
    static func temp(time: [UInt8], clientChallenge: [UInt8], pairs: AVPairs) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint16(0x0101)
        writer.zeros(6)
        writer.append(time)
        writer.append(clientChallenge)
        writer.zeros(4)
        writer.append(pairs.bytes)
        writer.zeros(4)
        return writer.take()
    }
}
