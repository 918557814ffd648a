internal import Primitives
internal import SMBWire

/// A MessageId is used once on its connection ([MS-SMB2] 3.2.4.1.3).
struct MessageIDChecker: Hashable, Sendable {
    private struct Link: Hashable, Sendable {
        /// All below are used.
        var low: UInt64 = 0
        /// The used ones from `low` on; for look-up only.
        var used: Set<UInt64> = []
    }

    private var links: [Link] = []

    mutating func saw(_ message: SeenMessage) -> (rule: String, sentence: String)? {
        guard message.isRequest, message.header.command != .cancel else { return nil }
        while links.count <= message.link { links.append(Link()) }
        let first = message.header.messageID.rawValue
        for id in first..<first + UInt64(max(1, message.header.creditCharge)) {
            let isNew =
                id >= links[message.link].low && links[message.link].used.insert(id).inserted
            guard isNew else {
                return ("MessageId never reused", "\(message.name) was used before")
            }
        }
        while links[message.link].used.remove(links[message.link].low) != nil {
            links[message.link].low += 1
        }
        return nil
    }
}
