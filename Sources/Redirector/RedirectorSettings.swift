package import Crypto
internal import Primitives
package import SMBWire

/// What a redirector may offer, must insist on and may wait for.
package struct RedirectorSettings: Hashable, Sendable {
    /// How strict to be where the server leaves the choice.
    package enum Protection: Hashable, Sendable {
        case asServerAsks
        case required
    }

    /// Oldest first; no dialect outside is accepted.
    package var dialects: [Dialect] = Dialect.all
    package var signing = Protection.asServerAsks
    /// In order of preference, for 3.1.1.
    package var signingAlgorithms: [SigningAlgorithm] = [.aesGMAC, .aesCMAC, .hmacSHA256]
    package var encryption = Protection.asServerAsks
    /// In order of preference, for 3.1.1; 3.0 and 3.0.2 know AES-128-CCM only.
    package var ciphers: [Cipher] = [.aes128GCM, .aes128CCM, .aes256GCM, .aes256CCM]
    /// Whether a log-on that the server maps to guest is accepted.
    package var allowsGuest = false
    /// TCP and NEGOTIATE together.
    package var connectLimit = Duration.seconds(10)
    /// A whole SESSION_SETUP exchange.
    package var logonLimit = Duration.seconds(30)
    /// Credits that the redirector tries to hold on each connection.
    package var creditTarget = 512
    /// Credits that only ECHO and break acknowledgements may use.
    package var creditReserve = 2
    package var clientGUID: GUID
    /// Who the users' numbers are, for sentences.
    package var userNames: [String] = []

    package init(clientGUID: GUID) { self.clientGUID = clientGUID }

    /// [MS-SMB2] 3.2.4.2.2.2: what NEGOTIATE says, and validate-negotiate repeats.
    var securityMode: SecurityMode { signing == .required ? .signingRequired : .signingEnabled }

    var capabilities: GlobalCapabilities {
        guard let newest = dialects.last, newest >= .smb300 else { return [] }
        return [.dfs, .leasing, .largeMTU, .encryption]
    }
}
