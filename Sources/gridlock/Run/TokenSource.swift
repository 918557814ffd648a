internal import Credentials
internal import Redirector
internal import Transport

/// Who works out the tokens of a run's log-ons.
enum TokenSource {
    /// GSSAPI, for real servers.
    case credentials(CredentialPool)
    /// NTLM in memory, for emulated servers and their users.
    case emulated(EmulatedTokens)

    init(_ plan: RunPlan) {
        if let emulation = plan.emulation {
            self = .emulated(
                EmulatedTokens(userNames: emulation.userNames, seed: plan.settings.seed)
            )
        } else {
            self = .credentials(
                CredentialPool(users: plan.settings.users, mechanism: plan.settings.mechanism)
            )
        }
    }

    func step(
        _ request: HostPorts.TokenRequest,
        done: @escaping @Sendable (TokenAnswer) -> Void
    ) {
        switch self {
        case .emulated(let tokens): done(tokens.answer(request))
        case .credentials(let credentials):
            credentials.step(
                host: request.host,
                session: request.session,
                user: request.user,
                server: request.server,
                input: request.input,
                done: done
            )
        }
    }

    func end(host: Int, _ session: SMBSessionNumber) {
        switch self {
        case .credentials(let credentials): credentials.end(host: host, session: session)
        case .emulated(let tokens): tokens.end(host: host, session)
        }
    }
}
