/// An IPv4 or IPv6 address, or a block of them.
package struct AddressBlock: Hashable, Sendable {
    private let bytes: [UInt8]
    private let prefixLength: Int

    /// Reads `10.0.0.1`, `10.0.0.0/8`, `fd00::1` or `fd00::/8`; nil if it is none of these.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = Self.bytes(of: String(parts[0])) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefixLength = bytes.count * 8
            return
        }
        guard let length = Int(parts[1]), (0...bytes.count * 8).contains(length) else {
            return nil
        }
        prefixLength = length
    }

    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        let whole = prefixLength / 8
        guard other.prefix(whole) == bytes.prefix(whole) else { return false }
        let rest = prefixLength % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return other[whole] & mask == bytes[whole] & mask
    }

    /// 4 or 16 bytes; nil for what is no literal address.
    package static func bytes(of text: String) -> [UInt8]? {
        text.contains(":") ? version6(text) : version4(Substring(text))
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { part in
            part.allSatisfy { $0.isASCII && $0.isNumber } ? UInt8(part) : nil
        }
        return bytes.count == 4 ? bytes : nil
    }

    private static func version6(_ text: String) -> [UInt8]? {
        var gapped = text.split(separator: "::", omittingEmptySubsequences: false).map { $0 }
        guard gapped.count <= 2 else { return nil }
        if gapped.count == 1 { gapped.append("") }
        guard let head = groups(gapped[0]), let tail = groups(gapped[1]) else { return nil }
        let missing = 16 - head.count - tail.count
        let hasGap = text.contains("::")
        guard hasGap ? missing >= 2 : missing == 0 else { return nil }
        return head + [UInt8](repeating: 0, count: missing) + tail
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        for group in text.split(separator: ":", omittingEmptySubsequences: false) {
            if group.contains(".") {
                guard let last = version4(group) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(group.count), let value = UInt16(group, radix: 16) else {
                    return nil
                }
                bytes += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
            }
        }
        return bytes
    }
}

/// Whom a run may contact: loopback always, everything else only if it was allowed.
///
/// Covers every server that a referral leads to.
package struct AccessScope: Hashable, Sendable {
    private var names: [String] = []
    private var blocks: [AddressBlock] = []
    private static let loopback = [AddressBlock("127.0.0.0/8"), AddressBlock("::1")]

    package init() {}

    /// Adds `NAME`, `ADDRESS` or `CIDR`; false if the text is none of these.
    package mutating func allow(_ text: String) -> Bool {
        if let block = AddressBlock(text) {
            blocks.append(block)
            return true
        }
        let isName =
            !text.isEmpty
            && text.allSatisfy { character in
                character.isASCII
                    && (character.isLetter || character.isNumber || "-._".contains(character))
            }
        // Digits and dots alone are a misspelt address, not a name.
        guard isName, text.contains(where: { $0.isLetter }) else { return false }
        names.append(text.uppercased())
        return true
    }

    package func allows(name: String, address: String) -> Bool {
        names.contains(name.uppercased()) || blocks.contains { $0.contains(address) }
            || Self.loopback.contains { $0?.contains(address) ?? false }
    }
}

/// Where a host name of a referral really is, since referrals carry no port (`--map`).
package struct HostMap: Hashable, Sendable {
    package struct Place: Hashable, Sendable {
        package let address: String
        package let port: UInt16

        package init(address: String, port: UInt16 = HostMap.port) {
            self.address = address
            self.port = port
        }
    }

    /// Direct TCP.
    package static let port: UInt16 = 445

    /// For look-up only.
    private var places: [String: Place] = [:]

    package init() {}

    /// Adds `NAME=ADDRESS[:PORT]`, IPv6 in brackets where a port follows; false if it is not that.
    package mutating func add(_ text: String) -> Bool {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return false }
        let name = text[..<equals].uppercased()
        guard let place = Self.place(text[text.index(after: equals)...]) else { return false }
        places[name] = place
        return true
    }

    private static func place(_ text: Substring) -> Place? {
        var address = String(text)
        var port = HostMap.port
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            address = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            if !rest.isEmpty {
                guard rest.first == ":", let number = UInt16(rest.dropFirst()) else { return nil }
                port = number
            }
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            guard let number = UInt16(text[text.index(after: colon)...]) else { return nil }
            address = String(text[..<colon])
            port = number
        }
        guard AddressBlock.bytes(of: address) != nil, port > 0 else { return nil }
        return Place(address: address, port: port)
    }

    /// The place of a mapped name, or of a name that is an address itself.
    package func place(of name: String) -> Place? {
        if let place = places[name.uppercased()] { return place }
        return AddressBlock.bytes(of: name) == nil ? nil : Place(address: name)
    }
}
