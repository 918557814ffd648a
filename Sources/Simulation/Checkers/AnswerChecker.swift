internal import Primitives
internal import SMBWire

/// One answer a request, no more and no fewer ([MS-SMB2] 3.3.4.1).
struct AnswerChecker: Hashable, Sendable {
    private struct Outstanding: Hashable, Sendable {
        let id: UInt64
        let command: Command
        let at: Instant
    }

    private struct Link: Hashable, Sendable {
        /// In the order of arrival; look-ups go from the back, for most answers come soon.
        var outstanding: [Outstanding] = []
        var isExcused = false
    }

    let rule = "one answer a request"
    private var links: [Link] = []

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

    mutating func closed(_ link: Int) {
        grow(to: link)
        links[link].outstanding = []
    }

    /// What nobody answered although the run came to its end; notifications of changes may wait.
    var unanswered: [(at: Instant, sentence: String)] {
        var found: [(Instant, String)] = []
        for (number, link) in links.enumerated() where !link.isExcused {
            for request in link.outstanding where request.command != .changeNotify {
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
