internal import Redirector
internal import Simulation
internal import Synchronization
internal import Transport

/// Log-ons of emulated users, without GSSAPI; called from the hosts' loops.
final class EmulatedTokens: Sendable {
    private let logons: Mutex<EmulatedLogons>

    init(userNames: [String], seed: UInt64) {
        logons = Mutex(
            EmulatedLogons(userNames: userNames, password: Emulation.password, seed: seed)
        )
    }

    func answer(_ request: HostPorts.TokenRequest) -> TokenAnswer {
        logons.withLock {
            $0.token(
                host: request.host,
                session: request.session,
                user: request.user,
                input: request.input
            )
        }
    }

    func end(host: Int, _ session: SMBSessionNumber) {
        logons.withLock { $0.end(host: host, session: session) }
    }
}
