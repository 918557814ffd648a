internal import Primitives

/// Writing referrals, as an emulated namespace server does.
extension ReferralResponse {
    /// The whole buffer: entries of 34 bytes where the version has them (Linux strides by 34), each
    /// with strings of its own behind the last entry.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.uint16(pathConsumed)
        writer.uint16(UInt16(entries.count))
        writer.uint32(flags.rawValue)
        var strings = ByteWriter()
        let fixedEnd = entries.reduce(8) { $0 + $1.fixedSize }
        for entry in entries {
            let place = writer.count
            entry.encode(into: &writer, strings: &strings, stringsFrom: fixedEnd - place)
        }
        writer.append(strings.bytes)
        return writer.take()
    }
}

extension ReferralEntry {
    var fixedSize: Int {
        switch version {
        case 1:
            if case .target(_, _, let address) = content { 10 + 2 * address.utf16.count } else { 8 }
        case 2: 22
        default: 34
        }
    }

    func encode(
        into writer: inout ByteWriter,
        strings: inout ByteWriter,
        stringsFrom base: Int
    ) {
        var flags: UInt16 = isSetBoundary ? 4 : 0
        if case .names = content { flags |= 2 }
        writer.uint16(version)
        writer.uint16(UInt16(fixedSize))
        writer.uint16(isRoot ? 1 : 0)
        writer.uint16(flags)
        if version == 1 {
            guard case .target(_, _, let address) = content else { return }
            writer.utf16(address)
            writer.uint16(0)
            return
        }
        if version == 2 { writer.uint32(0) }
        writer.uint32(timeToLive ?? 0)
        func place(_ text: String) -> UInt16 {
            let offset = base + strings.bytes.count
            strings.utf16(text)
            strings.uint16(0)
            return UInt16(truncatingIfNeeded: offset)
        }
        switch content {
        case .target(let dfsPath, let alternate, let address):
            for text in [dfsPath, alternate, address] { writer.uint16(place(text)) }
        case .names(let special, let expanded):
            writer.uint16(place(special))
            writer.uint16(UInt16(expanded.count))
            let offsets = expanded.map { place($0) }
            writer.uint16(offsets.first ?? 0)
        }
        if version >= 3 { writer.zeros(16) }
    }
}
