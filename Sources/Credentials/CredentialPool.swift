internal import Dispatch
internal import Foundation
package import Redirector
internal import SMBWire
internal import Synchronization

/// Works out the tokens of all sessions, on threads of its own, for GSSAPI blocks.
///
/// One NTLM credential a user is kept for the whole run (each acquisition leaks 7.6 KB in
/// gss-ntlmssp 1.2.0); Kerberos gets one an exchange, so that each session has its own ticket.
package final class CredentialPool: Sendable {
    private struct State {
        var kept: [Int: GSS.Credential] = [:]
        var exchanges: [ExchangeKey: Conversation] = [:]
    }

    /// One exchange, stepped by one thread after the other.
    private final class Conversation: Sendable {
        private let exchange: Mutex<GSS.Exchange?>

        init() { exchange = Mutex(nil) }

        func step(
            _ input: [UInt8],
            begin: () throws -> GSS.Exchange
        ) throws -> GSS.Step {
            let current = try exchange.withLock { exchange in
                let current = try exchange ?? begin()
                exchange = current
                return current
            }
            return try current.step(input)
        }
    }

    /// An exchange is named by its host and its SMB session.
    private struct ExchangeKey: Hashable {
        let host: Int
        let session: SMBSessionNumber
    }

    private let users: [User]
    private let mechanism: Mechanism
    private let state = Mutex(State())
    private let threads: DispatchQueue
    private let slots: DispatchSemaphore

    /// `width` is how many tokens may be worked out at once; NTLM's always one after the other, for
    /// gss-ntlmssp 1.2.0 has been seen to crash with several threads, and a token costs it 50 µs.
    package init(users: [User], mechanism: Mechanism, width: Int = 4) {
        self.users = users
        self.mechanism = mechanism
        threads = DispatchQueue(label: "gridlock.credentials", attributes: .concurrent)
        let isNTLM = mechanism == .ntlm || mechanism == .spnegoNTLM
        slots = DispatchSemaphore(value: isNTLM ? 1 : width)
        if isNTLM { KerberosConfiguration.silence() }
    }

    /// Begins or continues an exchange; `done` is called on one of the pool's threads.
    package func step(
        host: Int,
        session: SMBSessionNumber,
        user: Int,
        server: String,
        input: [UInt8],
        done: @escaping @Sendable (TokenAnswer) -> Void
    ) {
        threads.async { [self] in
            slots.wait()
            defer { slots.signal() }
            let key = ExchangeKey(host: host, session: session)
            done(answer(key, user: user, server: server, input: input))
        }
    }

    /// Forgets an exchange.
    package func end(host: Int, session: SMBSessionNumber) {
        let key = ExchangeKey(host: host, session: session)
        let ended = state.withLock { $0.exchanges.removeValue(forKey: key) }
        // Released on a thread of the pool: freeing a context may take the library's locks.
        threads.async { [self] in
            slots.wait()
            defer { slots.signal() }
            withExtendedLifetime(ended) {}
        }
    }

    private func answer(
        _ key: ExchangeKey,
        user: Int,
        server: String,
        input: [UInt8]
    ) -> TokenAnswer {
        guard users.indices.contains(user) else {
            return .failed(.noSuchUser, sentence: "there is no user \(user)")
        }
        let conversation = state.withLock { state in
            let known = state.exchanges[key] ?? Conversation()
            state.exchanges[key] = known
            return known
        }
        do {
            // The server's first token is SPNEGO's hint, which raw NTLMSSP does not understand.
            let isForeign = mechanism == .ntlm && !input.starts(with: Array("NTLMSSP".utf8))
            let step = try conversation.step(isForeign ? [] : input) {
                try GSS.Exchange(credential(of: user), host: server)
            }
            return .output(
                step.output,
                isComplete: step.isComplete,
                sessionKey: step.sessionKey
            )
        } catch {
            let reason = (error as? GSS.Failure)?.text ?? "\(error)"
            let name = users[user].text
            return .failed(
                .logonFailure,
                sentence: "\(server): log-on of \(name) failed: \(reason); check its name, "
                    + "password and ticket"
            )
        }
    }

    private func credential(of user: Int) throws(GSS.Failure) -> GSS.Credential {
        let isKept = mechanism == .ntlm || mechanism == .spnegoNTLM
        if isKept, let kept = state.withLock({ $0.kept[user] }) { return kept }
        let person = users[user]
        let made = try GSS.Credential(
            user: gssName(of: person),
            password: person.secret?.reveal(),
            mechanism: mechanism
        )
        guard isKept else { return made }
        return state.withLock { state in
            let first = state.kept[user] ?? made
            state.kept[user] = first
            return first
        }
    }

    /// Kerberos wants `user@REALM`, NTLM `DOMAIN\user`.
    private func gssName(of user: User) -> String {
        guard let domain = user.domain else { return user.name }
        switch mechanism {
        case .kerberos, .spnego: return "\(user.name)@\(domain)"
        case .ntlm, .spnegoNTLM: return "\(domain)\\\(user.name)"
        }
    }
}

/// Where Kerberos looks for its realms.
enum KerberosConfiguration {
    /// Acquiring for SPNEGO asks Kerberos too, and with a stock krb5.conf that waits half a second
    /// for DNS; where only NTLM is used, it gets a configuration that says nothing.
    static func silence() {
        guard getenv("KRB5_CONFIG") == nil else { return }
        setenv("KRB5_CONFIG", "/dev/null", 0)
    }
}
