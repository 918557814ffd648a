internal import Primitives
internal import SMBWire

/// One answer a request, no more and no fewer ([MS-SMB2] 3.3.4.1).
struct AnswerChecker: Hashable, Sendable {
    private struct Outstanding: Hashable, Sendable {
        let id: UInt64
        let command: Command
        let at: Instant
        /// When its answer left the server.
        var leftAt: Instant?
    }

    private struct Link: Hashable, Sendable {
        /// In the order of arrival; look-ups go from the back, for most answers come soon.
        var outstanding: [Outstanding] = []
        var isExcused = false
    }

    let rule = "one answer a request"
    private var links: [Link] = []

    /// An answer leaves its server.
    mutating func left(_ message: SeenMessage) {
        grow(to: message.link)
        guard !message.isInterim, !message.isNotification else { return }
        let id = message.header.messageID.rawValue
        let place = links[message.link].outstanding.lastIndex { $0.id == id }
        if let place { links[message.link].outstanding[place].leftAt = message.at }
    }

    mutating func saw(_ message: SeenMessage) -> (rule: String, sentence: String)? {
        grow(to: message.link)
        let id = message.header.messageID.rawValue
        guard message.header.command != .cancel, !message.isNotification else { return nil }
        if message.isRequest {
            links[message.link].outstanding.append(
                Outstanding(id: id, command: message.header.command, at: message.at)
            )
            return nil
        }
        guard !message.isInterim else { return nil }
        let place = links[message.link].outstanding.lastIndex { $0.id == id }
        guard let place else {
            return links[message.link].isExcused
                ? nil : (rule, "\(message.name) was answered, but nobody had asked")
        }
        links[message.link].outstanding.remove(at: place)
        return nil
    }

    mutating func excuse(_ link: Int) {
        grow(to: link)
        links[link].isExcused = true
    }

    /// The connection is gone, and what was outstanding on it with it.
    ///
    /// Says which answers had left their server long ago and never arrived.
    mutating func closed(_ link: Int, at now: Instant) -> [String] {
        grow(to: link)
        defer { links[link].outstanding = [] }
        guard !links[link].isExcused else { return [] }
        return links[link].outstanding.compactMap { request in
            guard let left = request.leftAt, now > left + Self.underWayMax else { return nil }
            return "link \(link): the answer to \(request.command.name) \(request.id) never arrived"
        }
    }

    /// No link is slower.
    private static let underWayMax = Duration.seconds(1)

    /// What nobody answered although the run came to its end; notifications of changes may wait,
    /// and what a host gave up on a moment ago may still be under way.
    func unanswered(at now: Instant) -> [(at: Instant, sentence: String)] {
        var found: [(Instant, String)] = []
        for (number, link) in links.enumerated() where !link.isExcused {
            for request in link.outstanding
            where request.command != .changeNotify && now > request.at + Self.underWayMax {
                let name = "link \(number): \(request.command.name) \(request.id)"
                found.append((request.at, "\(name) was never answered"))
            }
        }
        return found
    }

    private mutating func grow(to link: Int) {
        while links.count <= link { links.append(Link()) }
    }
}
