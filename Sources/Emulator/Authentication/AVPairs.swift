package import Primitives

/// The list of AV_PAIRs ([MS-NLMP] 2.2.2.1) in CHALLENGE's TargetInfo and in an NTLMv2 response.
package struct AVPairs: Hashable, Sendable {
    package enum Identifier: UInt16, Hashable, Sendable {
        case netbiosComputer = 1
        case netbiosDomain = 2
        case dnsComputer = 3
        case dnsDomain = 4
        case flags = 6
        case timestamp = 7
    }

    private struct Pair: Hashable, Sendable {
        let identifier: UInt16
        let value: [UInt8]
    }

    /// Bit of `.flags`: the AUTHENTICATE message has a MIC.
    package static let hasMIC: UInt32 = 2

    /// In the order of the list; those without a name of ours are kept.
    private var pairs: [Pair] = []

    package init() {}

    /// Reads up to the pair that ends the list; bytes behind it are left alone.
    package init(from reader: inout ByteReader) throws(WireError) {
        while true {
            let identifier = try reader.uint16()
            let length = Int(try reader.uint16())
            let value = try reader.bytes(length)
            guard identifier != 0 else { return }
            pairs.append(Pair(identifier: identifier, value: value))
        }
    }

    package func value(_ identifier: Identifier) -> [UInt8]? {
        pairs.first { $0.identifier == identifier.rawValue }?.value
    }

    /// The flags' 32 bits; 0 if there are none.
    package var flags: UInt32 {
        guard let value = value(.flags) else { return 0 }
        var reader = ByteReader(value)
        return (try? reader.uint32()) ?? 0
    }

    package mutating func append(_ identifier: Identifier, _ value: [UInt8]) {
        pairs.append(Pair(identifier: identifier.rawValue, value: value))
    }

    package mutating func append(_ identifier: Identifier, _ text: String) {
        var writer = ByteWriter()
        writer.utf16(text)
        append(identifier, writer.take())
    }

    /// Replaces the flags, or adds them at the end.
    package mutating func set(flags: UInt32) {
        var writer = ByteWriter()
        writer.uint32(flags)
        let pair = Pair(identifier: Identifier.flags.rawValue, value: writer.take())
        if let place = pairs.firstIndex(where: { $0.identifier == pair.identifier }) {
            pairs[place] = pair
        } else {
            pairs.append(pair)
        }
    }

    /// The list with the pair that ends it.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        for pair in pairs {
            writer.uint16(pair.identifier)
            writer.uint16(UInt16(truncatingIfNeeded: pair.value.count))
            writer.append(pair.value)
        }
        writer.zeros(4)
        return writer.take()
    }
}
