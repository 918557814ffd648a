/// NEGOTIATE ([MS-NLMP] 2.2.2.5): what both sides say about a log-on; the bits used today.
package struct NTLMFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let unicode = NTLMFlags(rawValue: 0x1)
    package static let requestTarget = NTLMFlags(rawValue: 0x4)
    package static let sign = NTLMFlags(rawValue: 0x10)
    package static let seal = NTLMFlags(rawValue: 0x20)
    package static let ntlm = NTLMFlags(rawValue: 0x200)
    package static let anonymous = NTLMFlags(rawValue: 0x800)
    package static let alwaysSign = NTLMFlags(rawValue: 0x8000)
    package static let targetTypeDomain = NTLMFlags(rawValue: 0x1_0000)
    package static let targetTypeServer = NTLMFlags(rawValue: 0x2_0000)
    package static let extendedSessionSecurity = NTLMFlags(rawValue: 0x8_0000)
    package static let targetInfo = NTLMFlags(rawValue: 0x80_0000)
    package static let version = NTLMFlags(rawValue: 0x200_0000)
    package static let key128 = NTLMFlags(rawValue: 0x2000_0000)
    package static let keyExchange = NTLMFlags(rawValue: 0x4000_0000)
    package static let key56 = NTLMFlags(rawValue: 0x8000_0000)

    /// What a client of ours asks for.
    static let offered: NTLMFlags = [
        .unicode, .requestTarget, .sign, .seal, .ntlm, .alwaysSign, .extendedSessionSecurity,
        .targetInfo, .version, .key128, .keyExchange, .key56,
    ]

    /// What a server of ours grants to whoever asks; it adds its own.
    static let granted: NTLMFlags = [
        .unicode, .requestTarget, .sign, .seal, .ntlm, .alwaysSign, .extendedSessionSecurity,
        .version, .key128, .keyExchange, .key56,
    ]
}
