/// A password that does not print: not in logs, dumps, errors or the debugger's summary.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    package init(_ text: String) { self.text = text }

    /// For the two places that hand it to GSSAPI, or to a hash for an emulated server.
    package func reveal() -> String { text }

    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// One person whom sessions log on as.
package struct User: Hashable, Sendable {
    /// NetBIOS or DNS name, or the Kerberos realm; nil for the server's own accounts.
    package let domain: String?
    package let name: String
    /// Nil takes the Kerberos ticket cache.
    package let secret: Secret?

    package init(domain: String?, name: String, secret: Secret?) {
        self.domain = domain
        self.name = name
        self.secret = secret
    }

    /// `DOMAIN\name`, or the name.
    package var text: String { domain.map { "\($0)\\\(name)" } ?? name }
}

/// How users prove who they are.
package enum Mechanism: Hashable, Sendable {
    /// NTLMSSP without SPNEGO.
    case ntlm
    case spnegoNTLM
    case kerberos
    /// SPNEGO offering Kerberos, then NTLM.
    case spnego
}
