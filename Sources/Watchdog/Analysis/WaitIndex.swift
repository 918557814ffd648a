/// Who holds what and who queues where, as look-ups over a snapshot's arrays.
///
/// Entries that name a party or a resource that is not there are left out: a snapshot comes from
/// elsewhere and must not be able to trap the watchdog.
struct WaitIndex {
    let holdsOfParty: Rows
    let waitsOfParty: Rows
    let holdsOfResource: Rows
    /// In queue order; waits that may use the reserve come first.
    let queueOfResource: Rows
    /// Where in a resource's queue those begin that may not use the reserve.
    let ordinary: [Int32]
    /// For a byte range wait: the holds that it conflicts with; and the same turned round.
    let blockersOfWait: Rows?
    let waitsOfBlocker: Rows?
    /// Some wait for a lock without queueing for it.
    let hasOvertakers: Bool
    /// By wait: its party, or -1 for a wait that is left out.
    let waitParty: [Int32]
    /// Per party: the waits whose request is in its hands.
    let waitsServedByParty: Rows?

    /// By wait: an answer that nobody in view brings is awaited.
    let isAnsweredOutside: [Bool]

    init(_ snapshot: WaitSnapshot) {
        let parties = snapshot.parties.count
        let resources = snapshot.resources.count
        var holdParty: [Int32] = []
        var holdResource: [Int32] = []
        holdParty.reserveCapacity(snapshot.holds.count)
        holdResource.reserveCapacity(snapshot.holds.count)
        for hold in snapshot.holds {
            let isSound =
                Self.isSound(hold.party, parties) && Self.isSound(hold.resource, resources)
            holdParty.append(isSound ? hold.party : -1)
            holdResource.append(isSound ? hold.resource : -1)
        }
        var waitParty: [Int32] = []
        var waitResource: [Int32] = []
        waitParty.reserveCapacity(snapshot.waits.count)
        waitResource.reserveCapacity(snapshot.waits.count)
        for wait in snapshot.waits {
            let isSound =
                Self.isSound(wait.party, parties) && Self.isSound(wait.resource, resources)
            waitParty.append(isSound ? wait.party : -1)
            waitResource.append(isSound ? wait.resource : -1)
        }
        holdsOfParty = Rows(rows: parties, of: holdParty)
        holdsOfResource = Rows(rows: resources, of: holdResource)
        waitsOfParty = Rows(rows: parties, of: waitParty)
        var queues = Rows(rows: resources, of: waitResource)
        ordinary = Self.order(&queues, snapshot)
        queueOfResource = queues
        (blockersOfWait, waitsOfBlocker) = Self.conflicts(snapshot, queues, holdsOfResource)
        waitsServedByParty = Self.served(snapshot)
        isAnsweredOutside = Self.outside(snapshot, waitResource, holdsOfResource, blockersOfWait)
        self.waitParty = waitParty
        hasOvertakers = snapshot.waits.contains {
            $0.mode == .pass || $0.mode == .sharedStarvingExclusive
        }
    }

    @inline(__always)
    private static func isSound(_ index: Int32, _ count: Int) -> Bool {
        index >= 0 && Int(index) < count
    }

    private static func outside(
        _ snapshot: WaitSnapshot,
        _ resources: [Int32],
        _ holds: Rows,
        _ blockers: Rows?
    ) -> [Bool] {
        var outside: [Bool] = []
        outside.reserveCapacity(resources.count)
        for (wait, resource) in resources.enumerated() {
            guard resource >= 0, snapshot.server(ofWait: wait) < 0 else {
                outside.append(false)
                continue
            }
            switch snapshot.resources[Int(resource)].kind {
            case .answer: outside.append(true)
            case .ranges:
                let isBlocked = blockers.map { !$0[wait].isEmpty } ?? false
                outside.append(snapshot.waits[wait].request >= 0 && !isBlocked)
            case .lock, .credits, .pool, .marker, .leaseBreak:
                let isHeld = !holds[Int(resource)].isEmpty
                outside.append(snapshot.waits[wait].request >= 0 && !isHeld)
            }
        }
        return outside
    }

    /// Sorts only what does not come in order.
    private static func order(_ queues: inout Rows, _ snapshot: WaitSnapshot) -> [Int32] {
        func precedes(_ one: Int32, _ other: Int32) -> Bool {
            let first = snapshot.waits[Int(one)]
            let second = snapshot.waits[Int(other)]
            if first.usesReserve != second.usesReserve { return first.usesReserve }
            if first.place != second.place { return first.place < second.place }
            return one < other
        }
        var ordinary: [Int32] = []
        ordinary.reserveCapacity(queues.rowCount)
        for resource in 0..<queues.rowCount {
            let row = queues[resource]
            var isSorted = true
            for place in row.dropFirst()
            where precedes(queues.items[place], queues.items[place - 1]) {
                isSorted = false
                break
            }
            if !isSorted { queues.sort(resource, by: precedes) }
            var first = row.lowerBound
            while first < row.upperBound,
                snapshot.waits[Int(queues.items[first])].usesReserve
            { first += 1 }
            ordinary.append(Int32(first))
        }
        return ordinary
    }

    private static func served(_ snapshot: WaitSnapshot) -> Rows? {
        guard snapshot.requests.contains(where: { $0.servedBy >= 0 }) else { return nil }
        return Rows(
            rows: snapshot.parties.count,
            of: snapshot.waits.indices.map { Int32(snapshot.server(ofWait: $0)) }
        )
    }
}

extension WaitSnapshot {
    /// The party in whose hands the wait's request is, or -1.
    @inline(__always)
    func server(ofWait wait: Int) -> Int {
        let request = Int(waits[wait].request)
        guard request >= 0, request < requests.count else { return -1 }
        let party = Int(requests[request].servedBy)
        return party < parties.count ? party : -1
    }

    @inline(__always)
    func range(_ index: Int32) -> ByteRange {
        // A range that is not said is the whole file.
        ranges.indices.contains(Int(index))
            ? ranges[Int(index)] : ByteRange(offset: 0, length: .max)
    }
}

/// Which byte ranges are in each other's way.
extension WaitIndex {
    /// Two exclusive, or one of each, that overlap; a session's own range counts: SMB ranges are
    /// not recursive.
    private static func conflicts(
        _ snapshot: WaitSnapshot,
        _ queues: Rows,
        _ holders: Rows
    ) -> (Rows?, Rows?) {
        var waits: [Int32] = []
        var holds: [Int32] = []
        var isAny = false
        for resource in snapshot.resources.indices
        where snapshot.resources[resource].kind == .ranges {
            isAny = true
            let held = SortedRanges(snapshot, holders.items[holders[resource]])
            for wait in queues.items[queues[resource]] {
                held.appendConflicts(of: wait, snapshot, &waits, &holds)
            }
        }
        guard isAny else { return (nil, nil) }
        return (
            Rows(rows: snapshot.waits.count, from: waits, to: holds),
            Rows(rows: snapshot.holds.count, from: holds, to: waits)
        )
    }
}

/// The held ranges of one file by offset, with the greatest end so far: a wait looks only at
/// those that can reach it.
private struct SortedRanges {
    private var holds: [Int32] = []
    private var ends: [UInt64] = []

    init(_ snapshot: WaitSnapshot, _ held: ArraySlice<Int32>) {
        holds = held.sorted {
            let one = snapshot.range(snapshot.holds[Int($0)].range).offset
            let other = snapshot.range(snapshot.holds[Int($1)].range).offset
            return one == other ? $0 < $1 : one < other
        }
        var end: UInt64 = 0
        for hold in holds {
            end = max(end, snapshot.range(snapshot.holds[Int(hold)].range).end)
            ends.append(end)
        }
    }

    func appendConflicts(
        of wait: Int32,
        _ snapshot: WaitSnapshot,
        _ waits: inout [Int32],
        _ found: inout [Int32]
    ) {
        let wanted = snapshot.range(snapshot.waits[Int(wait)].range)
        let isShared = snapshot.waits[Int(wait)].mode == .shared
        var place = countBefore(wanted.end, snapshot) - 1
        while place >= 0, ends[place] > wanted.offset {
            let hold = snapshot.holds[Int(holds[place])]
            if snapshot.range(hold.range).overlaps(wanted), !(isShared && hold.mode == .shared) {
                waits.append(wait)
                found.append(holds[place])
            }
            place -= 1
        }
    }

    /// How many begin before `end`.
    private func countBefore(_ end: UInt64, _ snapshot: WaitSnapshot) -> Int {
        var low = 0
        var high = holds.count
        while low < high {
            let middle = (low + high) / 2
            if snapshot.range(snapshot.holds[Int(holds[middle])].range).offset < end {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
