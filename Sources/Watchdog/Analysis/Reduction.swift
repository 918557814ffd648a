/// Who can still move: reduction of the wait-for graph.
///
/// Repeat: a party that needs nothing more moves on and gives back what it holds. What is left
/// over is dead in every future, whatever the others do. Locks queue FIFO and fair, a counting
/// resource gives units in queue order, any one of several alternatives is enough. Nothing is
/// taken away again, so the order in which parties move does not matter, and one pass over the
/// arrays does it.
struct Reduction {
    /// What is believed of those whom nobody here can move.
    struct Beliefs: Hashable {
        /// An indefinite request ends some day, and somebody outside gives back.
        var quietMove: Bool
        /// A wait with a deadline ends then.
        var timersFire: Bool
        /// A party whose operation is cancelled, so that it needs nothing more; -1 for none.
        var cancelled: Int32 = -1
    }

    /// By party.
    private(set) var isLive: [Bool]
    /// By party: it waits for something that may never come by right, and nothing in view
    /// would bring it.
    private(set) var isIndefinite: [Bool]
    /// By wait.
    private(set) var isSatisfied: [Bool]
    /// Waits that could be granted at once, though nobody has moved: normally none.
    private(set) var grantable: [Int32] = []
    private(set) var deadCount = 0

    private var need: [Int32]
    private var hasAlternatives: [Bool]
    private var alternativeDone: [Bool]
    private var resources: [Tally] = []
    private var blockersLeft: [Int32] = []
    private var moving: [Int32] = []
    private var isStarting = true

    /// What is left of a resource's holders, and how far its queues have come.
    private struct Tally {
        var holdersLeft: Int32 = 0
        var exclusiveLeft: Int32 = 0
        var available: Int32 = 0
        var overtakersDone = false
        var reserved = Progress()
        var ordinary = Progress()
    }

    /// The first waiter that has not moved on, and the first that has not been granted.
    private struct Progress {
        var unmoved = 0
        var ungranted = 0
    }

    /// Never moves, whatever happens.
    private static let never: Int32 = 1 << 30

    init(_ snapshot: WaitSnapshot, _ index: WaitIndex, _ beliefs: Beliefs) {
        let parties = snapshot.parties.count
        isLive = [Bool](repeating: false, count: parties)
        isIndefinite = [Bool](repeating: false, count: parties)
        isSatisfied = [Bool](repeating: false, count: snapshot.waits.count)
        need = [Int32](repeating: 0, count: parties)
        hasAlternatives = [Bool](repeating: false, count: parties)
        alternativeDone = [Bool](repeating: false, count: parties)
        countHolds(snapshot, index)
        countWaits(snapshot, index, beliefs)
        if beliefs.cancelled >= 0, beliefs.cancelled < parties {
            need[Int(beliefs.cancelled)] = 0
        }
        for party in 0..<parties where need[party] == 0 { moving.append(Int32(party)) }
        for resource in snapshot.resources.indices { advance(resource, snapshot, index) }
        isStarting = false
        satisfyAnswers(snapshot, index)
        while let party = moving.popLast() { move(Int(party), snapshot, index) }
        deadCount = 0
        for party in 0..<parties where isDead(party) { deadCount += 1 }
    }

    /// A victim: it can never move, and is not one of those who may wait for ever by right.
    @inline(__always)
    func isDead(_ party: Int) -> Bool { !isLive[party] && need[party] < Self.never }

    /// It never gives back what it holds, by the beliefs of this reduction.
    @inline(__always)
    func isQuiet(_ party: Int) -> Bool { need[party] >= Self.never }
}

/// The beginning.
extension Reduction {
    private mutating func countHolds(_ snapshot: WaitSnapshot, _ index: WaitIndex) {
        resources.reserveCapacity(snapshot.resources.count)
        for resource in snapshot.resources.indices {
            var tally = Tally()
            let queue = index.queueOfResource[resource]
            let isCounting = snapshot.resources[resource].kind.isCounting
            let ordinary = isCounting ? Int(index.ordinary[resource]) : queue.lowerBound
            tally.reserved = Progress(unmoved: queue.lowerBound, ungranted: queue.lowerBound)
            tally.ordinary = Progress(unmoved: ordinary, ungranted: ordinary)
            tally.available = snapshot.resources[resource].units
            for place in index.holdsOfResource[resource] {
                let hold = Int(index.holdsOfResource.items[place])
                tally.holdersLeft += 1
                if snapshot.holds[hold].mode == .exclusive { tally.exclusiveLeft += 1 }
                tally.available -= snapshot.holds[hold].units
            }
            resources.append(tally)
        }
        guard let blockers = index.blockersOfWait else { return }
        blockersLeft = snapshot.waits.indices.map { Int32(blockers[$0].count) }
    }

    private mutating func countWaits(
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        _ beliefs: Beliefs
    ) {
        for wait in snapshot.waits.indices where index.waitParty[wait] >= 0 {
            countWait(wait, Int(index.waitParty[wait]), snapshot, index, beliefs)
        }
        for party in snapshot.parties.indices {
            switch snapshot.parties[party].state {
            case .ended: need[party] = Self.never
            case .outside: if !beliefs.quietMove { need[party] = Self.never }
            case .alive:
                if isIndefinite[party], need[party] > 0, !beliefs.quietMove {
                    need[party] = Self.never
                }
            }
        }
    }

    private mutating func countWait(
        _ wait: Int,
        _ party: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex,
        _ beliefs: Beliefs
    ) {
        let isAlternative = snapshot.waits[wait].isAlternative
        var ends = beliefs.timersFire && !snapshot.waits[wait].deadline.isNever
        if snapshot.waits[wait].isIndefinite, !isAlternative, !isBrought(wait, snapshot, index) {
            isIndefinite[party] = true
            ends = ends || beliefs.quietMove
        }
        guard isAlternative else {
            if ends { isSatisfied[wait] = true } else { need[party] += 1 }
            return
        }
        // The first of several alternatives counts for all of them.
        if !hasAlternatives[party] {
            hasAlternatives[party] = true
            need[party] += 1
        }
        guard ends else { return }
        isSatisfied[wait] = true
        if !alternativeDone[party] {
            alternativeDone[party] = true
            need[party] -= 1
        }
    }

    /// Whether somebody in view will end this wait by moving.
    private func isBrought(_ wait: Int, _ snapshot: WaitSnapshot, _ index: WaitIndex) -> Bool {
        if snapshot.server(ofWait: wait) >= 0 { return true }
        let resource = Int(snapshot.waits[wait].resource)
        switch snapshot.resources[resource].kind {
        case .answer: return false
        case .ranges: return index.blockersOfWait?[wait].isEmpty == false
        case .lock, .credits, .pool, .marker, .leaseBreak:
            return !index.holdsOfResource[resource].isEmpty
        }
    }
}

/// The middle: one party after another moves on.
extension Reduction {
    /// A request out of view is answered some day; that is for the evidence rules to doubt.
    private mutating func satisfyAnswers(_ snapshot: WaitSnapshot, _ index: WaitIndex) {
        for wait in snapshot.waits.indices where index.isAnsweredOutside[wait] {
            satisfy(wait, snapshot)
        }
    }

    private mutating func move(_ party: Int, _ snapshot: WaitSnapshot, _ index: WaitIndex) {
        isLive[party] = true
        for place in index.holdsOfParty[party] {
            let hold = Int(index.holdsOfParty.items[place])
            let resource = Int(snapshot.holds[hold].resource)
            resources[resource].holdersLeft -= 1
            if snapshot.holds[hold].mode == .exclusive { resources[resource].exclusiveLeft -= 1 }
            resources[resource].available += snapshot.holds[hold].units
            if snapshot.resources[resource].kind == .ranges {
                giveBack(hold, snapshot, index)
            } else {
                advance(resource, snapshot, index)
            }
        }
        for place in index.waitsOfParty[party] {
            let wait = Int(index.waitsOfParty.items[place])
            let resource = Int(snapshot.waits[wait].resource)
            if snapshot.resources[resource].kind != .answer {
                advance(resource, snapshot, index)
            }
        }
        guard let served = index.waitsServedByParty else { return }
        for place in served[party] { satisfy(Int(served.items[place]), snapshot) }
    }

    private mutating func giveBack(_ hold: Int, _ snapshot: WaitSnapshot, _ index: WaitIndex) {
        guard let waits = index.waitsOfBlocker else { return }
        for place in waits[hold] {
            let wait = Int(waits.items[place])
            blockersLeft[wait] -= 1
            if blockersLeft[wait] == 0 { satisfy(wait, snapshot) }
        }
    }

    private mutating func satisfy(_ wait: Int, _ snapshot: WaitSnapshot) {
        guard !isSatisfied[wait] else { return }
        isSatisfied[wait] = true
        if isStarting { grantable.append(Int32(wait)) }
        let party = Int(snapshot.waits[wait].party)
        guard need[party] > 0, need[party] < Self.never else { return }
        if snapshot.waits[wait].isAlternative {
            if alternativeDone[party] { return }
            alternativeDone[party] = true
        }
        need[party] -= 1
        if need[party] == 0 { moving.append(Int32(party)) }
    }

    private mutating func advance(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) {
        guard !index.queueOfResource[resource].isEmpty else { return }
        switch snapshot.resources[resource].kind {
        case .lock: advanceLock(resource, snapshot, index)
        case .credits, .pool:
            advanceUnits(resource, isReserved: true, snapshot, index)
            advanceUnits(resource, isReserved: false, snapshot, index)
        case .marker, .leaseBreak:
            if resources[resource].holdersLeft == 0 { satisfyAll(resource, snapshot, index) }
        case .ranges:
            guard isStarting else { return }
            for place in index.queueOfResource[resource] {
                let wait = Int(index.queueOfResource.items[place])
                let isLocal = !index.isAnsweredOutside[wait]
                if blockersLeft[wait] == 0, isLocal { satisfy(wait, snapshot) }
            }
        case .answer: break
        }
    }

    private mutating func satisfyAll(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) {
        let queue = index.queueOfResource[resource]
        guard resources[resource].ordinary.ungranted < queue.upperBound else { return }
        resources[resource].ordinary.ungranted = queue.upperBound
        for place in queue {
            let wait = Int(index.queueOfResource.items[place])
            if !index.isAnsweredOutside[wait] { satisfy(wait, snapshot) }
        }
    }
}

/// Queues.
extension Reduction {
    private mutating func advanceUnits(
        _ resource: Int,
        isReserved: Bool,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) {
        let end =
            isReserved
            ? Int(index.ordinary[resource]) : index.queueOfResource[resource].upperBound
        let kept = isReserved ? 0 : snapshot.resources[resource].reserve
        var place =
            isReserved
            ? resources[resource].reserved.unmoved : resources[resource].ordinary.unmoved
        while place < end {
            let wait = Int(index.queueOfResource.items[place])
            if isLive[Int(snapshot.waits[wait].party)] {
                place += 1
                continue
            }
            if resources[resource].available >= snapshot.waits[wait].units + kept {
                satisfy(wait, snapshot)
            }
            break
        }
        if isReserved {
            resources[resource].reserved.unmoved = place
        } else {
            resources[resource].ordinary.unmoved = place
        }
    }

    private mutating func advanceLock(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) {
        let end = index.queueOfResource[resource].upperBound
        var progress = resources[resource].ordinary
        while true {
            while progress.unmoved < end, isPassed(progress.unmoved, snapshot, index) {
                progress.unmoved += 1
            }
            progress.ungranted = max(progress.ungranted, progress.unmoved)
            guard progress.ungranted < end,
                isGrantable(progress, resource, snapshot, index)
            else { break }
            let wait = Int(index.queueOfResource.items[progress.ungranted])
            if snapshot.waits[wait].mode != .pass { satisfy(wait, snapshot) }
            progress.ungranted += 1
        }
        resources[resource].ordinary = progress
        if index.hasOvertakers, resources[resource].exclusiveLeft == 0 {
            satisfyOvertakers(resource, snapshot, index)
        }
    }

    /// In nobody's way any more: it has moved on, or it takes nothing.
    private func isPassed(_ place: Int, _ snapshot: WaitSnapshot, _ index: WaitIndex) -> Bool {
        let wait = Int(index.queueOfResource.items[place])
        return isLive[Int(snapshot.waits[wait].party)] || snapshot.waits[wait].mode == .pass
    }

    /// A run of shared at the front is granted together; an exclusive one must be alone.
    private func isGrantable(
        _ progress: Progress,
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) -> Bool {
        let wait = Int(index.queueOfResource.items[progress.ungranted])
        let first = Int(index.queueOfResource.items[progress.unmoved])
        switch snapshot.waits[wait].mode {
        case .pass: return true
        case .shared, .sharedStarvingExclusive, .unit:
            let isBehindExclusive =
                progress.unmoved < progress.ungranted && snapshot.waits[first].mode.isAlone
            return resources[resource].exclusiveLeft == 0 && !isBehindExclusive
        case .exclusive:
            return progress.unmoved == progress.ungranted && resources[resource].holdersLeft == 0
        case .upgrade:
            let party = Int(snapshot.waits[wait].party)
            let own = index.holdsOfParty[party].count {
                Int(snapshot.holds[Int(index.holdsOfParty.items[$0])].resource) == resource
            }
            return progress.unmoved == progress.ungranted
                && Int(resources[resource].holdersLeft) == own
        }
    }

    /// Those who do not queue: they wait for exclusive holders only.
    private mutating func satisfyOvertakers(
        _ resource: Int,
        _ snapshot: WaitSnapshot,
        _ index: WaitIndex
    ) {
        guard !resources[resource].overtakersDone else { return }
        resources[resource].overtakersDone = true
        for place in index.queueOfResource[resource] {
            let wait = Int(index.queueOfResource.items[place])
            switch snapshot.waits[wait].mode {
            case .pass, .sharedStarvingExclusive: satisfy(wait, snapshot)
            case .shared, .exclusive, .unit, .upgrade: break
            }
        }
    }
}

extension WaitSnapshot.Mode {
    /// Tolerates nobody beside it.
    @inline(__always)
    var isAlone: Bool { self == .exclusive || self == .upgrade }
}

extension WaitSnapshot.Resource.Kind {
    /// Equal units of which any one will do.
    @inline(__always)
    var isCounting: Bool { self == .credits || self == .pool }
}
