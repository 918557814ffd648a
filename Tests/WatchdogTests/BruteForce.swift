import Primitives
import Watchdog

/// A small lock manager that really grants, and every way in which its sessions can move.
///
/// Knows nothing of graphs: a session with nothing left to wait for may finish at any time, gives
/// back what it holds, and each queue grants by its own rule. Sessions that finish in no way at
/// all are dead.
struct BruteForce: Hashable {
    struct Queued: Hashable {
        var session: Int
        var mode: WaitSnapshot.Mode
        var units: Int
    }

    struct Lock: Hashable {
        var kind: WaitSnapshot.Resource.Kind
        var units: Int
        var holders: [Queued] = []
        var queue: [Queued] = []
    }

    enum Session: Hashable {
        /// Waits at these locks; any one of them is enough.
        case waiting
        case running
        case finished
    }

    var locks: [Lock]
    var sessions: [Session]

    /// The sessions that finish in no schedule.
    func dead() -> Set<Int> {
        var start = self
        for lock in start.locks.indices { start.grant(lock) }
        var seen: Set<BruteForce> = [start]
        var stack = [start]
        var finished: Set<Int> = []
        while let state = stack.popLast() {
            for session in state.sessions.indices {
                if state.sessions[session] == .finished { finished.insert(session) }
                guard state.sessions[session] == .running else { continue }
                let next = state.finishing(session)
                if seen.insert(next).inserted { stack.append(next) }
            }
        }
        return Set(sessions.indices).subtracting(finished)
    }

    func finishing(_ session: Int) -> BruteForce {
        var next = self
        next.sessions[session] = .finished
        for lock in next.locks.indices {
            next.locks[lock].holders.removeAll { $0.session == session }
        }
        for lock in next.locks.indices { next.grant(lock) }
        return next
    }

    /// Grants from the head of the queue until the head must wait; whoever is granted leaves all
    /// other queues.
    private mutating func grant(_ lock: Int) {
        while let head = locks[lock].queue.first, canTake(head, lock) {
            locks[lock].holders.append(head)
            sessions[head.session] = .running
            for other in locks.indices {
                locks[other].queue.removeAll { $0.session == head.session }
            }
            // Leaving another queue may let those behind it go on.
            for other in locks.indices where other != lock { grant(other) }
        }
    }

    private func canTake(_ wanted: Queued, _ lock: Int) -> Bool {
        let holders = locks[lock].holders
        switch locks[lock].kind {
        case .credits, .pool:
            return holders.map(\.units).reduce(0, +) + wanted.units <= locks[lock].units
        default:
            if wanted.mode == .shared { return holders.allSatisfy { $0.mode == .shared } }
            return holders.isEmpty
        }
    }
}

extension BruteForce {
    /// A random state that such a lock manager can be in: holders are compatible, queues are not
    /// grantable at their heads.
    static func random(_ random: inout SplitMix64) -> BruteForce {
        var world = BruteForce(
            locks: (0..<Int.random(in: 1...6, using: &random)).map { _ in
                let isCounting = Int.random(in: 0..<3, using: &random) == 0
                return Lock(
                    kind: isCounting ? (Bool.random(using: &random) ? .credits : .pool) : .lock,
                    units: Int.random(in: 1...4, using: &random)
                )
            },
            sessions: Array(repeating: .running, count: Int.random(in: 1...12, using: &random))
        )
        for _ in 0..<Int.random(in: 0...24, using: &random) {
            let session = world.sessions.indices.randomElement(using: &random) ?? 0
            let lock = world.locks.indices.randomElement(using: &random) ?? 0
            let queued = world.wish(of: session, lock, &random)
            if world.locks[lock].queue.isEmpty, world.canTake(queued, lock) {
                world.locks[lock].holders.append(queued)
            }
        }
        for session in world.sessions.indices where Int.random(in: 0..<5, using: &random) > 0 {
            for _ in 0..<(Int.random(in: 0..<3, using: &random) == 0 ? 2 : 1) {
                let lock = world.locks.indices.randomElement(using: &random) ?? 0
                guard !world.locks[lock].queue.contains(where: { $0.session == session }) else {
                    continue
                }
                world.locks[lock].queue.append(world.wish(of: session, lock, &random))
                world.sessions[session] = .waiting
            }
        }
        return world
    }

    private func wish(of session: Int, _ lock: Int, _ random: inout SplitMix64) -> Queued {
        Queued(
            session: session,
            mode: Bool.random(using: &random) ? .shared : .exclusive,
            units: Int.random(in: 1...max(1, locks[lock].units - 1), using: &random)
        )
    }

    /// The same state as a host would describe it.
    func snapshot() -> WaitSnapshot {
        var snapshot = WaitSnapshot(
            source: 0,
            sourceName: "host 0",
            instant: .zero,
            sessionCount: sessions.count
        )
        for session in sessions.indices {
            _ = snapshot.add(WaitSnapshot.Party(session: SessionNumber(session)))
        }
        for (number, lock) in locks.enumerated() {
            let resource = snapshot.add(
                WaitSnapshot.Resource(
                    lock.kind,
                    className: snapshot.names.intern("L\(number)"),
                    units: Int32(lock.units)
                )
            )
            for holder in lock.holders {
                snapshot.holds.append(
                    .init(
                        party: Int32(holder.session),
                        resource: resource,
                        mode: lock.kind == .lock ? holder.mode : .unit,
                        since: .zero,
                        units: Int32(holder.units)
                    )
                )
            }
            for waiter in lock.queue {
                snapshot.waits.append(
                    .init(
                        party: Int32(waiter.session),
                        resource: resource,
                        mode: lock.kind == .lock ? waiter.mode : .unit,
                        since: .zero,
                        units: Int32(waiter.units),
                        isAlternative: true
                    )
                )
            }
        }
        return snapshot
    }
}
