import Primitives
import Testing
import Watchdog

@Suite struct WatchdogTests {
    private typealias Effects = [Watchdog.Effect]

    private static let host = Watchdog.Source(number: 0, name: "host 0")
    private static let emulator = Watchdog.Source(number: 100, name: "emulator")

    private func at(_ seconds: Double) -> Instant { Scene.instant(seconds) }

    /// Tells of an old wait at `seconds` and hands in what is asked for.
    private func read(
        _ watchdog: inout Watchdog,
        _ scenes: [Scene],
        at seconds: Double
    ) -> Effects {
        var effects: Effects = []
        watchdog.look(at: at(seconds), into: &effects)
        for scene in scenes {
            var snapshot = scene.snapshot
            snapshot.instant = at(seconds)
            watchdog.received(snapshot, at: at(seconds), into: &effects)
        }
        return effects.filter { $0 != .takeSnapshots }
    }

    private func hangs(_ effects: Effects) -> [Hang] {
        effects.compactMap { if case .found(let hang) = $0 { hang } else { nil } }
    }

    @Test func `a wait of a quarter of a second starts a snapshot, at most four a second`() {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: [Self.host], at: .zero)
        var effects: Effects = []
        #expect(watchdog.nextDeadline == nil)
        watchdog.alive(
            source: 0,
            oldestWait: at(1),
            lastInput: "tick",
            at: at(1.1),
            into: &effects
        )
        #expect(effects.isEmpty)
        #expect(watchdog.nextDeadline == at(1.25))
        watchdog.timerFired(at: at(1.25), into: &effects)
        #expect(effects == [.takeSnapshots])
        watchdog.received(Scene(now: 1.25).snapshot, at: at(1.26), into: &effects)
        #expect(effects == [.takeSnapshots])
        #expect(watchdog.nextDeadline == at(1.5))
        watchdog.alive(source: 0, oldestWait: nil, lastInput: "tick", at: at(1.3), into: &effects)
        #expect(watchdog.nextDeadline == nil)
    }

    @Test func `a hang is found once, its growth once a second, and its end`() throws {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: [Self.host], at: .zero)
        let first = read(&watchdog, [.article()], at: 11)
        let hang = try #require(hangs(first).first)
        #expect(hang.id == 1 && hang.confirmation == .exact)
        #expect(read(&watchdog, [.article()], at: 11.25).isEmpty)
        var grown = Scene.article()
        grown.waits(9, "PKT", .shared, since: 11.3)
        #expect(read(&watchdog, [grown], at: 11.5).isEmpty)
        guard case .grew(let larger) = read(&watchdog, [grown], at: 12.5).first else {
            Issue.record("growth is not reported")
            return
        }
        #expect(larger.id == 1 && larger.behind.count == 6)
        #expect(watchdog.openHangs == [larger])
        let last = read(&watchdog, [Scene()], at: 20)
        #expect(
            last == [
                .cleared(.init(id: 1, verdict: .deadlock, lasted: .seconds(10), cause: ""))
            ]
        )
        #expect(watchdog.openHangs.isEmpty)
    }

    @Test func `while something hangs the watchdog goes on looking, less often when all is still`()
    {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: [Self.host], at: .zero)
        _ = read(&watchdog, [.article()], at: 11)
        #expect(watchdog.nextDeadline == at(11.25))
        for step in 1...8 { _ = read(&watchdog, [.article()], at: 11 + 0.25 * Double(step)) }
        #expect(watchdog.nextDeadline == at(13.5))
    }

    @Test(arguments: [
        (35.0, "the server's oplock break timer (OplockBreakWait, 35 s: Q233082)"),
        (45.2, "the redirector's SESSTIMEOUT (45 s: Q268817)"),
        (40.0, ""),
    ])
    func `a stall that clears at 35 s or 45 s gets its name`(seconds: Double, cause: String) {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: [Self.host], at: .zero)
        var scene = Scene()
        scene.resource("SERVER[fs2]", .answer)
        let connection = scene.connection("fs2", lastReceived: 9)
        let request = scene.request(on: connection)
        scene.waits(1, "SERVER[fs2]", .pass, request: request)
        #expect(hangs(read(&watchdog, [scene], at: 20.5)).map(\.verdict) == [.deadServer])
        let last = read(&watchdog, [Scene()], at: 10 + seconds)
        let lasted = Duration.milliseconds(Int((seconds * 1_000).rounded()))
        #expect(
            last == [
                .cleared(.init(id: 1, verdict: .deadServer, lasted: lasted, cause: cause))
            ]
        )
    }

    @Test func `a server that comes back to life keeps its hang, with a new verdict`() {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: [Self.host], at: .zero)
        var scene = Scene()
        scene.resource("SERVER[fs2]", .answer)
        let connection = scene.connection("fs2", lastReceived: 9)
        let request = scene.request(on: connection)
        scene.waits(1, "SERVER[fs2]", .pass, request: request)
        _ = read(&watchdog, [scene], at: 21)
        scene.snapshot.connections[0].lastReceived = at(22)
        guard case .grew(let hang) = read(&watchdog, [scene], at: 23).first else {
            Issue.record("the change is not reported")
            return
        }
        #expect(hang.id == 1 && hang.verdict == .slowServer)
    }

    @Test func `a silent loop is a stuck generator, and no deadlock`() {
        var watchdog = Watchdog(sources: [Self.host, Self.emulator], at: .zero)
        var effects: Effects = []
        watchdog.alive(
            source: 0,
            oldestWait: nil,
            lastInput: "READ response",
            at: at(1),
            into: &effects
        )
        watchdog.alive(source: 100, oldestWait: nil, lastInput: "", at: at(2.5), into: &effects)
        #expect(watchdog.nextDeadline == at(3))
        watchdog.timerFired(at: at(3), into: &effects)
        let stall = Watchdog.GeneratorStall(
            source: 0,
            name: "host 0",
            since: at(1),
            lastInput: "READ response"
        )
        #expect(effects == [.generatorStuck(stall)])
        #expect(stall.text == "generator stuck: loop of host 0, last input READ response")
        #expect(watchdog.stuckGenerators == [stall])
        effects = []
        watchdog.timerFired(at: at(4), into: &effects)
        #expect(effects.isEmpty)
        watchdog.alive(source: 0, oldestWait: nil, lastInput: "tick", at: at(4.5), into: &effects)
        #expect(effects == [.generatorResumed(stall, after: .milliseconds(3_500))])
    }

    @Test func `a reading does without a source that is stuck, and clears nothing`() {
        var watchdog = Watchdog(sources: [Self.host, Self.emulator], at: .zero)
        _ = read(&watchdog, [.article(), Scene(source: 100, "emulator")], at: 11)
        var effects: Effects = []
        watchdog.alive(source: 100, oldestWait: nil, lastInput: "", at: at(12), into: &effects)
        watchdog.timerFired(at: at(13.5), into: &effects)
        effects = []
        for second in [14.0, 14.5] {
            watchdog.timerFired(at: at(second), into: &effects)
            watchdog.received(
                Scene(source: 100, "emulator", now: second).snapshot,
                at: at(second),
                into: &effects
            )
        }
        #expect(!effects.contains { if case .cleared = $0 { true } else { false } })
        #expect(watchdog.openHangs.count == 1)
    }

    @Test func `a source that does not answer within a second is left out of the reading`() {
        var watchdog = Watchdog(
            .init(silenceAfter: nil),
            sources: [Self.host, Self.emulator],
            at: .zero
        )
        var effects: Effects = []
        watchdog.look(at: at(11), into: &effects)
        watchdog.received(Scene.article(now: 11).snapshot, at: at(11.01), into: &effects)
        #expect(hangs(effects).isEmpty)
        #expect(watchdog.nextDeadline == at(12))
        watchdog.timerFired(at: at(12), into: &effects)
        #expect(hangs(effects).map(\.verdict) == [.deadlock])
    }

    @Test func `an order conflict is told once, before anything hangs`() throws {
        var watchdog = Watchdog(.init(silenceAfter: nil), sources: [Self.host], at: .zero)
        var quiet = Scene(now: 11)
        quiet.snapshot.order = Scene.article().snapshot.order
        let conflict = try #require(quiet.snapshot.order?.conflicts.first)
        #expect(read(&watchdog, [quiet], at: 11) == [.orderConflict(conflict)])
        #expect(read(&watchdog, [quiet], at: 12).isEmpty)
        #expect(watchdog.conflicts == [conflict])
    }
}
