internal import Primitives

/// A negotiate context of dialect 3.1.1 ([MS-SMB2] 2.2.3.1).
package enum NegotiateContext: Hashable, Sendable {
    /// Hash algorithms (1 is SHA-512) and a salt.
    case preauthIntegrity(algorithms: [UInt16], salt: [UInt8])
    /// 1 AES-128-CCM, 2 AES-128-GCM, 3 AES-256-CCM, 4 AES-256-GCM; in a response one, 0 for none.
    case encryption(ciphers: [UInt16])
    /// 0 HMAC-SHA256, 1 AES-CMAC, 2 AES-GMAC.
    case signing(algorithms: [UInt16])
    /// 1 LZNT1, 2 LZ77, 3 LZ77 with Huffman, 4 a pattern scan, 5 LZ4 ([MS-SMB2] 2.2.3.1.3).
    case compression(algorithms: [UInt16], flags: UInt32)
    /// The server's name as the client knows it; requests only.
    case netname(String)
    /// Bit 0: the transport encrypts, so SMB need not ([MS-SMB2] 2.2.3.1.5).
    case transport(flags: UInt32)
    /// 0 none, 1 encryption, 2 signing of data that RDMA moves ([MS-SMB2] 2.2.3.1.6).
    case rdmaTransform(ids: [UInt16])
    /// What is not known: kept as it came.
    case other(type: UInt16, data: [UInt8])

    private var type: UInt16 {
        switch self {
        case .preauthIntegrity: 1
        case .encryption: 2
        case .compression: 3
        case .netname: 5
        case .transport: 6
        case .rdmaTransform: 7
        case .signing: 8
        case .other(let type, _): type
        }
    }

    static func list(
        _ count: Int,
        from reader: inout ByteReader
    ) throws(WireError) -> [NegotiateContext] {
        var contexts: [NegotiateContext] = []
        for index in 0..<count {
            if index > 0 { reader.align(to: 8) }
            let type = try reader.uint16()
            let length = Int(try reader.uint16())
            try reader.skip(4)
            var data = try reader.slice(at: reader.offset, count: length)
            try reader.skip(length)
            contexts.append(try decode(type, &data))
        }
        return contexts
    }

    /// Reads by the inner counts: DataLength may be larger than the content (libsmb2).
    private static func decode(
        _ type: UInt16,
        _ data: inout ByteReader
    ) throws(WireError) -> NegotiateContext {
        switch type {
        case 1:
            let count = Int(try data.uint16())
            let saltLength = Int(try data.uint16())
            let algorithms = try numbers(count, &data)
            return .preauthIntegrity(algorithms: algorithms, salt: try data.bytes(saltLength))
        case 2: return .encryption(ciphers: try numbers(Int(try data.uint16()), &data))
        case 3:
            let count = Int(try data.uint16())
            try data.skip(2)
            let flags = try data.uint32()
            return .compression(algorithms: try numbers(count, &data), flags: flags)
        case 5: return .netname(try data.utf16(byteCount: data.remaining & ~1))
        case 6: return .transport(flags: try data.uint32())
        case 7:
            let count = Int(try data.uint16())
            try data.skip(6)
            return .rdmaTransform(ids: try numbers(count, &data))
        case 8: return .signing(algorithms: try numbers(Int(try data.uint16()), &data))
        default: return .other(type: type, data: data.rest())
        }
    }

    private static func numbers(
        _ count: Int,
        _ data: inout ByteReader
    ) throws(WireError) -> [UInt16] {
        var numbers: [UInt16] = []
        for _ in 0..<count { numbers.append(try data.uint16()) }
        return numbers
    }

    /// Appends the list to a writer that is aligned to 8; the last one gets no padding.
    static func encode(_ contexts: [NegotiateContext], into writer: inout ByteWriter) {
        for (index, context) in contexts.enumerated() {
            if index > 0 { writer.align(to: 8) }
            writer.uint16(context.type)
            let place = writer.offset
            writer.uint16(0)
            writer.uint32(0)
            let start = writer.offset
            context.encodeData(into: &writer)
            writer.patch(uint16: UInt16(truncatingIfNeeded: writer.offset - start), at: place)
        }
    }

    private func encodeData(into writer: inout ByteWriter) {
        switch self {
        case .preauthIntegrity(let algorithms, let salt):
            writer.uint16(UInt16(algorithms.count))
            writer.uint16(UInt16(salt.count))
            for algorithm in algorithms { writer.uint16(algorithm) }
            writer.append(salt)
        case .encryption(let numbers), .signing(let numbers):
            writer.uint16(UInt16(numbers.count))
            for number in numbers { writer.uint16(number) }
        case .compression(let algorithms, let flags):
            writer.uint16(UInt16(algorithms.count))
            writer.uint16(0)
            writer.uint32(flags)
            for algorithm in algorithms { writer.uint16(algorithm) }
        case .transport(let flags): writer.uint32(flags)
        case .rdmaTransform(let ids):
            writer.uint16(UInt16(ids.count))
            writer.zeros(6)
            for id in ids { writer.uint16(id) }
        case .netname(let name): writer.utf16(name)
        case .other(_, let data): writer.append(data)
        }
    }
}
