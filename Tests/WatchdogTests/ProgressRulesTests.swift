import Primitives
import Testing
import Watchdog

/// Verdicts on those who could move and do not: they need two readings.
@Suite struct ProgressRulesTests {
    /// The verdicts of the second reading.
    private func verdicts(_ first: Scene, _ second: Scene) -> [Verdict] {
        let before = Diagnosis(first.snapshot)
        return Diagnosis(second.snapshot, previous: before.recollection).findings.map(\.verdict)
    }

    private func later(_ scene: Scene, by seconds: Double = 0.25) -> Scene {
        var later = scene
        later.snapshot.instant = scene.snapshot.instant + .milliseconds(Int(seconds * 1_000))
        return later
    }

    @Test func `a free lock that its first waiter does not get is a lost wake-up`() {
        var scene = Scene()
        scene.waits(1, "CONN[fs2]")
        #expect(scene.findings.isEmpty)
        #expect(verdicts(scene, later(scene)) == [.lostWakeUp])
    }

    @Test func `another wait of the same session is none`() {
        var first = Scene()
        first.waits(1, "CONN[fs2]", generation: 1)
        var second = Scene(now: 40.25)
        second.waits(1, "CONN[fs2]", since: 39, generation: 3)
        #expect(verdicts(first, second).isEmpty)
    }

    @Test func `a lock that was granted meanwhile is none`() {
        var scene = Scene()
        scene.waits(1, "CONN[fs2]")
        var second = later(scene)
        second.snapshot.resources[0].grants = 1
        #expect(verdicts(scene, second).isEmpty)
    }

    @Test func `an operation that waits for nothing and takes no step is forgotten`() {
        var scene = Scene()
        scene.session(1, steps: 5)
        var second = later(scene)
        #expect(verdicts(scene, second) == [.lostWakeUp])
        second.snapshot.parties[0].steps = 6
        #expect(verdicts(scene, second).isEmpty)
    }

    @Test func `the same answer more than eight times is a livelock`() throws {
        var scene = Scene(now: 11)
        scene.session(1, steps: 27, repeats: 9)
        let hang = try #require(scene.hangs.first)
        #expect(hang.verdict == .livelock)
        #expect(
            hang.evidence
                == "the same path, status and target came back 9 times"
                + " (27 steps, nothing completed)"
        )
        scene.snapshot.parties[0].repeats = 8
        #expect(scene.findings.isEmpty)
    }

    @Test func `ten thousand steps without an end are a livelock when they go on`() {
        var scene = Scene()
        scene.session(1, steps: 10_000)
        var second = later(scene)
        second.snapshot.parties[0].steps = 10_400
        #expect(verdicts(scene, second) == [.livelock])
        second.snapshot.parties[0].completed = 1
        #expect(verdicts(scene, second).isEmpty)
    }

    @Test func `one that a hundred others have overtaken starves`() throws {
        var scene = Scene()
        scene.holds(9, "PKT", .shared, since: 39.9)
        let wait = scene.waits(1, "PKT", .exclusive)
        scene.snapshot.waits[wait].overtaken = 101
        let hang = try #require(scene.hangs.first)
        #expect(hang.verdict == .starvation)
        #expect(hang.component == [SessionNumber(1)])
        scene.snapshot.waits[wait].overtaken = 100
        #expect(scene.findings.isEmpty)
    }

    @Test func `a queue that never empties, moves, and is waited for far longer is a convoy`() {
        var scene = Scene()
        scene.session(9, started: 39.9)
        scene.holds(9, "PKT", since: 39.9)
        for number in 1...3 { scene.waits(number, "PKT", since: 20) }
        scene.snapshot.resources[0].queuedSince = Scene.instant(20)
        scene.snapshot.resources[0].meanHold = 1_000_000_000
        scene.snapshot.resources[0].grants = 10
        var second = later(scene)
        #expect(verdicts(scene, second).isEmpty)
        second.snapshot.resources[0].grants = 11
        #expect(verdicts(scene, second) == [.convoy])
        second.snapshot.resources[0].meanHold = 3_000_000_000
        #expect(verdicts(scene, second).isEmpty)
    }
}
