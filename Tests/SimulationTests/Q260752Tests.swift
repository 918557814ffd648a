import Primitives
import Simulation
import TerminalServer
import Testing
import Watchdog

@Suite struct Q260752Tests {
    private func world(
        _ model: ClientModel = .q260752,
        sessions: Int,
        links: [String] = ["\\\\ns1\\data"],
        seed: UInt64 = 1
    ) -> World {
        var world = ModelWorld()
        world.model = model
        world.sessions = sessions
        world.links = links
        world.seed = seed
        world.script = ModelWorld.opening(links.indices.map { "j\($0)\\f\($0).txt" })
        return world.run()
    }

    @Test(arguments: [2, 3, 8, 50])
    func `two or more clients of one junction deadlock`(sessions: Int) throws {
        let world = world(sessions: sessions)
        let hang = try #require(world.hangs.first)
        #expect(hang.verdict == .deadlock)
        #expect(hang.isProved)
        #expect(hang.isPermanent)
        #expect(hang.cycle.count == 2)
        let wanted = Set(hang.cycle.flatMap(\.wants).map(\.resource))
        #expect(wanted == ["PKT", "CONN[ns1]"])
        #expect(hang.instant.nanoseconds(since: hang.closedAt) < 1_000_000_000)
    }

    @Test func `everybody else piles up behind`() throws {
        let world = world(sessions: 50)
        let last = try #require(
            world.sightings.compactMap { sighting -> Hang? in
                switch sighting.effect {
                case .found(let hang), .grew(let hang): hang
                default: nil
                }
            }.last
        )
        #expect(last.component.count + last.behind.count == 50)
    }

    @Test(arguments: UInt64(1)...20) func `one client never hangs`(seed: UInt64) {
        let world = world(sessions: 1, seed: seed)
        #expect(world.hangs.isEmpty)
        #expect(world.hosts[0].outcome == .completed)
    }

    @Test(arguments: UInt64(1)...20)
    func `with the target on another server nothing hangs`(seed: UInt64) {
        let world = world(sessions: 8, links: ["\\\\fs1\\data"], seed: seed)
        #expect(world.hangs.isEmpty)
        #expect(world.hosts[0].outcome == .completed)
    }

    @Test func `the single flight is clean with one junction`() {
        for seed in UInt64(1)...20 {
            let world = world(.q260752SingleFlight, sessions: 8, seed: seed)
            #expect(world.hangs.isEmpty, "seed \(seed)")
            #expect(world.hosts[0].outcome == .completed, "seed \(seed)")
        }
    }

    @Test func `the single flight follows an interlink to another junction's flight`() {
        let links = ["\\\\ns1\\dfs\\j1", "\\\\fs1\\data"]
        for seed in UInt64(1)...40 {
            let world = world(.q260752SingleFlight, sessions: 8, links: links, seed: seed)
            #expect(world.hangs.isEmpty, "seed \(seed)")
            #expect(world.hosts[0].outcome == .completed, "seed \(seed)")
        }
    }

    @Test func `the single flight deadlocks with two junctions`() throws {
        let two = ["\\\\ns1\\data", "\\\\ns1\\data"]
        let hang = try #require(
            world(.q260752SingleFlight, sessions: 8, links: two).hangs.first
        )
        #expect(hang.verdict == .deadlock)
        #expect(hang.cycle.count == 2)
    }

    @Test(arguments: UInt64(1)...20) func `the correct client does not hang`(seed: UInt64) {
        let two = ["\\\\ns1\\data", "\\\\ns1\\data"]
        let world = world(.fixed, sessions: 8, links: two, seed: seed)
        #expect(world.hangs.isEmpty)
        #expect(world.hosts[0].outcome == .completed)
    }

    @Test func `breaking the ring lets the others go on`() {
        var world = ModelWorld()
        world.model = .q260752
        world.sessions = 6
        world.onHang = .break
        world.script = ModelWorld.opening(["j0\\f0.txt"])
        let broken = world.run()
        #expect(broken.verdicts.contains(.deadlock))
        #expect(broken.hosts[0].outcome == .completed)
    }
}
