internal import SMBWire

/// Requests that are out, in the order of their MessageIds, which is the order of sending.
///
/// Most answers are for the oldest one, so that one is looked at first. What is answered leaves a
/// hole, and holes are swept out when they outnumber the requests.
struct SentRequests: Sendable {
    private var ids: [UInt64] = []
    private var entries: [Pending?] = []
    /// Everything before it is answered.
    private var head = 0
    private(set) var count = 0

    /// The id must be above all before it.
    mutating func append(_ pending: consuming Pending, id: UInt64) {
        if entries.count >= 256, entries.count > 2 * count { sweep() }
        ids.append(id)
        entries.append(pending)
        count += 1
    }

    private mutating func sweep() {
        var end = 0
        for place in head..<ids.count {
            if case nil = entries[place] { continue }
            ids[end] = ids[place]
            entries.swapAt(end, place)
            end += 1
        }
        ids.removeLast(ids.count - end)
        entries.removeLast(entries.count - end)
        head = 0
    }

    /// Where the request of that id is; nil if it is not out.
    func place(of id: UInt64) -> Int? {
        var (low, high) = (head, ids.count)
        guard low < high else { return nil }
        if ids[low] != id {
            while low < high {
                let middle = (low + high) / 2
                if ids[middle] < id { low = middle + 1 } else { high = middle }
            }
            guard low < ids.count, ids[low] == id else { return nil }
        }
        if case nil = entries[low] { return nil }
        return low
    }

    /// The command of the request at a place that `place(of:)` gave.
    func command(at place: Int) -> Command? { entries[place]?.command }

    /// Takes a request out; `putBack` or `close` must follow before anything else.
    mutating func lift(at place: Int) -> Pending {
        var lifted: Pending?
        swap(&lifted, &entries[place])
        guard let lifted else { preconditionFailure("there is no request at \(place)") }
        return lifted
    }

    mutating func putBack(_ pending: consuming Pending, at place: Int) {
        entries[place] = pending
    }

    /// The request that was lifted from there is answered.
    mutating func close(_ place: Int) {
        count -= 1
        if count == 0 {
            ids.removeAll(keepingCapacity: true)
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if place == head {
            while case nil = entries[head] { head += 1 }
        }
    }

    mutating func removeAll() { self = SentRequests() }

    /// In the order of sending.
    var all: [(id: UInt64, pending: Pending)] {
        (head..<ids.count).compactMap { place in entries[place].map { (ids[place], $0) } }
    }
}

/// Two are equal if the same requests are out, however many were answered before.
extension SentRequests: Hashable {
    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.count == rhs.count
            && zip(lhs.all, rhs.all).allSatisfy { $0.id == $1.id && $0.pending == $1.pending }
    }

    func hash(into hasher: inout Hasher) {
        for (id, pending) in all {
            hasher.combine(id)
            hasher.combine(pending)
        }
    }
}
