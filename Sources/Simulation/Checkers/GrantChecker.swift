internal import Emulator
internal import Primitives
internal import SMBWire

/// No oplock, lease or byte range that a server granted gets lost ([MS-SMB2] 3.3.5.9, 3.3.5.14).
///
/// What leaves a server with an answer must arrive with it, or its owner will never give it back;
/// and who waits on a server must wait for somebody, or the server forgot to grant. Credits have a
/// checker of their own.
struct GrantChecker: Hashable, Sendable {
    /// What an answer gives besides its status.
    private enum Grant: Hashable, Sendable {
        case oplock(OplockLevel)
        case lease(LeaseState)
        case range

        var name: String {
            switch self {
            case .oplock(let level): "the oplock \(level.rawValue)"
            case .lease(let state): "the lease \(state.rawValue)"
            case .range: "the byte range"
            }
        }
    }

    /// A grant that left its server and did not arrive yet.
    private struct UnderWay: Hashable, Sendable {
        let id: UInt64
        let command: Command
        let grant: Grant
        let leftAt: Instant
    }

    private struct Link: Hashable, Sendable {
        /// LOCK requests that take ranges, by MessageId; for look-up only.
        var locks: Set<UInt64> = []
        /// In the order of their leaving.
        var underWay: [UnderWay] = []
        var isExcused = false
    }

    private struct Waiter: Hashable {
        let connection: Int
        let request: UInt64
    }

    let rule = "no grant is lost"
    private var links: [Link] = []
    /// Who was found to wait for nobody, to be said once; for look-up only.
    private var forgotten: Set<Waiter> = []
    /// No link is slower.
    private static let underWayMax = Duration.seconds(1)

    /// An answer leaves its server.
    mutating func left(_ message: SeenMessage) {
        grow(to: message.link)
        guard let grant = grant(in: message) else { return }
        links[message.link].underWay.append(
            UnderWay(
                id: message.header.messageID.rawValue,
                command: message.header.command,
                grant: grant,
                leftAt: message.at
            )
        )
    }

    /// A message arrives.
    mutating func saw(_ message: SeenMessage) -> (rule: String, sentence: String)? {
        grow(to: message.link)
        let id = message.header.messageID.rawValue
        guard !message.isRequest else {
            if takesRange(message) { links[message.link].locks.insert(id) }
            return nil
        }
        guard !message.isInterim, !message.isNotification else { return nil }
        let arrived = grant(in: message)
        links[message.link].locks.remove(id)
        guard let place = links[message.link].underWay.firstIndex(where: { $0.id == id }) else {
            return nil
        }
        let sent = links[message.link].underWay.remove(at: place)
        guard arrived != sent.grant, !links[message.link].isExcused else { return nil }
        let instead = arrived.map { "brought \($0.name)" } ?? "brought nothing"
        return (rule, "\(message.name) left with \(sent.grant.name) and \(instead)")
    }

    /// The connection is gone; says which grants had left their server long ago.
    mutating func closed(_ link: Int, at now: Instant) -> [String] {
        grow(to: link)
        defer { links[link].underWay = [] }
        return missing(on: link, at: now)
    }

    /// What left its server long ago and never arrived.
    func missing(at now: Instant) -> [String] { links.indices.flatMap { missing(on: $0, at: now) } }

    private func missing(on link: Int, at now: Instant) -> [String] {
        guard !links[link].isExcused else { return [] }
        return links[link].underWay.compactMap { grant in
            guard now > grant.leftAt + Self.underWayMax else { return nil }
            return "link \(link): \(grant.grant.name) of \(grant.command.name) \(grant.id) "
                + "never arrived"
        }
    }

    /// Who waits on servers although nobody is in the way.
    mutating func forgotten(among waits: [Emulator.Wait]) -> [String] {
        waits.compactMap { wait in
            let request = wait.request
            let what: String
            switch request.cause {
            case .range(let path, let offset, let length, let holders) where holders.isEmpty:
                what = "\(length) bytes of \(path) from \(offset), which nobody holds"
            case .breaks(let path, let owners, _) where owners.isEmpty:
                what = "a break of \(path), which nobody owes"
            default: return nil
            }
            let waiter = Waiter(
                connection: request.connection,
                request: request.messageID.rawValue
            )
            guard forgotten.insert(waiter).inserted else { return nil }
            return "link \(request.connection): \(request.command.name) "
                + "\(request.messageID.rawValue) waits for \(what)"
        }
    }

    /// A fault changed what is on the link: what is missing there is nobody's bug.
    mutating func excuse(_ link: Int) {
        grow(to: link)
        links[link].isExcused = true
    }

    private func takesRange(_ message: SeenMessage) -> Bool {
        guard message.header.command == .lock, let body = message.body(LockRequest.self) else {
            return false
        }
        return body.elements.contains { !$0.flags.contains(.unlock) }
    }

    private func grant(in message: SeenMessage) -> Grant? {
        guard message.header.status == .success, !message.isNotification else { return nil }
        switch message.header.command {
        case .lock:
            let id = message.header.messageID.rawValue
            return links[message.link].locks.contains(id) ? .range : nil
        case .create:
            guard let body = message.body(CreateResponse.self) else { return nil }
            return grant(in: body)
        default: return nil
        }
    }

    private func grant(in body: CreateResponse) -> Grant? {
        guard body.oplockLevel == .lease else {
            return body.oplockLevel == .none ? nil : .oplock(body.oplockLevel)
        }
        for case .lease(let lease) in body.contexts where !lease.state.isEmpty {
            return .lease(lease.state)
        }
        return nil
    }

    private mutating func grow(to link: Int) {
        while links.count <= link { links.append(Link()) }
    }
}
