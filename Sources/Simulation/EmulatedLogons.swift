internal import Crypto
internal import Emulator
internal import Primitives
package import Redirector
internal import SMBWire

/// Works out the tokens of emulated users in memory: NTLM, always with the same bytes for a seed.
package struct EmulatedLogons: Hashable, Sendable {
    private struct Key: Hashable {
        let host: Int
        let session: SMBSessionNumber
    }

    private let userNames: [String]
    private let ntHash: [UInt8]
    private var random: SplitMix64
    /// For look-up only.
    private var exchanges: [Key: NTLMClient] = [:]

    /// All users have the same password.
    package init(userNames: [String], password: String, seed: UInt64) {
        self.userNames = userNames
        ntHash = Self.ntHash(of: password)
        random = SplitMix64(seed: seed)
    }

    /// What a plan's users are known by.
    package static func ntHash(of password: String) -> [UInt8] {
        NTLMv2.ntHash(password: password)
    }

    /// The next token of that exchange.
    package mutating func token(
        host: Int,
        session: SMBSessionNumber,
        user: Int,
        input: [UInt8]
    ) -> TokenAnswer {
        guard userNames.indices.contains(user) else {
            return .failed(.noSuchUser, sentence: "there is no user \(user)")
        }
        let key = Key(host: host, session: session)
        var client =
            exchanges[key] ?? NTLMClient(user: userNames[user], domain: "", ntHash: ntHash)
        let step = client.received(input, random: &random)
        exchanges[key] = client
        switch step {
        case .token(let token, let isComplete, let sessionKey):
            return .output(token, isComplete: isComplete, sessionKey: sessionKey)
        case .failed(let status):
            // After the last token there is nothing more to say: an empty one accepts the end.
            guard input.isEmpty else {
                return .failed(status, sentence: "the server's token is no NTLM challenge")
            }
            return .output([], isComplete: true, sessionKey: nil)
        }
    }

    /// Forgets an exchange.
    package mutating func end(host: Int, session: SMBSessionNumber) {
        exchanges[Key(host: host, session: session)] = nil
    }
}
