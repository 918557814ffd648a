import Primitives
import TerminalServer
import Testing

/// The articles' stories step by step: what must happen for each hang, and what ends it.
@Suite struct ModelStoryTests {
    /// The model with other numbers.
    private func model(_ source: ClientModel, units: [String: Int]) -> ClientModel {
        ClientModel(
            source.name,
            from: source.source,
            units: units,
            programs: source.programs
        )
    }

    @Test func `in q233082 the acknowledgement waits for the slot that the open occupies`() throws {
        var rig = try ScheduleRig(.q233082, sessions: 3)
        // The server keeps the second session's CREATE until the first has given up its oplock.
        rig.begin(0)
        rig.answerAll()
        rig.isHeld = { _, request in request == .create }
        rig.begin(1)
        rig.answerAll()
        rig.launch("acknowledge break", of: 0)
        rig.begin(2)
        rig.answerAll()
        #expect(
            rig.waits == ["S0 acknowledge break: wants CREDIT[0] 1", "S2: wants CREDIT[0] 1"]
        )
        #expect(rig.pending.map(\.request) == [.create])
        // After OplockBreakWait the server answers all the same.
        rig.isHeld = { _, _ in false }
        rig.answerAll()
        #expect(rig.stuck.isEmpty && rig.waits.isEmpty)
        #expect(rig.sent.last == "CREATE" || rig.sent.contains("OPLOCK_BREAK"))
    }

    @Test func `in q268817 the third session waits for a slot, and 45 s end it`() throws {
        let source = model(.q268817, units: ["CREDIT": 2])
        var rig = try ScheduleRig(source, sessions: 3, script: ["notify"])
        for session in 0..<2 {
            rig.begin(session)
            rig.answerAll()
        }
        #expect(rig.stuck.isEmpty && rig.pending.map(\.request) == [.changeNotify, .changeNotify])
        rig.scripts[2] = ["open"]
        rig.begin(2)
        rig.answerAll()
        #expect(rig.waits == ["S2: wants CREDIT[0] 1"])
        #expect(rig.machine.nextDeadline == .zero + .seconds(45))
        rig.tick(44)
        rig.answerAll()
        #expect(rig.stuck == [2])
        rig.tick(45)
        rig.answerAll()
        #expect(rig.stuck.isEmpty)
    }

    @Test func `q268817 has 48 slots`() throws {
        var rig = try ScheduleRig(.q268817, sessions: 49, script: ["notify"])
        for session in 0..<48 {
            rig.begin(session)
            rig.answerAll()
        }
        #expect(rig.stuck.isEmpty)
        rig.begin(48)
        rig.answerAll()
        #expect(rig.stuck == [48])
    }

    @Test func `in kb832494 a circle is asked for ever and nothing is completed`() throws {
        var rig = try ScheduleRig(.kb832494, sessions: 3)
        rig.isCircle = true
        let hasEnded = rig.run(movesMax: 20_000)
        #expect(!hasEnded)
        #expect(rig.finished.isEmpty)
        #expect(rig.sent.count { $0 == "GET_REFERRAL" } > 1_000)
        // Two have the workers, the third never gets one.
        #expect(rig.waits.contains { $0.hasSuffix("wants POOL.critical 1") })
    }

    @Test func `in kb841827 everybody waits for the lock of a thread that is gone`() throws {
        var rig = try ScheduleRig(.kb841827, sessions: 3)
        rig.exiting = [1]
        rig.begin(1)
        rig.answerAll()
        #expect(rig.machine.status(of: rig.lanes) == .gone)
        rig.begin(0)
        rig.begin(2)
        rig.answerAll()
        #expect(rig.waits == ["S0: wants MUP.prefix X", "S2: wants MUP.prefix X"])
        let holds = rig.machine.waitsAndHolds { _, _ in "" }.holds
        #expect(holds.map(\.task) == [rig.lanes] && holds.map(\.resource) == ["MUP.prefix"])
    }

    @Test func `in cifs-refresh the receiver reconnects while a refresh keeps the table`() throws {
        var rig = try ScheduleRig(.cifsRefresh, sessions: 2)
        rig.isHeld = { _, request in request == .getReferral }
        rig.begin(0)
        rig.answerAll()
        rig.launch("reconnect", of: 0)
        rig.stepAll()
        rig.answer(0, .failed)
        rig.stepAll()
        #expect(
            Set(rig.waits) == [
                "S0: wants RX.receiver[0] X, holds PKT X",
                "S0 reconnect: wants PKT S, holds RX.receiver[0] X",
            ]
        )
        rig.begin(1)
        rig.stepAll()
        #expect(rig.waits.contains("S1: wants PKT S"))
    }

    @Test func `without a reconnect cifs-refresh comes through`() throws {
        for seed in UInt64(0)..<200 {
            var rig = try ScheduleRig(.cifsRefresh, sessions: 4, seed: seed)
            let hasEnded = rig.run()
            #expect(hasEnded && rig.stuck.isEmpty, "seed \(seed)")
        }
    }

    @Test func `in cifs-lock-sem a writer between two shared takes blocks the second`() throws {
        var rig = try ScheduleRig(.cifsLockSem, sessions: 2, script: ["read"])
        rig.scripts[1] = ["write"]
        rig.begin(0)
        rig.stepAll()
        rig.begin(1)
        rig.stepAll()
        rig.answer(0, .failed)
        rig.stepAll()
        #expect(
            rig.waits == ["S0: wants FCB[0] S, holds FCB[0] S", "S1: wants FCB[0] X"]
        )
    }

    @Test func `without a writer cifs-lock-sem comes through`() throws {
        var rig = try ScheduleRig(.cifsLockSem, sessions: 2, script: ["read"])
        for session in 0..<2 { rig.begin(session) }
        rig.stepAll()
        for session in 0..<2 { rig.answer(session * rig.lanes, .failed) }
        rig.stepAll()
        #expect(rig.stuck.isEmpty)
    }
}
