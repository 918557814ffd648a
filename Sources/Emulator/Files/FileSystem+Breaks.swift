internal import Primitives
internal import SMBWire

/// Who does what others' caches must not hide.
struct Asker: Hashable, Sendable {
    /// Index of its open; nil while it has none.
    var open: Int?
    /// Its own lease is never broken by it.
    var lease: LeaseName?
    /// The key of the directory lease that it leaves alone ([MS-SMB2] 2.2.13.2.10).
    var parentLease: LeaseName?

    init(open: Int?, lease: LeaseName?, parentKey: GUID?, _ owner: OpenOwner) {
        self.open = open
        self.lease = lease
        parentLease = parentKey.map { LeaseName(client: owner.clientGUID, key: $0) }
    }
}

/// What an operation takes from the caches of others ([MS-FSA] 2.1.4.12).
struct Contention: Hashable, Sendable {
    var lost: LeaseState
    /// Rights with any of it must be given back before the operation goes on.
    var waitsFor: LeaseState
    var asker: Asker
    /// What the open asks for, since attributes alone break nothing; nil for what is no open.
    var access: AccessMask?
    /// Whether it has waited before: then it lets every break that is under way come to its end.
    var isRetry = false
    /// Whether even the asker's own level II goes: it has no key by which to spare it.
    var breaksOwnLevelII = false
}

extension FileSystem {
    /// Breaks what stands against an operation; true when it must wait for acknowledgements.
    mutating func contend(
        _ contention: Contention,
        for node: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Bool {
        var mustWait = false
        for index in tree.nodes[node].rights where concerns(contention, right: index, on: node) {
            let lost = rights[index].remainder(losing: contention.lost)
            if rights[index].breaking != nil {
                rights[index].breaking?.required.formIntersection(lost)
            } else if lost == rights[index].state {
                continue
            } else if isOrphaned(index) {
                // Its client cannot answer: the durable opens end here.
                for open in rights[index].opens { end(open, at: now, into: &effects) }
                continue
            } else {
                startBreak(index, to: lost, at: now, into: &effects)
            }
            guard rights[index].breaking != nil else { continue }
            let isInTheWay = !rights[index].state.isDisjoint(with: contention.waitsFor)
            if isInTheWay || contention.isRetry { mustWait = true }
        }
        return mustWait
    }

    private func concerns(_ contention: Contention, right index: Int, on node: Int) -> Bool {
        let right = rights[index]
        // A break before this one may have ended opens, and their rights with them.
        guard right.node == node, !right.state.isEmpty else { return false }
        if let name = right.leaseName {
            if name == contention.asker.lease { return false }
        } else if let open = contention.asker.open, right.opens == [open] {
            return contention.breaksOwnLevelII && right.state == .readCaching
        }
        guard let access = contention.access else { return true }
        // Reading the security descriptor disturbs oplocks, but no lease.
        let harmless: AccessMask =
            right.leaseName == nil ? .attributesOnly : .attributesOnly.union(.readControl)
        return !access.isSubset(of: harmless)
    }

    private func isOrphaned(_ index: Int) -> Bool {
        rights[index].opens.allSatisfy { opens[$0].orphanedUntil != nil }
    }

    private mutating func startBreak(
        _ index: Int,
        to target: LeaseState,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        rights[index].epoch &+= 1
        notify(index, of: target, at: now, required: target, into: &effects)
    }

    /// Tells the owner.
    ///
    /// Who only reads need not answer; the others have until the limit.
    private mutating func notify(
        _ index: Int,
        of target: LeaseState,
        at now: Instant,
        required: LeaseState,
        into effects: inout [FileEffect]
    ) {
        let right = rights[index]
        guard let first = right.opens.first(where: { opens[$0].orphanedUntil == nil }) else {
            return
        }
        let mustAnswer = right.state != .readCaching
        effects.append(.broke(opens[first].owner, notification(right, first, target, mustAnswer)))
        guard mustAnswer else {
            rights[index].breaking = nil
            settle(index, at: target)
            return
        }
        rights[index].breaking = CachingRight.Break(
            target: target,
            required: required,
            since: now,
            deadline: now + breakLimit
        )
        if !breaking.contains(index) { breaking.append(index) }
    }

    private func notification(
        _ right: CachingRight,
        _ open: Int,
        _ target: LeaseState,
        _ mustAnswer: Bool
    ) -> OplockBreak {
        guard let name = right.leaseName else {
            return .oplock(level: CachingRight.level(of: target), fileID: opens[open].id)
        }
        return .leaseNotification(
            LeaseBreakNotification(
                newEpoch: right.isVersion2 ? right.epoch : 0,
                requiresAcknowledgement: mustAnswer,
                key: name.key,
                currentState: right.state,
                newState: target
            )
        )
    }

    /// The right has another state now; an oplock of level none is no right any more.
    private mutating func settle(_ index: Int, at state: LeaseState) {
        rights[index].state = state
        if rights[index].leaseName == nil, state.isEmpty { removeRight(index) }
    }

    mutating func removeRight(_ index: Int) {
        let right = rights[index]
        for open in right.opens { opens[open].right = nil }
        tree.nodes[right.node].rights.removeAll { $0 == index }
        breaking.removeAll { $0 == index }
        if let name = right.leaseName { leases[name] = nil }
        let none = CachingRight(form: .oplock, node: 0, opens: [], state: [])
        rights.remove(index, leaving: none)
    }

    /// The holder keeps `state`, a part of what it was offered ([MS-SMB2] 3.3.5.22).
    ///
    /// More may have been asked meanwhile: then handles and writes go first, the rest after that.
    mutating func acknowledged(
        _ index: Int,
        keeping state: LeaseState,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard let broken = rights[index].breaking else { return }
        let node = rights[index].node
        rights[index].state = state
        let rest = state.intersection(broken.required)
        if rest != state {
            let next = state == .readCaching ? rest : rest.union(.readCaching)
            notify(index, of: next, at: now, required: broken.required, into: &effects)
            if rightIsBreaking(index, of: node) { return }
        } else {
            rights[index].breaking = nil
            breaking.removeAll { $0 == index }
            settle(index, at: state)
        }
        breaking.removeAll { $0 == index }
        retry(node, at: now, into: &effects)
    }

    private func rightIsBreaking(_ index: Int, of node: Int) -> Bool {
        tree.nodes[node].rights.contains(index) && rights[index].breaking != nil
    }

    /// The limit has passed: the right counts as given up ([MS-SMB2] 3.3.6.1, 3.3.6.5).
    mutating func expireBreak(_ index: Int, at now: Instant, into effects: inout [FileEffect]) {
        let node = rights[index].node
        rights[index].breaking = nil
        breaking.removeAll { $0 == index }
        settle(index, at: [])
        retry(node, at: now, into: &effects)
    }

    /// Leases on a directory do not outlive a change of what is in it.
    mutating func breakDirectory(
        _ directory: Int,
        for asker: Asker,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        guard !tree.nodes[directory].rights.isEmpty else { return }
        var parent = asker
        parent.open = nil
        parent.lease = asker.parentLease
        let contention = Contention(
            lost: [.readCaching, .handleCaching],
            waitsFor: [],
            asker: parent
        )
        _ = contend(contention, for: directory, at: now, into: &effects)
    }
}
