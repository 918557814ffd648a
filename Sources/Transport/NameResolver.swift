internal import Foundation

/// Asks the operating system for the addresses of a host name; blocks, so never on a loop.
package enum NameResolver {
    /// The IPv4 and IPv6 addresses of `name` as text, in the system's order; empty if unknown.
    package static func addresses(of name: String) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = list
        while let current = entry?.pointee {
            if let text = text(of: current), !addresses.contains(text) { addresses.append(text) }
            entry = current.ai_next
        }
        return addresses
    }

    private static func text(of entry: addrinfo) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let length = socklen_t(buffer.count)
        guard
            getnameinfo(
                entry.ai_addr,
                entry.ai_addrlen,
                &buffer,
                length,
                nil,
                0,
                NI_NUMERICHOST
            ) == 0
        else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
    }
}
