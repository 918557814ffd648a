package import NIOCore

extension SocketAddress {
    /// `127.0.0.1:445` or `[::1]:445`; `?` stands for what the address has none of.
    package var endpoint: String {
        let address = ipAddress ?? "?"
        let host = address.contains(":") ? "[\(address)]" : address
        return "\(host):\(port.map(String.init) ?? "?")"
    }
}
