internal import CGSSAPI
internal import Synchronization

/// The only place that calls GSSAPI; everything here may block for seconds.
enum GSS {
    struct Failure: Error {
        let text: String
    }

    /// A credential; shared by threads once it is made, for beginning an exchange only reads it.
    final class Credential: Sendable {
        private let address: Int

        init(user: String, password: String?, mechanism: Mechanism) throws(Failure) {
            var error = [CChar](repeating: 0, count: Int(GL_ERROR_SIZE))
            let number: CInt =
                switch mechanism {
                case .ntlm: CInt(GL_NTLM_RAW)
                case .spnegoNTLM: CInt(GL_NTLM)
                case .kerberos: CInt(GL_KERBEROS)
                case .spnego: CInt(GL_BOTH)
                }
            guard let made = gl_acquire(user, password, number, &error) else {
                throw GSS.failure(error)
            }
            address = Int(bitPattern: made)
        }

        deinit { gl_release(UnsafeMutablePointer(bitPattern: address)) }

        var pointer: UnsafeMutablePointer<gl_credential>? {
            UnsafeMutablePointer(bitPattern: address)
        }
    }

    /// One authentication; its lock lets one thread at a time step it.
    final class Exchange: Sendable {
        private let address: Mutex<Int>
        /// Kept alive: the exchange points at it.
        private let credential: Credential

        init(_ credential: Credential, host: String) throws(Failure) {
            var error = [CChar](repeating: 0, count: Int(GL_ERROR_SIZE))
            guard let begun = gl_begin(credential.pointer, host, &error) else {
                throw GSS.failure(error)
            }
            address = Mutex(Int(bitPattern: begun))
            self.credential = credential
        }

        deinit { address.withLock { gl_end(UnsafeMutablePointer(bitPattern: $0)) } }

        /// The next token; the agreed key comes with completion, if the mechanism gives one.
        func step(_ input: [UInt8]) throws(Failure) -> Step {
            let result = address.withLock { address -> Result<Step, Failure> in
                guard let exchange = UnsafeMutablePointer<gl_exchange>(bitPattern: address) else {
                    return .failure(Failure(text: "the exchange has ended"))
                }
                var error = [CChar](repeating: 0, count: Int(GL_ERROR_SIZE))
                var output = [UInt8](repeating: 0, count: 65_536)
                var used = 0
                let more = gl_step(
                    exchange,
                    input,
                    input.count,
                    &output,
                    output.count,
                    &used,
                    &error
                )
                guard more >= 0 else { return .failure(GSS.failure(error)) }
                var key = [UInt8](repeating: 0, count: 64)
                let length = more == 0 ? gl_session_key(exchange, &key, key.count) : 0
                return .success(
                    Step(
                        output: Array(output.prefix(used)),
                        isComplete: more == 0,
                        sessionKey: length > 0 ? Array(key.prefix(Int(length))) : nil
                    )
                )
            }
            return try result.get()
        }
    }

    struct Step: Sendable {
        let output: [UInt8]
        let isComplete: Bool
        let sessionKey: [UInt8]?
    }

    private static func failure(_ error: [CChar]) -> Failure {
        let bytes = error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return Failure(text: String(decoding: bytes, as: UTF8.self))
    }
}
