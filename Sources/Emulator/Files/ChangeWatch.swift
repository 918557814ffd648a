internal import Primitives
internal import SMBWire

/// One change of a directory ([MS-FSCC] 2.7.1).
struct DirectoryChange: Hashable, Sendable {
    enum Action: UInt32, Hashable, Sendable {
        case added = 1
        case removed = 2
        case modified = 3
        case renamedOld = 4
        case renamedNew = 5
    }

    var action: Action
    /// Relative to the directory that is watched.
    var name: String

    /// `FILE_NOTIFY_INFORMATION`s, or nil when they need more bytes than `limit`.
    static func encode(_ changes: [DirectoryChange], limit: Int) -> [UInt8]? {
        var writer = ByteWriter()
        for (index, change) in changes.enumerated() {
            writer.beginMessage()
            writer.uint32(0)
            writer.uint32(change.action.rawValue)
            writer.uint32(UInt32(change.name.utf16.count * 2))
            writer.utf16(change.name)
            guard writer.count <= limit else { return nil }
            if index + 1 < changes.count {
                writer.align(to: 4)
                writer.patch(uint32: UInt32(writer.offset), at: 0)
            }
        }
        return writer.take()
    }
}

/// What an open of a directory watches for, and what has come meanwhile ([MS-FSA] 2.1.5.11).
///
/// The first request on an open says what and how deep; later ones wait in line.
struct ChangeWatch: Hashable, Sendable {
    struct Waiter: Hashable, Sendable {
        var ticket: FileTicket
        /// Bytes.
        var limit: Int
        var since: Instant
    }

    let filter: ChangeNotifyRequest.Filter
    let watchesTree: Bool
    /// Bytes that changes may take until they are asked for.
    private let capacity: Int
    private var changes: [DirectoryChange] = []
    private var hasOverflowed = false
    private(set) var waiters: [Waiter] = []

    init(filter: ChangeNotifyRequest.Filter, watchesTree: Bool, capacity: Int) {
        self.filter = filter
        self.watchesTree = watchesTree
        self.capacity = capacity
    }

    /// Another request: its answer if there is something to say.
    mutating func ask(_ waiter: Waiter) -> (NTStatus, FileAnswer)? {
        if changes.isEmpty && !hasOverflowed {
            waiters.append(waiter)
            return nil
        }
        return report(limit: waiter.limit)
    }

    /// Something changed: the ticket to answer, if one waits.
    mutating func saw(_ more: [DirectoryChange]) -> (FileTicket, NTStatus, FileAnswer)? {
        changes += more
        if !waiters.isEmpty {
            let waiter = waiters.removeFirst()
            let (status, answer) = report(limit: waiter.limit)
            return (waiter.ticket, status, answer)
        }
        if DirectoryChange.encode(changes, limit: capacity) == nil {
            changes = []
            hasOverflowed = true
        }
        return nil
    }

    private mutating func report(limit: Int) -> (NTStatus, FileAnswer) {
        defer {
            changes = []
            hasOverflowed = false
        }
        guard !hasOverflowed, let bytes = DirectoryChange.encode(changes, limit: limit) else {
            return (.notifyEnumDir, .buffer([]))
        }
        return (.success, .buffer(bytes))
    }

    /// Whether the ticket waited here; it no longer does.
    mutating func cancel(_ ticket: FileTicket) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiters.remove(at: index)
        return true
    }

    /// The watch ends, or what it watches does.
    mutating func takeWaiters() -> [FileTicket] {
        defer { waiters = [] }
        return waiters.map(\.ticket)
    }
}
