package import Primitives
package import SMBWire

extension FileSystem {
    package mutating func lock(
        _ ticket: FileTicket,
        _ request: LockRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard let open = index(of: request.fileID) else {
            effects.append(.answered(ticket, .fileClosed, .nothing))
            return
        }
        if isReplayed(request, on: open) {
            effects.append(.answered(ticket, .success, .nothing))
            return
        }
        if request.elements.first?.flags.contains(.unlock) ?? false {
            unlock(ticket, request, open, at: now, into: &effects)
            return
        }
        if let flaw = flaw(of: request, on: open) {
            effects.append(.answered(ticket, flaw, .nothing))
            return
        }
        take(ticket, request, open, at: now, into: &effects)
    }

    /// [MS-SMB2] 3.3.5.14.2.
    private func flaw(of request: LockRequest, on open: Int) -> NTStatus? {
        guard !request.elements.isEmpty else { return .invalidParameter }
        guard !tree.nodes[opens[open].node].isDirectory else { return .invalidDeviceRequest }
        let mayBlock = request.elements.count == 1
        for element in request.elements {
            let kind = element.flags.subtracting(.failImmediately)
            guard kind == .shared || kind == .exclusive else { return .invalidParameter }
            guard mayBlock || element.flags.contains(.failImmediately) else {
                return .invalidParameter
            }
        }
        guard !opens[open].access.isDisjoint(with: [.readData, .writeData]) else {
            return .accessDenied
        }
        let fits = request.elements.allSatisfy {
            $0.length == 0 || $0.offset <= UInt64.max - ($0.length - 1)
        }
        return fits ? nil : .invalidLockRange
    }

    /// All ranges of the request, or none; a single one may wait.
    private mutating func take(
        _ ticket: FileTicket,
        _ request: LockRequest,
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let node = opens[open].node
        for (taken, element) in request.elements.enumerated() {
            let lock = RangeLock(
                open: open,
                offset: element.offset,
                length: element.length,
                isExclusive: element.flags.contains(.exclusive)
            )
            if tree.nodes[node].locks.take(lock) { continue }
            if element.flags.contains(.failImmediately) {
                tree.nodes[node].locks.undo(taken)
                effects.append(.answered(ticket, .lockNotGranted, .nothing))
            } else {
                let waiter = RangeLocks.Waiter(ticket: ticket, lock: lock, since: now)
                tree.nodes[node].locks.wait(waiter)
                effects.append(.pending(ticket))
                remember(request, on: open)
            }
            return
        }
        effects.append(.answered(ticket, .success, .nothing))
        remember(request, on: open)
        loseReaders(of: node, to: open, at: now, into: &effects)
    }

    /// [MS-SMB2] 3.3.5.14.1: what was unlocked before an element that is wrong stays unlocked.
    private mutating func unlock(
        _ ticket: FileTicket,
        _ request: LockRequest,
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let node = opens[open].node
        var status = NTStatus.success
        for element in request.elements {
            guard element.flags == .unlock else {
                status = .invalidParameter
                break
            }
            let isReleased = tree.nodes[node].locks.release(
                open: open,
                offset: element.offset,
                length: element.length
            )
            guard isReleased else {
                status = .rangeNotLocked
                break
            }
        }
        effects.append(.answered(ticket, status, .nothing))
        if status == .success { remember(request, on: open) }
        for granted in tree.nodes[node].locks.grantWaiters() {
            effects.append(.answered(granted, .success, .nothing))
        }
    }

    /// Where the request's sequence number is kept; nil where none is ([MS-SMB2] 3.3.5.14).
    private func sequencePlace(_ request: LockRequest, on open: Int) -> Int? {
        let index = Int(request.lockSequence >> 4)
        return opens[open].durability != nil && (1...64).contains(index) ? index - 1 : nil
    }

    /// Whether the request was done before, on the connection that was lost.
    ///
    /// A number that is not the one kept makes the place empty until the request succeeds.
    private mutating func isReplayed(_ request: LockRequest, on open: Int) -> Bool {
        guard let place = sequencePlace(request, on: open) else { return false }
        if opens[open].lockSequence.isEmpty {
            opens[open].lockSequence = Array(repeating: nil, count: 64)
        }
        let number = UInt8(request.lockSequence & 0xF)
        if opens[open].lockSequence[place] == number { return true }
        opens[open].lockSequence[place] = nil
        return false
    }

    private mutating func remember(_ request: LockRequest, on open: Int) {
        guard let place = sequencePlace(request, on: open) else { return }
        opens[open].lockSequence[place] = UInt8(request.lockSequence & 0xF)
    }
}
