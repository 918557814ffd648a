package import Primitives
internal import SMBWire

extension FileSystem {
    /// Runs a request for the first time; it may have to wait.
    mutating func start(
        _ request: WaitingRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        switch run(request, isRetry: false, at: now, into: &effects) {
        case .answer(let status, let answer):
            effects.append(.answered(request.ticket, status, answer))
        case .wait(let node):
            effects.append(.pending(request.ticket))
            var waiter = request
            waiter.node = node
            waiting.append(waiter)
        }
    }

    private mutating func run(
        _ request: WaitingRequest,
        isRetry: Bool,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome {
        switch request.request {
        case .create(let share, let create, let owner):
            open(share: share, create, by: owner, isRetry: isRetry, at: now, into: &effects)
        case .setInfo(let info): set(info, at: now, into: &effects)
        }
    }

    /// Something of the file was given back: who waits for it tries again, the oldest first.
    mutating func retry(_ node: Int, at now: Instant, into effects: inout [FileEffect]) {
        guard !waiting.isEmpty else { return }
        for ticket in waiting.filter({ $0.node == node }).map(\.ticket) {
            guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { continue }
            let request = waiting.remove(at: index)
            switch run(request, isRetry: true, at: now, into: &effects) {
            case .answer(let status, let answer):
                effects.append(.answered(ticket, status, answer))
            case .wait(let node):
                var waiter = request
                waiter.node = node
                waiting.insert(waiter, at: min(index, waiting.count))
            }
        }
    }

    /// CANCEL: the ticket is answered with STATUS_CANCELLED if it still waits.
    package mutating func cancel(
        _ ticket: FileTicket,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        if let index = waiting.firstIndex(where: { $0.ticket == ticket }) {
            waiting.remove(at: index)
        } else {
            guard cancelAtOpen(ticket) else { return }
        }
        effects.append(.answered(ticket, .cancelled, .nothing))
    }

    private mutating func cancelAtOpen(_ ticket: FileTicket) -> Bool {
        for open in opens.indices {
            if opens[open].watch?.cancel(ticket) ?? false { return true }
            if tree.nodes[opens[open].node].locks.cancel(ticket) { return true }
        }
        return false
    }

    /// When `timerFired` should be called next: breaks and durable opens have limits.
    package var nextDeadline: Instant? {
        var next: Instant?
        for index in breaking {
            guard let deadline = rights[index].breaking?.deadline else { continue }
            next = next.map { min($0, deadline) } ?? deadline
        }
        for open in orphans {
            guard let deadline = opens[open].orphanedUntil else { continue }
            next = next.map { min($0, deadline) } ?? deadline
        }
        return next
    }

    package mutating func timerFired(at now: Instant, into effects: inout [FileEffect]) {
        for index in breaking where rights[index].breaking.map({ $0.deadline <= now }) ?? false {
            expireBreak(index, at: now, into: &effects)
        }
        for open in orphans where opens[open].orphanedUntil.map({ $0 <= now }) ?? false {
            end(open, at: now, into: &effects)
        }
    }

    /// Who waits for what, in the order of the tickets.
    package var waits: [FileWait] {
        var waits = waiting.map { breakWait($0) }
        for open in opens.indices {
            let watchers = opens[open].watch?.waiters ?? []
            let locks = tree.nodes[opens[open].node].locks
            guard !watchers.isEmpty || !locks.waiters.isEmpty else { continue }
            let path = sharePath(of: opens[open].node)
            for waiter in watchers {
                let cause = FileWait.Cause.change(path: path)
                waits.append(FileWait(ticket: waiter.ticket, since: waiter.since, cause: cause))
            }
            for waiter in locks.waiters where waiter.lock.open == open {
                let cause = FileWait.Cause.range(
                    path: path,
                    offset: waiter.lock.offset,
                    length: waiter.lock.length,
                    holders: locks.holders(against: waiter.lock).map { opens[$0].owner }
                )
                waits.append(FileWait(ticket: waiter.ticket, since: waiter.since, cause: cause))
            }
        }
        return waits.sorted { $0.ticket < $1.ticket }
    }

    private func breakWait(_ request: WaitingRequest) -> FileWait {
        var owners: [OpenOwner] = []
        var deadline = Instant.zero
        for index in tree.nodes[request.node].rights {
            guard let broken = rights[index].breaking, let open = rights[index].opens.first else {
                continue
            }
            owners.append(opens[open].owner)
            deadline = max(deadline, broken.deadline)
        }
        let path = sharePath(of: request.node)
        return FileWait(
            ticket: request.ticket,
            since: request.since,
            cause: .breaks(path: path, owners: owners, deadline: deadline)
        )
    }

    /// `share\path`, for people and for keys of graphs.
    private func sharePath(of node: Int) -> String {
        let path = tree.path(of: node)
        let share = shares[tree.nodes[node].share].name
        return path.isEmpty ? share : share + "\\" + path
    }
}
