package import Primitives
package import SMBWire

extension FileSystem {
    package mutating func close(
        _ ticket: FileTicket,
        _ request: CloseRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard let open = index(of: request.fileID) else {
            effects.append(.answered(ticket, .fileClosed, .nothing))
            return
        }
        let facts = request.queriesAttributes ? tree.nodes[opens[open].node].facts : nil
        var later: [FileEffect] = []
        end(open, at: now, into: &effects, after: &later)
        effects.append(.answered(ticket, .success, .closed(CloseResponse(facts: facts))))
        effects += later
    }

    /// TREE_DISCONNECT, LOGOFF, or an SMB session that ended: its opens close.
    ///
    /// `tree` nil means all of them.
    package mutating func closeAll(
        session: SMBSessionID,
        tree: TreeID?,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        cancelCreates(into: &effects) { owner in
            owner.session == session && (tree == nil || owner.tree == tree)
        }
        for open in opensOfSession[session] ?? [] {
            guard opens[open].owner.session == session, opens[open].orphanedUntil == nil,
                tree == nil || opens[open].owner.tree == tree
            else { continue }
            end(open, at: now, into: &effects)
        }
    }

    /// The connection is lost: durable opens wait to be taken up again, the others close.
    package mutating func connectionLost(
        _ connection: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        cancelCreates(into: &effects) { $0.connection == connection }
        let lost = opens.indices.filter { opens[$0].owner.connection == connection }
        abandon(lost, at: now, into: &effects)
    }

    /// The SMB session was replaced by another one of its user (PreviousSessionId): durable opens
    /// wait to be taken up again, the others close ([MS-SMB2] 3.3.5.5.3).
    package mutating func sessionReplaced(
        _ session: SMBSessionID,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        cancelCreates(into: &effects) { $0.session == session }
        abandon(opensOfSession[session] ?? [], at: now, into: &effects)
    }

    private mutating func abandon(
        _ given: [Int],
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let lost = given.filter { opens[$0].orphanedUntil == nil }
        for open in lost where opens[open].durability == nil {
            end(open, at: now, into: &effects)
        }
        for open in lost {
            guard let durability = opens[open].durability else { continue }
            abandon(open, for: durability.timeout, at: now, into: &effects)
        }
    }

    /// A durable open loses its connection; a break that its client has not answered ends it.
    private mutating func abandon(
        _ open: Int,
        for timeout: Duration,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard let right = opens[open].right, rights[right].breaking == nil,
            rights[right].state.contains(.handleCaching)
        else { return end(open, at: now, into: &effects) }
        answerWaiters(of: open, into: &effects)
        opens[open].orphanedUntil = now + timeout
        orphans.append(open)
    }

    private mutating func cancelCreates(
        into effects: inout [FileEffect],
        where isLost: (OpenOwner) -> Bool
    ) {
        let lost = waiting.filter { waiter in
            if case .create(_, _, let owner) = waiter.request { isLost(owner) } else { false }
        }
        guard !lost.isEmpty else { return }
        let tickets = lost.map(\.ticket)
        waiting.removeAll { tickets.contains($0.ticket) }
        effects += tickets.map { .answered($0, .cancelled, .nothing) }
    }

    mutating func end(_ open: Int, at now: Instant, into effects: inout [FileEffect]) {
        var later: [FileEffect] = []
        end(open, at: now, into: &effects, after: &later)
        effects += later
    }

    /// The open ends ([MS-FSA] 2.1.5.5).
    ///
    /// What waited on it is answered before the close, what its
    /// going makes possible for others comes after it.
    private mutating func end(
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect],
        after later: inout [FileEffect]
    ) {
        let ended = opens[open]
        let node = ended.node
        let asker = self.asker(open)
        answerWaiters(of: open, into: &effects)
        cancelSetInfo(ended.id, into: &effects)
        tree.nodes[node].locks.releaseAll(of: open)
        tree.nodes[node].watchers.removeAll { $0 == open }
        tree.nodes[node].opens.removeAll { $0 == open }
        tree.nodes[node].shareModes.remove(ended.access, sharing: ended.share)
        orphans.removeAll { $0 == open }
        forget(open, of: ended.owner.session)
        if ended.hasWritten, let parent = tree.nodes[node].parent {
            breakDirectory(parent, for: asker, at: now, into: &later)
        }
        leaveRight(ended.right, open: open)
        opens.remove(open, leaving: .gone)
        for ticket in tree.nodes[node].locks.grantWaiters() {
            later.append(.answered(ticket, .success, .nothing))
        }
        if ended.deletesOnClose {
            // Who caches a handle of it is told first; the close does not wait for the answers.
            let contention = Contention(lost: .handleCaching, waitsFor: [], asker: asker)
            _ = contend(contention, for: node, at: now, into: &effects)
            markDeleted(node, into: &later)
        }
        if tree.nodes[node].isDeletePending, tree.nodes[node].opens.isEmpty {
            unlink(node, for: asker, at: now, into: &later)
        }
        retry(node, at: now, into: &later)
    }

    /// Requests that wait on an open are answered when it goes.
    private mutating func answerWaiters(of open: Int, into effects: inout [FileEffect]) {
        for ticket in tree.nodes[opens[open].node].locks.takeWaiters(of: open) {
            effects.append(.answered(ticket, .rangeNotLocked, .nothing))
        }
        for ticket in opens[open].watch?.takeWaiters() ?? [] {
            effects.append(.answered(ticket, .notifyCleanup, .nothing))
        }
    }

    private mutating func cancelSetInfo(_ file: FileID, into effects: inout [FileEffect]) {
        let lost = waiting.filter { waiter in
            if case .setInfo(let request) = waiter.request { request.fileID == file } else { false }
        }
        guard !lost.isEmpty else { return }
        let tickets = lost.map(\.ticket)
        waiting.removeAll { tickets.contains($0.ticket) }
        effects += tickets.map { .answered($0, .fileClosed, .nothing) }
    }

    private mutating func leaveRight(_ right: Int?, open: Int) {
        guard let right else { return }
        rights[right].opens.removeAll { $0 == open }
        if rights[right].opens.isEmpty { removeRight(right) }
    }

    /// Nobody opens it any more; who watches it learns of it ([MS-FSA] 2.1.5.15.3).
    mutating func markDeleted(_ node: Int, into effects: inout [FileEffect]) {
        tree.nodes[node].isDeletePending = true
        for open in tree.nodes[node].watchers {
            for ticket in opens[open].watch?.takeWaiters() ?? [] {
                effects.append(.answered(ticket, .deletePending, .nothing))
            }
        }
    }

    /// The file goes, unless it is a directory in which something lies again.
    private mutating func unlink(
        _ node: Int,
        for asker: Asker,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let file = tree.nodes[node]
        guard let parent = file.parent, file.children.isEmpty else {
            tree.nodes[node].isDeletePending = false
            return
        }
        tree.remove(node)
        touchDirectory(parent, at: now)
        let filter: ChangeNotifyRequest.Filter = file.isDirectory ? .directoryName : .fileName
        note([(.removed, file.name)], in: parent, as: filter, &effects)
        breakDirectory(parent, for: asker, at: now, into: &effects)
    }

    /// An open as the one who does something.
    func asker(_ open: Int) -> Asker {
        let lease = opens[open].right.flatMap { rights[$0].leaseName }
        return Asker(
            open: open,
            lease: lease,
            parentKey: opens[open].parentKey,
            opens[open].owner
        )
    }
}
