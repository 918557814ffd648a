internal import Primitives
internal import SMBWire

/// Credits are never negative and none gets lost or forged ([MS-SMB2] 3.3.1.2, 3.2.4.1.2).
///
/// What leaves a server is granted, what arrives at a client may be used; on a link that keeps its
/// order both sums must agree whenever nothing is on its way.
struct CreditChecker: Hashable, Sendable {
    private struct Link: Hashable, Sendable {
        /// A connection begins with one ([MS-SMB2] 3.3.1.7).
        var held = 1
        /// Left the server and did not arrive yet, oldest first.
        var onTheWay: [UInt16] = []
        var firstOnTheWay = 0
        var isExcused = false
    }

    private let rule = "credits are conserved"
    private var links: [Link] = []

    /// A message leaves its server.
    mutating func granted(_ message: SeenMessage) {
        grow(to: message.link)
        links[message.link].onTheWay.append(message.header.credits)
    }

    /// A message arrives.
    mutating func saw(_ message: SeenMessage) -> (rule: String, sentence: String)? {
        grow(to: message.link)
        guard !links[message.link].isExcused else { return nil }
        return message.isRequest ? spent(by: message) : arrived(message)
    }

    private mutating func spent(by message: SeenMessage) -> (rule: String, sentence: String)? {
        guard message.header.command != .cancel else { return nil }
        links[message.link].held -= Int(max(1, message.header.creditCharge))
        guard links[message.link].held < 0 else { return nil }
        links[message.link].held = 0
        return (rule, "\(message.name) costs more than its connection has")
    }

    private mutating func arrived(_ message: SeenMessage) -> (rule: String, sentence: String)? {
        let place = links[message.link].firstOnTheWay
        guard place < links[message.link].onTheWay.count else {
            return (rule, "\(message.name) brings credits that no server granted")
        }
        let granted = links[message.link].onTheWay[place]
        links[message.link].firstOnTheWay += 1
        if place > 1_024 {
            links[message.link].onTheWay.removeFirst(place + 1)
            links[message.link].firstOnTheWay = 0
        }
        links[message.link].held += Int(message.header.credits)
        guard granted != message.header.credits else { return nil }
        return (
            rule,
            "\(message.name) left with \(granted) credits and brought \(message.header.credits)"
        )
    }

    /// A fault changed what is on the link: nothing can be said about it any more.
    mutating func excuse(_ link: Int) {
        grow(to: link)
        links[link].isExcused = true
    }

    private mutating func grow(to link: Int) {
        while links.count <= link { links.append(Link()) }
    }
}
