package import Credentials
import Foundation
package import Primitives
package import Redirector
import SMBWire
import Synchronization

/// Drives a redirector over blocking sockets, one request at a time: what a test of the machine
/// against a real server needs and no more.
package final class Conversation {
    package struct Broken: Error {
        package let sentence: String

        package init(sentence: String) { self.sentence = sentence }
    }

    package var redirector: Redirector
    /// What came besides answers: breaks and lost connections.
    package private(set) var notices: [RedirectorEffect] = []
    private var effects: [RedirectorEffect] = []
    private var answers: [Int: Answer] = [:]
    private var sockets: [ConnectionNumber: Int32] = [:]
    private var nextTag = 0
    private let address: String
    private let credentials: CredentialPool
    private let began = ContinuousClock.now
    /// Changes what goes out, as a man in the middle would.
    package var tamper: ([UInt8]) -> [UInt8] = { $0 }

    package init(
        address: String,
        users: [User],
        settings: RedirectorSettings = RedirectorSettings(clientGUID: .zero)
    ) {
        self.address = address
        var settings = settings
        settings.clientGUID = Self.nextGUID()
        redirector = Redirector(settings: settings, random: SplitMix64(seed: 1))
        credentials = CredentialPool(users: users, mechanism: .spnegoNTLM)
    }

    private static let made = Mutex<UInt64>(0)

    /// Each conversation is a client of its own: Samba serves all connections of one client GUID in
    /// one process, which a test of a lowered dialect ends for all of them.
    private static func nextGUID() -> GUID {
        let number = made.withLock { made in
            made += 1
            return made
        }
        return GUID(high: UInt64(getpid()), low: number)
    }

    deinit { for socket in sockets.values { close(socket) } }

    package var now: Instant {
        let (seconds, attoseconds) = (ContinuousClock.now - began).components
        return Instant(
            nanoseconds: UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
        )
    }

    /// Sends a request; `answer(to:)` waits for it.
    package func submit(_ request: Request) throws -> Int {
        nextTag += 1
        redirector.submit(request, tag: nextTag, at: now, into: &effects)
        try perform()
        return nextTag
    }

    package func ask(_ request: Request) throws -> Answer { try answer(to: try submit(request)) }

    package func cancel(_ tag: Int) throws {
        redirector.cancel(tag: tag, at: now, into: &effects)
        try perform()
    }

    package func answer(to tag: Int) throws -> Answer {
        while true {
            if let answer = answers.removeValue(forKey: tag) { return answer }
            try hear()
        }
    }

    /// Reads until a notice fits.
    package func awaitNotice(_ fits: (RedirectorEffect) -> Bool) throws -> RedirectorEffect {
        while true {
            if let index = notices.firstIndex(where: fits) { return notices.remove(at: index) }
            try hear()
        }
    }

    /// Breaks the TCP connection as a network would.
    package func cut(_ connection: ConnectionNumber) throws {
        guard let socket = sockets.removeValue(forKey: connection) else { return }
        close(socket)
        redirector.transportClosed(
            connection,
            .connectionReset,
            sentence: "cut by the test",
            at: now,
            into: &effects
        )
        try perform()
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
        case .connect(let connection, _): connect(connection)
        case .send(let connection, let bytes):
            guard let socket = sockets[connection] else { return }
            let bytes = tamper(bytes)
            guard write(socket, bytes, bytes.count) == bytes.count else {
                throw Broken(sentence: "cannot write")
            }
        case .disconnect(let connection):
            if let socket = sockets.removeValue(forKey: connection) { close(socket) }
        case .token(let session, let user, let server, let input):
            let done = DispatchSemaphore(value: 0)
            let box = TokenBox()
            credentials.step(host: 0, session: session, user: user, server: server, input: input) {
                box.set($0)
                done.signal()
            }
            done.wait()
            redirector.tokenReady(session, box.get(), at: now, into: &effects)
        case .tokenEnd(let session): credentials.end(host: 0, session: session)
        case .answered(let tag, let answer): answers[tag] = answer
        case .broke, .lost: notices.append(effect)
        }
    }

    private func connect(_ connection: ConnectionNumber) {
        let socket = Foundation.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_port = UInt16(445).bigEndian
        inet_pton(AF_INET, address, &peer.sin_addr)
        let result = withUnsafePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 {
            sockets[connection] = socket
            redirector.transportConnected(connection, at: now, into: &effects)
        } else {
            close(socket)
            redirector.transportFailed(
                connection,
                .connectionRefused,
                sentence: "refused",
                at: now,
                into: &effects
            )
        }
    }

    /// Reads once from whatever has something to say.
    private func hear() throws {
        let open = sockets.sorted { $0.value < $1.value }
        guard !open.isEmpty else { throw Broken(sentence: "no connection is open") }
        var polls = open.map { pollfd(fd: $0.value, events: Int16(POLLIN), revents: 0) }
        guard poll(&polls, nfds_t(polls.count), 60_000) > 0 else {
            throw Broken(sentence: "the server said nothing for a minute")
        }
        for (index, entry) in polls.enumerated() where entry.revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(entry.fd, &bytes, bytes.count)
            let connection = open[index].key
            if count > 0 {
                redirector.received(
                    connection,
                    Array(bytes.prefix(count)),
                    at: now,
                    into: &effects
                )
            } else {
                let reason = count < 0 ? String(cString: strerror(errno)) : "closed by the peer"
                sockets[connection] = nil
                close(entry.fd)
                redirector.transportClosed(
                    connection,
                    .connectionDisconnected,
                    sentence: reason,
                    at: now,
                    into: &effects
                )
            }
        }
        try perform()
    }
}

private final class TokenBox: Sendable {
    private let answer = Mutex<TokenAnswer?>(nil)

    func set(_ value: TokenAnswer) { answer.withLock { $0 = value } }

    func get() -> TokenAnswer {
        answer.withLock { $0 } ?? .failed(.internalError, sentence: "no token came")
    }
}
