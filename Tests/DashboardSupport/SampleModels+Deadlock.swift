package import Dashboard
internal import Primitives

extension SampleModels {
    /// Q260752: two sessions in a cycle, everybody else of the host behind them.
    package static func deadlock() -> DashboardModel {
        var random = SplitMix64(seed: 9)
        var model = DashboardModel(run: run(profile: "q260752", client: "q260752"))
        model.run.phase = "load"
        model.run.elapsed = 34_200_000_000
        model.run.duration = 60_000_000_000
        model.run.operations = 4_180
        model.run.verdict = "deadlock"
        model.run.exitCode = 98
        model.sessions = (0..<50).map { index in
            var session = session(index, using: &random)
            session.operations = 80 + random.next() % 9
            session.state = .behind
            session.rate = 0
            session.inFlight = .init(
                operation: "open",
                path: UNCPath(components: ["ns1", "dfs", "eng", "a\(index).txt"]),
                age: 29_000_000_000 + UInt64(50 - index) * 20_000_000,
                waitsOn: "PKT S"
            )
            return session
        }
        model.sessions[17].state = .deadlocked
        model.sessions[17].inFlight?.age = 31_200_000_000
        model.sessions[17].inFlight?.waitsOn = "CONN[ns1]<s42"
        model.sessions[42].state = .deadlocked
        model.sessions[42].inFlight?.age = 31_100_000_000
        model.sessions[42].inFlight?.waitsOn = "PKT<s17"
        model.operations = Array(operations(stalled: true).prefix(3))
        for index in model.operations.indices {
            model.operations[index].count /= 400
            model.operations[index].rate = 0
        }
        model.heatMap = heatMap(columns: 17, stalled: false, using: &random)
        for index in 3..<17 {
            model.heatMap.columns[index].ended = [UInt64](repeating: 0, count: bounds.count + 1)
        }
        model.heatMap.underWay = [UInt64](repeating: 0, count: bounds.count + 1)
        model.heatMap.underWay[20] = 50
        model.hangs = [q260752()]
        model.orderConflicts = [
            .init(
                first: "PKT",
                second: "CONN[ns1]",
                forward: 4_204,
                backward: 31,
                since: 40_000_000
            )
        ]
        model.events = deadlockEvents
        model.detail = detail(of: model.sessions[17], stalled: true)
        model.detail?.chain.removeLast()
        model.detail?.waits = [q260752().cycle[0].wants]
        model.detail?.holds = q260752().cycle[0].holds
        model.detail?.onward = [.init(session: SessionNumber(42), wait: q260752().cycle[1].wants)]
        return model
    }

    private static var deadlockEvents: [DashboardModel.Event] {
        [
            event(0, .information, "start", "seed 42, 50 sessions, client q260752"),
            event(
                40_000_000,
                .warning,
                "watchdog",
                "order conflict: PKT and CONN[ns1] are taken in both orders"
            ),
            event(
                3_250_000_000,
                .critical,
                "watchdog",
                "hang 1: deadlock of s17 and s42, 48 behind (hangs/0001.txt)",
                session: 17
            ),
        ]
    }

    /// The deadlock again, after the run.
    package static func done() -> DashboardModel {
        var model = deadlock()
        model.run.isOver = true
        model.run.phase = "finished"
        model.run.elapsed = 61_000_000_000
        for index in model.sessions.indices where index != 17 && index != 42 {
            model.sessions[index].state = .ended
            model.sessions[index].inFlight = nil
        }
        model.heatMap.underWay[20] = 2
        model.events.append(
            event(61_000_000_000, .information, "run", "results in gridlock-out/q260752")
        )
        return model
    }

    static func q260752() -> DashboardModel.Hang {
        let first = SessionNumber(17)
        let second = SessionNumber(42)
        var hang = DashboardModel.Hang(id: 1, verdict: "deadlock")
        hang.isDeadlock = true
        hang.isConfirmed = true
        hang.isRing = true
        hang.at = 3_000_000_000
        hang.age = 31_100_000_000
        hang.evidence = "2 snapshots, 0.25 s"
        hang.why =
            "s17 keeps PKT shared while it takes the connection to ns1; s42 keeps that connection "
            + "while it takes PKT exclusive. Neither can go on."
        hang.behindCount = 48
        hang.behind = (0..<50).map { SessionNumber($0) }.filter { $0 != first && $0 != second }
        hang.knownSince = 40_000_000
        hang.file = "hangs/0001.txt"
        hang.cycle = [
            .init(
                session: first,
                name: "s17",
                operation: "open",
                path: "\\\\ns1\\dfs\\eng\\a17.txt",
                age: 31_200_000_000,
                wants: .init(
                    resource: "CONN[ns1]",
                    mode: "X",
                    age: 31_200_000_000,
                    line: "open:3",
                    heldBy: [
                        .init(session: second, name: "s42", mode: "X", age: 31_300_000_000)
                    ],
                    place: "1/12"
                ),
                holds: [.init(resource: "PKT", mode: "S", age: 31_200_000_000, line: "open:1")]
            ),
            .init(
                session: second,
                name: "s42",
                operation: "open",
                path: "\\\\ns1\\dfs\\eng\\a42.txt",
                age: 31_100_000_000,
                wants: .init(
                    resource: "PKT",
                    mode: "X",
                    age: 31_100_000_000,
                    line: "open:8",
                    heldBy: [
                        .init(session: first, name: "s17", mode: "S", age: 31_200_000_000)
                    ],
                    place: "1/35"
                ),
                holds: [
                    .init(resource: "CONN[ns1]", mode: "X", age: 31_300_000_000, line: "open:6")
                ]
            ),
        ]
        return hang
    }
}
