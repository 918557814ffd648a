internal import Primitives

/// What faults keep back: frames on their way out, and requests that are held.
struct Delayed: Hashable, Sendable {
    enum Item: Hashable, Sendable {
        /// Bytes for the client of that connection.
        case outgoing(Int, [UInt8])
        /// A whole request frame with its prefix, held until now.
        case held(Held)
    }

    struct Held: Hashable, Sendable {
        let connection: Int
        let frame: [UInt8]
        let until: HoldUntil
        let end: HoldEnd
        let fault: String
    }

    private struct Entry: Hashable, Sendable {
        let at: Instant
        let sequence: UInt64
        let item: Item
    }

    /// Sorted by time, then by the order in which they came: few are kept back at a time.
    private var entries: [Entry] = []
    private var waiting: [Held] = []
    private var sequence: UInt64 = 0

    var next: Instant? { entries.first?.at }

    mutating func add(_ item: Item, at instant: Instant) {
        sequence += 1
        let entry = Entry(at: instant, sequence: sequence, item: item)
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].at <= instant { low = middle + 1 } else { high = middle }
        }
        entries.insert(entry, at: low)
    }

    /// Holds a request until a message comes, or for ever.
    mutating func hold(_ held: Held) { waiting.append(held) }

    /// The first item whose time has come.
    mutating func due(at now: Instant) -> Item? {
        guard let first = entries.first, first.at <= now else { return nil }
        return entries.removeFirst().item
    }

    /// Requests that were held until a message of that name came to that server.
    mutating func released(by message: MessageName?, server: String) -> [Held] {
        guard let message else { return [] }
        let isMeant = { (held: Held) in
            guard case .message(let name, let place) = held.until else { return false }
            return name == message && (place ?? server) == server
        }
        let released = waiting.filter(isMeant)
        if !released.isEmpty { waiting.removeAll(where: isMeant) }
        return released
    }

    /// The connection is gone, and what was kept back for it with it.
    mutating func forget(_ connection: Int) {
        entries.removeAll { entry in
            switch entry.item {
            case .outgoing(let other, _): other == connection
            case .held(let held): held.connection == connection
            }
        }
        waiting.removeAll { $0.connection == connection }
    }
}
