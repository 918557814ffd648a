import Primitives
import Testing
import Watchdog

/// Verdicts that follow from the graph.
@Suite struct DeadlockTests {
    /// Names of the ring, whatever number its parties have.
    private func ring(_ scene: Scene) -> [String] {
        scene.hangs.first?.cycle.map(\.name) ?? []
    }

    @Test func `two that cross PKT and CONN are a deadlock, all others are behind them`() throws {
        let hang = try #require(Scene.article().hangs.first)
        #expect(Scene.article().hangs.count == 1)
        #expect(hang.verdict == .deadlock)
        #expect(hang.isProved && hang.isPermanent && hang.exitCode == 98)
        #expect(hang.cycle.map(\.name) == ["S17", "S42"])
        #expect(hang.component == [17, 42].map { SessionNumber($0) })
        #expect(hang.behind == [3, 4, 5, 6, 7].map { SessionNumber($0) })
        #expect(hang.queues.map(\.resource) == ["PKT", "CONN[FS2]"])
        #expect(hang.queues.map(\.count) == [3, 2])
        #expect(hang.queues.first?.sharedBehindExclusive == 3)
        #expect(hang.closedBy == "S42")
    }

    @Test func `a shared waiter behind a queued exclusive one waits for it`() {
        // cifs lock_sem: S1 holds shared and asks again, S2 queued exclusively between.
        var scene = Scene()
        scene.holds(1, "LOCK_SEM[f]", .shared)
        scene.waits(2, "LOCK_SEM[f]", .exclusive)
        scene.waits(1, "LOCK_SEM[f]", .shared)
        #expect(scene.findings.map(\.verdict) == [.deadlock])
        #expect(ring(scene) == ["S1", "S2"])
    }

    @Test func `shared beside shared waits for nobody`() {
        var scene = Scene()
        scene.holds(1, "PKT", .shared)
        scene.waits(2, "PKT", .exclusive, since: 39.9)
        #expect(scene.findings.isEmpty)
    }

    @Test func `one that takes its own mutex again waits for itself`() {
        var scene = Scene()
        scene.holds(1, "FCB[f]")
        scene.waits(1, "FCB[f]")
        #expect(scene.findings.map(\.verdict) == [.deadlock])
        #expect(ring(scene) == ["S1"])
    }

    @Test func `two that hold shared and both want exclusive are a deadlock`() {
        var scene = Scene()
        for number in [1, 2] {
            scene.holds(number, "FCB[f]", .shared)
            scene.waits(number, "FCB[f]", .upgrade)
        }
        #expect(scene.findings.map(\.verdict) == [.deadlock])
        #expect(ring(scene) == ["S1", "S2"])
    }

    @Test func `one upgrade alone is granted`() {
        var scene = Scene()
        scene.holds(1, "FCB[f]", .shared)
        scene.waits(1, "FCB[f]", .upgrade, since: 39.9)
        #expect(scene.findings.isEmpty)
    }

    @Test func `byte ranges taken crosswise are a deadlock, disjoint ones are not`() {
        let first = WaitSnapshot.ByteRange(offset: 0, length: 100)
        var scene = Scene()
        for file in ["a", "b"] { scene.resource("RANGE[\(file)]", .ranges, isShared: true) }
        scene.holds(1, "RANGE[a]", range: first)
        scene.holds(2, "RANGE[b]", range: first)
        scene.waits(1, "RANGE[b]", range: .init(offset: 99, length: 1), isIndefinite: true)
        var disjoint = scene
        scene.waits(2, "RANGE[a]", range: first, isIndefinite: true)
        #expect(scene.findings.map(\.verdict) == [.deadlock])
        #expect(scene.findings.map(\.exitCode) == [98])
        #expect(scene.hangs.first?.cycle.first?.wants.map(\.resource) == ["RANGE[b] 99+1"])
        disjoint.waits(2, "RANGE[a]", range: .init(offset: 100, length: 1), isIndefinite: true)
        #expect(disjoint.findings.filter { $0.verdict == .deadlock }.isEmpty)
    }

    @Test func `a break that cannot be acknowledged is a temporary deadlock of 35 s`() throws {
        // Q233082: one command a connection; the open has it, the acknowledgement needs it.
        var scene = Scene(now: 12)
        let connection = scene.connection("FS2", lastReceived: 10)
        scene.resource("CREDIT[FS2]", .credits)
        scene.resource("SERVER[FS2]", .answer)
        let handler = scene.session(1, "break handler", operation: "OPLOCK_BREAK")
        scene.holds(1, "CREDIT[FS2]", .unit)
        let request = scene.request("CREATE", on: connection, servedBy: handler)
        scene.waits(
            1,
            "SERVER[FS2]",
            .pass,
            request: request,
            timer: ("OplockBreakWait (35 s)", 45)
        )
        scene.waits(1, "CREDIT[FS2]", .unit, since: 10.5, agent: "break handler")
        let hang = try #require(scene.hangs.first)
        #expect(hang.verdict == .temporaryDeadlock)
        #expect(hang.isProved && !hang.isPermanent && hang.exitCode == 97)
        #expect(hang.timer == .init(name: "OplockBreakWait (35 s)", at: Scene.instant(45)))
        #expect(hang.cycle.map(\.name) == ["S1 break handler", "S1"])
        #expect(hang.order.map(\.wanted) == ["CREDIT[FS2]", "CREATE"])
    }

    @Test func `a reserved credit lets the acknowledgement through`() {
        var scene = Scene(now: 12)
        let connection = scene.connection("FS2", lastReceived: 10)
        scene.resource("CREDIT[FS2]", .credits, units: 2, reserve: 1)
        scene.resource("SERVER[FS2]", .answer)
        let handler = scene.session(1, "break handler")
        scene.holds(1, "CREDIT[FS2]", .unit)
        let request = scene.request("CREATE", on: connection, servedBy: handler)
        scene.waits(1, "SERVER[FS2]", .pass, request: request)
        scene.waits(2, "CREDIT[FS2]", .unit)
        var reserved = scene
        scene.waits(1, "CREDIT[FS2]", .unit, agent: "break handler")
        #expect(Diagnosis(scene.snapshot).deadCount == 3)
        reserved.waits(1, "CREDIT[FS2]", .unit, agent: "break handler", usesReserve: true)
        #expect(Diagnosis(reserved.snapshot).deadCount == 0)
    }

    @Test func `change notifies on all credits are credit exhaustion once it is a stall`() throws {
        var scene = Scene(now: 15)
        scene.resource("CREDIT[FS2]", .credits, units: 2)
        scene.resource("SERVER[FS2]", .answer)
        for number in [1, 2] {
            scene.holds(number, "CREDIT[FS2]", .unit)
            scene.waits(number, "SERVER[FS2]", .pass, isIndefinite: true)
        }
        scene.waits(3, "CREDIT[FS2]", .unit)
        scene.waits(4, "CREDIT[FS2]", .unit)
        #expect(scene.findings.isEmpty)
        scene.snapshot.instant = Scene.instant(21)
        let hang = try #require(scene.hangs.first)
        #expect(scene.findings.map(\.verdict) == [.creditExhaustion])
        #expect(hang.isProved && hang.isPermanent && hang.exitCode == 98)
        #expect(hang.cycle.map(\.name) == ["S3", "S1", "S2"])
        #expect(hang.behind == [SessionNumber(4)])
    }

    @Test func `an exhaustion that a timer ends is 97`() throws {
        var scene = Scene(now: 30)
        scene.resource("CREDIT[FS2]", .credits)
        scene.resource("SERVER[FS2]", .answer)
        scene.holds(1, "CREDIT[FS2]", .unit)
        scene.waits(
            1,
            "SERVER[FS2]",
            .pass,
            timer: ("SESSTIMEOUT (45 s)", 55),
            isIndefinite: true
        )
        scene.waits(3, "CREDIT[FS2]", .unit)
        let hang = try #require(scene.hangs.first)
        #expect(hang.verdict == .creditExhaustion)
        #expect(hang.exitCode == 97)
        #expect(hang.timer?.name == "SESSTIMEOUT (45 s)")
    }

    @Test func `workers that all wait for a worker are pool exhaustion`() {
        var scene = Scene()
        scene.resource("POOL.critical", .pool, units: 3)
        for number in 1...3 {
            scene.holds(number, "POOL.critical", .unit)
            scene.waits(number, "POOL.critical", .unit)
        }
        #expect(scene.findings.map(\.verdict) == [.poolExhaustion])
        #expect(scene.findings.map(\.exitCode) == [98])
        #expect(scene.hangs.first?.component.count == 3)
    }

    @Test func `one free worker is enough`() {
        var scene = Scene()
        scene.resource("POOL.critical", .pool, units: 3)
        for number in 1...2 {
            scene.holds(number, "POOL.critical", .unit)
            scene.waits(number, "POOL.critical", .unit, since: 39.9)
        }
        #expect(Diagnosis(scene.snapshot).deadCount == 0)
    }

    @Test func `more units than there are is exhaustion`() {
        var scene = Scene()
        scene.resource("CREDIT[FS2]", .credits, units: 2)
        let wait = scene.waits(1, "CREDIT[FS2]", .unit)
        scene.snapshot.waits[wait].units = 3
        #expect(scene.findings.map(\.verdict) == [.creditExhaustion])
        #expect(
            scene.findings.map(\.evidence)
                == ["CREDIT[FS2] has 2 units in all; 3 are wanted at once"]
        )
    }

    @Test func `a lock of an ended session is an orphan`() throws {
        var scene = Scene()
        scene.session(1, state: .ended)
        scene.holds(1, "MUP.prefix")
        scene.waits(2, "MUP.prefix")
        scene.waits(3, "MUP.prefix")
        let hang = try #require(scene.hangs.first)
        #expect(scene.findings.map(\.verdict) == [.orphanedLock])
        #expect(hang.isProved && hang.isPermanent && hang.exitCode == 97)
        #expect(hang.cycle.map(\.name) == ["S2", "S1"])
        #expect(hang.sentence.contains("S2 waits for MUP.prefix, which S1 (ended) has"))
        #expect(hang.behind == [SessionNumber(3)])
    }

    @Test func `a range that somebody outside holds is suspected, and only as a stall`() throws {
        var scene = Scene(now: 15)
        scene.resource("RANGE[a]", .ranges)
        scene.session(-1, "another client", state: .outside)
        scene.holds(-1, "RANGE[a]", agent: "another client")
        scene.waits(2, "RANGE[a]")
        #expect(scene.findings.isEmpty)
        scene.snapshot.instant = Scene.instant(21)
        let hang = try #require(scene.hangs.first)
        #expect(hang.verdict == .deadlock)
        #expect(!hang.isProved && hang.exitCode == 97)
        #expect(hang.sentence.hasPrefix("deadlock (suspected)"))
    }

    @Test func `two of ten thousand are found while the others progress`() throws {
        var scene = Scene(sessions: 10_000)
        for file in ["a", "b"] { scene.resource("RANGE[\(file)]", .ranges, isShared: true) }
        scene.resource("SERVER[FS2]", .answer)
        for number in 0..<10_000 where number != 17 && number != 42 {
            scene.waits(number, "SERVER[FS2]", .pass, since: 39.9)
        }
        scene.holds(17, "RANGE[a]")
        scene.holds(42, "RANGE[b]")
        scene.waits(17, "RANGE[b]")
        scene.waits(42, "RANGE[a]")
        let diagnosis = Diagnosis(scene.snapshot)
        #expect(diagnosis.deadCount == 2)
        let hang = try #require(scene.hangs.first)
        #expect(diagnosis.findings.map(\.verdict) == [.deadlock])
        #expect(hang.component.map(\.rawValue) == [17, 42])
        #expect(hang.behind.isEmpty && hang.sessionCount == 10_000)
    }

    @Test func `two rings apart are two hangs`() {
        var scene = Scene()
        for (one, other, name) in [(1, 2, "a"), (3, 4, "b")] {
            scene.holds(one, "PKT[\(name)]")
            scene.holds(other, "CONN[\(name)]")
            scene.waits(one, "CONN[\(name)]")
            scene.waits(other, "PKT[\(name)]")
        }
        #expect(scene.hangs.map { $0.cycle.map(\.name) } == [["S1", "S2"], ["S3", "S4"]])
    }

    @Test func `the shortest ring of a component is shown, its other members apart`() throws {
        var scene = Scene.article()
        // S8 also came from a cache hit, and stands in the queue of CONN.
        scene.holds(8, "PKT", .shared, since: 11)
        scene.waits(8, "CONN[FS2]", .exclusive, since: 13)
        let hang = try #require(scene.hangs.first)
        #expect(hang.cycle.map(\.name) == ["S17", "S42"])
        // S6 and S7 stand before S8 in the queue: S8 cannot be freed without them.
        #expect(hang.component.map(\.rawValue) == [6, 7, 8, 17, 42])
        #expect(Set(hang.others.map(\.name)) == ["S6", "S7", "S8"])
        #expect(hang.behind.map(\.rawValue) == [3, 4, 5])
    }

    @Test func `the cheapest to cancel has the fewest activities`() {
        var scene = Scene.article()
        scene.session(42, "break handler")
        #expect(scene.hangs.first?.cheapest == SessionNumber(17))
        scene.session(17, "break handler")
        scene.session(17, "notify")
        #expect(scene.hangs.first?.cheapest == SessionNumber(42))
    }

    @Test func `the cheapest to cancel leaves no other ring behind`() {
        var scene = Scene.article()
        scene.holds(8, "PKT", .shared, since: 11)
        scene.waits(8, "CONN[FS2]", .exclusive, since: 13)
        scene.session(42, "break handler")
        // Without S17, S8 and S42 would still wait for each other.
        #expect(scene.hangs.first?.cheapest == SessionNumber(42))
    }

    @Test func `entries that point nowhere are left out`() {
        var scene = Scene.article()
        scene.snapshot.waits.append(.init(party: 99, resource: 0, mode: .shared, since: .zero))
        scene.snapshot.waits.append(.init(party: 0, resource: -7, mode: .shared, since: .zero))
        scene.snapshot.holds.append(.init(party: -3, resource: 99, mode: .shared, since: .zero))
        #expect(scene.hangs.first?.cycle.map(\.name) == ["S17", "S42"])
    }
}
