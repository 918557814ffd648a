import Primitives
import Testing
import Watchdog

/// Hosts and an emulator, read at different instants.
@Suite struct JoinTests {
    private static let sources = [
        Watchdog.Source(number: 0, name: "host 0"), Watchdog.Source(number: 1, name: "host 1"),
    ]

    /// Session `number` of one host holds one range and waits for the other's.
    private func host(
        _ source: Int,
        session number: Int,
        holds held: String,
        wants wanted: String,
        generation: UInt32 = 1
    ) -> Scene {
        var scene = Scene(source: source, "host \(source)", sessions: 5)
        for file in ["a", "b"] { scene.resource("RANGE[\(file)]", .ranges, isShared: true) }
        scene.holds(number, "RANGE[\(held)]", generation: generation)
        scene.waits(number, "RANGE[\(wanted)]", generation: generation, isIndefinite: true)
        return scene
    }

    private func found(
        _ watchdog: inout Watchdog,
        _ scenes: [Scene],
        at seconds: Double
    ) -> [Hang] {
        var effects: [Watchdog.Effect] = []
        watchdog.look(at: Scene.instant(seconds), into: &effects)
        for scene in scenes {
            watchdog.received(scene.snapshot, at: Scene.instant(seconds), into: &effects)
        }
        return effects.compactMap { if case .found(let hang) = $0 { hang } else { nil } }
    }

    @Test func `a ring across hosts needs a second reading that shows the same`() throws {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: Self.sources, at: .zero)
        let scenes = [
            host(0, session: 1, holds: "a", wants: "b"),
            host(1, session: 6, holds: "b", wants: "a"),
        ]
        #expect(found(&watchdog, scenes, at: 40).isEmpty)
        #expect(watchdog.nextDeadline == Scene.instant(40.25))
        let hang = try #require(found(&watchdog, scenes, at: 40.25).first)
        #expect(hang.verdict == .deadlock && hang.isProved && hang.exitCode == 98)
        #expect(hang.confirmation == .readings(apart: .milliseconds(250)))
        #expect(hang.cycle.map(\.name) == ["S1", "S6"])
        #expect(hang.cycle.map(\.source) == ["host 0", "host 1"])
        #expect(hang.sessionCount == 10)
    }

    @Test func `a phantom glued together from two instants is not confirmed`() {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: Self.sources, at: .zero)
        let one = host(0, session: 1, holds: "a", wants: "b")
        for generation in UInt32(1)...4 {
            let other = host(
                1,
                session: 6,
                holds: "b",
                wants: "a",
                generation: generation
            )
            let seconds = 40 + Double(generation) / 4
            #expect(found(&watchdog, [one, other], at: seconds).isEmpty)
        }
        #expect(watchdog.openHangs.isEmpty)
    }

    @Test func `read at one instant it is exact at once`() {
        var watchdog = Watchdog(
            .init(silenceAfter: nil, isAtomic: true),
            sources: Self.sources,
            at: .zero
        )
        let scenes = [
            host(0, session: 1, holds: "a", wants: "b"),
            host(1, session: 6, holds: "b", wants: "a"),
        ]
        #expect(found(&watchdog, scenes, at: 40).map(\.confirmation) == [.exact])
    }

    @Test func `locks of the same name on two hosts are two locks`() throws {
        var one = Scene(source: 0, "host 0")
        one.holds(1, "PKT")
        one.waits(2, "PKT")
        var other = Scene(source: 1, "host 1")
        other.holds(6, "CONN[fs2]")
        other.waits(7, "PKT")
        let joined = try #require(WaitSnapshot.joining([one.snapshot, other.snapshot]))
        #expect(joined.resources.count == 3)
        #expect(joined.label(of: 2) == "PKT")
        #expect(joined.label(ofParty: 2) == "S6")
        #expect(joined.sessionCount == 20)
    }

    @Test func `a file that two hosts know by different paths is one if its identity says so`()
        throws
    {
        var one = host(0, session: 1, holds: "a", wants: "b").snapshot
        var other = host(1, session: 6, holds: "b", wants: "a").snapshot
        for (place, name) in ["fs1#9:1", "fs1#9:2"].enumerated() {
            one.resources[place].identity = one.names.add(name)
            other.resources[place].identity = other.names.add(name)
            other.resources[place].instance = other.names.add("another path to \(name)")
        }
        let same = try #require(WaitSnapshot.joining([one, other]))
        #expect(same.resources.count == 2)
        #expect(Diagnosis(same).findings.map(\.verdict) == [.deadlock])
        other.resources[0].identity = other.names.add("fs1#9:3")
        let apart = try #require(WaitSnapshot.joining([one, other]))
        #expect(apart.resources.count == 3)
        #expect(Diagnosis(apart).findings.isEmpty)
    }

    @Test func `an emulator tells who holds up a request, and whose SMB session it is`() throws {
        // S1 awaits the answer to a LOCK; the emulator holds it up because the SMB session 0x2A
        // has the range, and that is S2, who waits for S1.
        var host = Scene(source: 0, "host 0")
        host.resource("SERVER[fs2]", .answer)
        let connection = host.connection("fs2", key: 7, lastReceived: 10)
        let request = host.request("LOCK", on: connection, messageID: 5)
        host.waits(1, "SERVER[fs2]", .pass, request: request, isIndefinite: true)
        host.holds(1, "FCB[x]")
        host.waits(2, "FCB[x]")
        let second = host.session(2)
        host.snapshot.aliases = [.init(connectionKey: 7, sessionID: 0x2A, party: second)]
        var emulator = Scene(source: 100, "emulator", sessions: 0)
        emulator.resource("RANGE[a]", .ranges, isShared: true)
        emulator.holds(-1, "RANGE[a]", agent: "owner 0x2A")
        emulator.waits(-1, "RANGE[a]", agent: "LOCK 5")
        let owner = emulator.session(-1, "owner 0x2A")
        let work = emulator.session(-1, "LOCK 5")
        emulator.snapshot.aliases = [.init(connectionKey: 7, sessionID: 0x2A, party: owner)]
        emulator.snapshot.served = [.init(connectionKey: 7, messageID: 5, party: work)]
        let joined = try #require(
            WaitSnapshot.joining([host.snapshot, emulator.snapshot])
        )
        let diagnosis = Diagnosis(joined)
        #expect(diagnosis.findings.map(\.verdict) == [.deadlock])
        let hang = HangBuilder(diagnosis)
            .hang(diagnosis.findings[0], id: 1, confirmation: .exact, conflicts: [])
        #expect(hang.cycle.map(\.name) == ["S1", "emulator LOCK 5", "S2"])
        #expect(Diagnosis(host.snapshot).findings.filter(\.isProved).isEmpty)
    }
}
