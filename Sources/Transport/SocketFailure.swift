internal import Foundation
internal import NIOCore
internal import NIOPosix

/// Why a connection could not be opened, or ended.
package struct SocketFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        case badAddress
        case refused
        case hostUnreachable
        case networkUnreachable
        case timedOut
        case reset
        case closedByPeer
        case other
    }

    package let kind: Kind
    /// What the operating system says.
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    init(_ error: any Error, peer: SocketAddress?) {
        let place = peer.flatMap { address in
            address.ipAddress.map { "\($0) port \(address.port ?? 0)" }
        }
        let name = place ?? "the peer"
        switch error {
        case let error as NIOConnectionError:
            let causes = error.connectionErrors.map { SocketFailure($0.error, peer: peer) }
            self = causes.first ?? SocketFailure(.other, "\(name): \(error)")
        case let error as IOError: self = Self.from(errno: error.errnoCode, name: name)
        case ChannelError.connectTimeout:
            self.init(.timedOut, "\(name) did not answer in time")
        default: self.init(.other, "\(name): \(error)")
        }
    }

    private static func from(errno code: CInt, name: String) -> SocketFailure {
        let text = String(cString: strerror(code))
        let kind: Kind =
            switch code {
            case ECONNREFUSED: .refused
            case EHOSTUNREACH: .hostUnreachable
            case ENETUNREACH: .networkUnreachable
            case ETIMEDOUT: .timedOut
            case ECONNRESET, EPIPE: .reset
            default: .other
            }
        return SocketFailure(kind, "\(name): \(text)")
    }
}
