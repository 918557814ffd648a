import Primitives
import TerminalServer
import Testing

/// Every client model in many orders of its steps, without bytes: it hangs as its article says, and
/// only then.
@Suite struct ModelScheduleTests {
    private func run(
        _ source: ClientModel,
        sessions: Int,
        seed: UInt64,
        links: [Int32] = [0]
    ) throws -> ScheduleRig {
        var rig = try ScheduleRig(source, sessions: sessions, script: ["open", "open"], seed: seed)
        rig.links = links
        rig.junctions = links.indices.map { Int32($0) }
        let hasEnded = rig.run()
        #expect(hasEnded)
        return rig
    }

    @Test(arguments: [(2, 1), (3, 2), (4, 1), (6, 3)])
    func `the correct client hangs in no order`(sessions: Int, junctions: Int) throws {
        let links = (0..<junctions).map { _ in Int32(0) }
        for seed in UInt64(0)..<500 {
            let rig = try run(.fixed, sessions: sessions, seed: seed, links: links)
            guard rig.stuck.isEmpty else {
                Issue.record("seed \(seed): \(rig.waits)")
                return
            }
            #expect(rig.finished.count == 2 * sessions)
        }
    }

    @Test(arguments: [2, 3, 6]) func `q260752 hangs by PKT and CONN crosswise`(
        sessions: Int
    ) throws {
        var hangs = 0
        for seed in UInt64(0)..<100 {
            let rig = try run(.q260752, sessions: sessions, seed: seed)
            guard !rig.stuck.isEmpty else { continue }
            hangs += 1
            #expect(rig.count(wanting: "CONN[0] X", holding: "PKT S") > 0, "seed \(seed)")
            #expect(rig.count(wanting: "PKT X", holding: "CONN[0] X") == 1, "seed \(seed)")
        }
        // Everybody begins with an unknown link, so nearly every order hangs.
        #expect(hangs > 75, "\(hangs) of 100")
    }

    @Test func `one session of q260752 never hangs`() throws {
        for seed in UInt64(0)..<100 {
            #expect(try run(.q260752, sessions: 1, seed: seed).stuck.isEmpty)
        }
    }

    @Test func `q260752 needs the namespace and the target on one server`() throws {
        for seed in UInt64(0)..<100 {
            #expect(try run(.q260752, sessions: 4, seed: seed, links: [1]).stuck.isEmpty)
        }
    }

    @Test func `the single flight is clean with one junction and hangs with two`() throws {
        var hangs = 0
        for seed in UInt64(0)..<100 {
            let one = try run(.q260752SingleFlight, sessions: 4, seed: seed)
            #expect(one.stuck.isEmpty, "seed \(seed): \(one.waits)")
            let two = try run(.q260752SingleFlight, sessions: 4, seed: seed, links: [0, 0])
            guard !two.stuck.isEmpty else { continue }
            hangs += 1
            #expect(two.count(wanting: "CONN[0] X", holding: "PKT S") > 0, "seed \(seed)")
            #expect(two.waits.contains { $0.contains("wants PKT X, holds REF[") }, "seed \(seed)")
        }
        #expect(hangs > 25, "\(hangs) of 100")
    }

    @Test func `kb824909 fills its pool with requests that want a second worker`() throws {
        var hangs = 0
        for seed in UInt64(0)..<100 {
            let rig = try run(.kb824909, sessions: 8, seed: seed)
            guard !rig.stuck.isEmpty else { continue }
            hangs += 1
            let inside = rig.count(wanting: "POOL.critical", holding: "POOL.critical")
            #expect(inside == 4 && rig.stuck.count == 8, "seed \(seed): \(rig.waits)")
        }
        #expect(hangs > 0)
        for seed in UInt64(0)..<100 {
            #expect(try run(.kb824909, sessions: 3, seed: seed).stuck.isEmpty)
        }
    }

    @Test func `the models without an order of locks to break come through all the same`() throws {
        for source in [ClientModel.q233082, .q268817, .kb832494, .kb841827, .cifsLockSem] {
            for seed in UInt64(0)..<50 {
                let rig = try run(source, sessions: 4, seed: seed, links: [0, 1])
                #expect(rig.stuck.isEmpty, "\(source.name), seed \(seed): \(rig.waits)")
            }
        }
    }

    @Test func `the same seed gives the same order`() throws {
        for source in ClientModel.all {
            let first = try run(source, sessions: 4, seed: 7)
            let second = try run(source, sessions: 4, seed: 7)
            #expect(first.machine == second.machine && first.sent == second.sent)
        }
    }
}
