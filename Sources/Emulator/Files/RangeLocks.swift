internal import Primitives

/// A byte range that an open has locked, or wants to lock.
struct RangeLock: Hashable, Sendable {
    /// Index of the open; locks belong to opens, not to sessions ([MS-SMB2] 3.3.5.14).
    var open: Int
    var offset: UInt64
    /// Bytes.
    var length: UInt64
    var isExclusive: Bool

    /// Whether the ranges have a byte in common; an empty one only meets what it lies within.
    func overlaps(offset other: UInt64, length otherLength: UInt64) -> Bool {
        if length == 0 || otherLength == 0 {
            if length == 0 && otherLength == 0 { return false }
            return length == 0
                ? other < offset && offset - other < otherLength
                : offset < other && other - offset < length
        }
        return offset <= other &+ (otherLength - 1) && other <= offset &+ (length - 1)
    }

    /// An exclusive lock keeps out everybody, its own open included; a shared one may lie over
    /// the exclusive lock of the same open ([MS-FSA] 2.1.4.10, and what Windows does).
    func conflicts(with held: RangeLock) -> Bool {
        guard isExclusive || (held.isExclusive && held.open != open) else { return false }
        return overlaps(offset: held.offset, length: held.length)
    }
}

/// The byte-range locks of one file, and the requests that wait for some ([MS-FSA] 2.1.5.8).
struct RangeLocks: Hashable, Sendable {
    struct Waiter: Hashable, Sendable {
        var ticket: FileTicket
        var lock: RangeLock
        var since: Instant
    }

    private(set) var held: [RangeLock] = []
    /// In the order of their coming.
    private(set) var waiters: [Waiter] = []

    var isEmpty: Bool { held.isEmpty }

    /// Takes the lock unless another one is in its way.
    mutating func take(_ lock: RangeLock) -> Bool {
        guard !held.contains(where: lock.conflicts(with:)) else { return false }
        held.append(lock)
        return true
    }

    mutating func wait(_ waiter: Waiter) { waiters.append(waiter) }

    /// Gives back the lock of exactly that range, an exclusive one before a shared one.
    mutating func release(open: Int, offset: UInt64, length: UInt64) -> Bool {
        let fits = { (lock: RangeLock) in
            lock.open == open && lock.offset == offset && lock.length == length
        }
        let index =
            held.lastIndex { fits($0) && $0.isExclusive } ?? held.lastIndex { fits($0) }
        guard let index else { return false }
        held.remove(at: index)
        return true
    }

    /// Takes back what `take` gave last.
    mutating func undo(_ count: Int) { held.removeLast(count) }

    /// The open ends: its locks go.
    mutating func releaseAll(of open: Int) { held.removeAll { $0.open == open } }

    /// Nobody waits for the open any more: its waiting requests, which are to be answered.
    mutating func takeWaiters(of open: Int) -> [FileTicket] {
        let tickets = waiters.filter { $0.lock.open == open }.map(\.ticket)
        waiters.removeAll { $0.lock.open == open }
        return tickets
    }

    /// Whether the ticket waited here; it no longer does.
    mutating func cancel(_ ticket: FileTicket) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// Grants what has become free, the oldest first.
    mutating func grantWaiters() -> [FileTicket] {
        var granted: [FileTicket] = []
        var rest: [Waiter] = []
        for waiter in waiters {
            if take(waiter.lock) { granted.append(waiter.ticket) } else { rest.append(waiter) }
        }
        waiters = rest
        return granted
    }

    /// Opens that are in the way of a lock, each once.
    func holders(against lock: RangeLock) -> [Int] {
        var opens: [Int] = []
        for other in held where lock.conflicts(with: other) && !opens.contains(other.open) {
            opens.append(other.open)
        }
        return opens
    }

    /// Whether an open may read there: nobody else has it exclusively.
    func allowRead(by open: Int, offset: UInt64, count: UInt64) -> Bool {
        guard count > 0, !held.isEmpty else { return true }
        return !held.contains {
            $0.isExclusive && $0.open != open && $0.overlaps(offset: offset, length: count)
        }
    }

    /// Whether an open may write there: nobody else has a lock on it, and it has no shared one.
    func allowWrite(by open: Int, offset: UInt64, count: UInt64) -> Bool {
        guard count > 0, !held.isEmpty else { return true }
        return !held.contains {
            !($0.isExclusive && $0.open == open) && $0.overlaps(offset: offset, length: count)
        }
    }
}
