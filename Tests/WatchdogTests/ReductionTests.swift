import Primitives
import Testing
import Watchdog

@Suite struct ReductionTests {
    /// Mutexes, RW locks, counting resources of several units, waits for any of several, held
    /// twice, waited for by oneself: up to 12 sessions, in every order in which they can move.
    @Test(arguments: 0..<40) func `reduction finds exactly those that no schedule frees`(
        block: Int
    ) {
        for seed in 0..<50 {
            var random = SplitMix64(seed: UInt64(block * 50 + seed))
            let world = BruteForce.random(&random)
            let dead = world.dead()
            let diagnosis = Diagnosis(world.snapshot())
            #expect(diagnosis.deadCount == dead.count, "seed \(block * 50 + seed)")
            var found: Set<Int> = []
            for finding in diagnosis.findings where finding.verdict.isOfTheDead {
                found.formUnion((finding.members + finding.behind).map { Int($0) })
            }
            #expect(found == dead, "seed \(block * 50 + seed)")
        }
    }

    @Test(arguments: 0..<10) func `every ring that is shown is one`(block: Int) {
        for seed in 0..<50 {
            var random = SplitMix64(seed: UInt64(1_000_000 + block * 50 + seed))
            let world = BruteForce.random(&random)
            let diagnosis = Diagnosis(world.snapshot())
            for finding in diagnosis.findings where !finding.cycle.isEmpty {
                for (place, party) in finding.cycle.enumerated() {
                    let next = finding.cycle[(place + 1) % finding.cycle.count]
                    #expect(
                        world.waits(Int(party), for: Int(next)),
                        "seed \(1_000_000 + block * 50 + seed)"
                    )
                }
            }
        }
    }

    @Test func `some random worlds are dead and some are not`() {
        var random = SplitMix64(seed: 1)
        let counts = (0..<200).map { _ in BruteForce.random(&random).dead().count }
        #expect(counts.contains(0))
        #expect(counts.contains { $0 > 2 })
    }
}

extension Verdict {
    /// Follows from the reduction, not from age or progress.
    var isOfTheDead: Bool {
        switch self {
        case .deadlock, .temporaryDeadlock, .creditExhaustion, .poolExhaustion, .orphanedLock: true
        default: false
        }
    }
}

extension BruteForce {
    /// Whether `next` holds what `session` waits for, or stands before it in a queue.
    func waits(_ session: Int, for next: Int) -> Bool {
        locks.contains { lock in
            guard let place = lock.queue.firstIndex(where: { $0.session == session }) else {
                return false
            }
            return lock.holders.contains { $0.session == next }
                || lock.queue[..<place].contains { $0.session == next }
        }
    }
}
