internal import Credentials
internal import Foundation
internal import Primitives
internal import Redirector
internal import SMBWire
internal import Synchronization

/// Sets up one connection with the redirector over a blocking socket, and lets it go then.
final class FloorLogon {
    private let server: String
    private let share: String
    private let credentials: CredentialPool
    private let descriptor: CInt
    private var redirector: Redirector
    private var effects: [RedirectorEffect] = []
    private var connection: ConnectionNumber?
    private var answer: Answer?
    /// The newest request, as it went out.
    private var frame: [UInt8] = []

    init(server: String, share: String, credentials: CredentialPool) throws {
        self.server = server
        self.share = share
        self.credentials = credentials
        let guid = GUID(high: .random(in: 1 ... .max), low: .random(in: 1 ... .max))
        let settings = RedirectorSettings(clientGUID: guid)
        redirector = Redirector(settings: settings, random: SplitMix64(seed: 1))
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(445).bigEndian
        inet_pton(AF_INET, server, &address.sin_addr)
        let code = withUnsafeBytes(of: &address) {
            connect(
                descriptor,
                $0.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t($0.count)
            )
        }
        var on: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        // A server that leaves a request unanswered ends the measurement.
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        let limitSize = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, limitSize)
        guard code == 0 else { throw FloorFailure("connect") }
    }

    /// A connection on which each frame of the workload was answered once.
    func lane(for workload: Workload) throws -> FloorLane {
        guard case .connection(let connection) = try ask(.connect(server: server)),
            case .smbSession(let session) = try ask(.logon(connection, user: 0)),
            case .tree(let tree, _) = try ask(
                .treeConnect(session, share: UNCPath(components: [server, share]))
            )
        else { throw FloorFailure(sentence: "logging on gave no tree") }
        guard workload == .open else {
            _ = try ask(.echo(connection))
            return try FloorLane(descriptor, first: frame, close: [])
        }
        guard case .open(let open, _) = try ask(.create(tree, Load.shareRoot)) else {
            throw FloorFailure(sentence: "CREATE gave no open")
        }
        let create = frame
        _ = try ask(.close(open))
        return try FloorLane(descriptor, first: create, close: frame)
    }

    private var now: Instant { Instant(nanoseconds: DispatchTime.now().uptimeNanoseconds) }

    private func ask(_ request: Request) throws -> Answer.Result {
        redirector.submit(request, tag: 0, at: now, into: &effects)
        answer = nil
        while true {
            try perform()
            if let answer {
                if !answer.isSuccess {
                    throw FloorFailure(sentence: answer.sentence ?? "\(request.name) failed")
                }
                return answer.result
            }
            try read()
        }
    }

    private func perform() throws {
        while !effects.isEmpty {
            let batch = effects
            effects = []
            for effect in batch { try perform(effect) }
        }
    }

    private func perform(_ effect: RedirectorEffect) throws {
        switch effect {
        case .connect(let number, _):
            connection = number
            redirector.transportConnected(number, at: now, into: &effects)
        case .send(_, let bytes):
            frame = bytes
            guard send(descriptor, bytes, bytes.count, 0) == bytes.count else {
                throw FloorFailure("send")
            }
        case .token(let session, let user, let server, let input):
            redirector.tokenReady(
                session,
                token(session, user: user, server: server, input: input),
                at: now,
                into: &effects
            )
        case .tokenEnd(let session): credentials.end(host: 0, session: session)
        case .answered(_, let answer): self.answer = answer
        case .disconnect: throw FloorFailure(sentence: "the redirector closed the connection")
        case .lost(_, _, let sentence): throw FloorFailure(sentence: sentence)
        case .broke: break
        }
    }

    private func token(
        _ session: SMBSessionNumber,
        user: Int,
        server: String,
        input: [UInt8]
    ) -> TokenAnswer {
        let taken = Mutex<TokenAnswer?>(nil)
        let isThere = DispatchSemaphore(value: 0)
        credentials.step(host: 0, session: session, user: user, server: server, input: input) {
            answer in
            taken.withLock { $0 = answer }
            isThere.signal()
        }
        isThere.wait()
        return taken.withLock { $0 } ?? .failed(.logonFailure, sentence: "no token")
    }

    private func read() throws {
        guard let connection else { throw FloorFailure(sentence: "there is no connection") }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { throw FloorFailure("recv") }
        redirector.received(connection, Array(bytes.prefix(count)), at: now, into: &effects)
    }
}
