package import Crypto
package import SMBWire

/// What connections to one server agreed on, and how their requests went out.
///
/// Connections that agreed on the same are one, those that are closed included.
package struct ConnectionUse: Hashable, Sendable {
    package let server: String
    package let dialect: Dialect
    package let signing: SigningAlgorithm
    /// Nil where the server offered none.
    package let cipher: Cipher?
    package var connections = 1
    package var requests: UInt64
    /// Of the requests; those before an SMB session's keys are neither signed nor sealed.
    package var signed: UInt64
    package var sealed: UInt64

    init(_ connection: Connection) {
        server = connection.server
        dialect = connection.dialect
        signing = connection.signingAlgorithm
        cipher = connection.cipher
        requests = connection.traffic.sent
        signed = connection.traffic.signed
        sealed = connection.traffic.sealed
    }

    private func hasAgreed(asIn other: Self) -> Bool {
        server == other.server && dialect == other.dialect && signing == other.signing
            && cipher == other.cipher
    }

    /// Adds another's figures to those of the same agreement.
    package static func add(_ use: Self, to uses: inout [Self]) {
        guard let index = uses.firstIndex(where: { $0.hasAgreed(asIn: use) }) else {
            uses.append(use)
            return
        }
        uses[index].connections += use.connections
        uses[index].requests += use.requests
        uses[index].signed += use.signed
        uses[index].sealed += use.sealed
    }
}

extension Redirector {
    /// In the order of the first connection of each.
    package var connectionUses: [ConnectionUse] {
        var uses = closedUses
        for slot in connections.indices(where: { $0.phase == .ready }) {
            ConnectionUse.add(ConnectionUse(connections.elements[slot]), to: &uses)
        }
        return uses
    }
}
