package import Dashboard
internal import Primitives

/// Models of made-up runs, the same each time: what golden screens and the terminal's tests show.
package enum SampleModels {
    package static let names = ["idle", "steady", "stall", "deadlock", "done"]

    package static func model(_ name: String) -> DashboardModel {
        switch name {
        case "steady": steady()
        case "stall": stall()
        case "deadlock": deadlock()
        case "done": done()
        default: idle()
        }
    }

    /// A run that has only begun.
    package static func idle() -> DashboardModel {
        var model = DashboardModel(run: run(profile: "office-day", client: "fixed"))
        model.run.phase = "preparing"
        model.run.elapsed = 400_000_000
        model.heatMap.bounds = bounds
        model.sessions = (0..<50).map { index in
            .init(number: SessionNumber(index), user: user(index), host: 0)
        }
        return model
    }

    /// A thousand sessions that get what they ask for.
    package static func steady(sessions: Int = 1_000, seed: UInt64 = 7) -> DashboardModel {
        var random = SplitMix64(seed: seed)
        var model = DashboardModel(run: run(profile: "office-day", client: "fixed"))
        model.run.phase = "load"
        model.run.elapsed = 192_000_000_000
        model.run.rate = 8_412
        model.run.operations = 1_614_221
        model.run.errors = 4
        model.run.lag = 3_000_000
        model.run.checks = [
            .init(label: "p99<250ms", value: "31ms", holds: true),
            .init(label: "errors<1%", value: "0.0%", holds: true),
        ]
        model.sessions = (0..<sessions).map { session($0, using: &random) }
        model.operations = operations(stalled: false)
        model.heatMap = heatMap(columns: 96, stalled: false, using: &random)
        model.events = [
            event(0, .information, "start", "seed 42, \(sessions) sessions, client fixed"),
            event(1_200_000_000, .information, "host", "all users are logged on"),
            event(1_300_000_000, .information, "phase", "preparing done: load for 10:00"),
        ]
        model.faults = [
            .init(name: "delay fs2 20ms", isOn: false), .init(name: "refuse fs3", isOn: false),
        ]
        model.detail = detail(of: model.sessions[min(17, sessions - 1)], stalled: false)
        return model
    }

    /// A server that answers late: sessions stall, and nobody is to blame here.
    package static func stall() -> DashboardModel {
        var random = SplitMix64(seed: 8)
        var model = steady(seed: 8)
        model.heatMap = heatMap(columns: 96, stalled: true, using: &random)
        model.operations = operations(stalled: true)
        model.run.verdict = "slow server"
        model.run.exitCode = 97
        model.run.checks[0] = .init(label: "p99<250ms", value: "412ms", holds: false)
        model.faults[0].isOn = true
        for (place, index) in [17, 42, 118, 263, 417, 551].enumerated() {
            let age = UInt64(124 + place * 21) * 100_000_000
            model.sessions[index].state = .stalled
            model.sessions[index].inFlight = .init(
                operation: place == 2 ? "read" : "open",
                path: UNCPath(components: ["fs2", "eng", "plans", "drawing-\(index).dwg"]),
                age: age,
                waitsOn: "reply of fs2"
            )
            model.sessions[index].trend.record(age)
        }
        var hang = DashboardModel.Hang(id: 1, verdict: "slow server")
        hang.at = 179_000_000_000
        hang.age = 22_900_000_000
        hang.evidence = "the connection answers ECHO"
        hang.why =
            "6 requests were sent to fs2 and not answered; its connection is alive, and no lock of "
            + "the host is held for them."
        hang.others = [17, 42, 118, 263, 417, 551].map { SessionNumber($0) }
        model.hangs = [hang]
        model.events += [
            event(170_000_000_000, .warning, "faults", "delay fs2 20ms was switched on"),
            event(
                189_000_000_000,
                .critical,
                "watchdog",
                "hang 1: slow server fs2, 6 sessions (hangs/0001.txt)"
            ),
            event(189_100_000_000, .warning, "threshold", "p99<250ms fails: 412ms"),
        ]
        model.detail = detail(of: model.sessions[17], stalled: true)
        model.detail?.waits = [
            .init(
                resource: "reply of fs2",
                age: 12_400_000_000,
                line: "send:88",
                heldBy: [.init(session: nil, name: "server fs2")]
            )
        ]
        model.detail?.holds = []
        return model
    }

    static func run(profile: String, client: String) -> DashboardModel.Run {
        var run = DashboardModel.Run(
            profile: profile,
            target: "\\\\ns1\\dfs",
            client: client,
            seed: 42
        )
        run.duration = 600_000_000_000
        return run
    }

    static func user(_ index: Int) -> String {
        index == 33
            ? "市川 ß"
            : "u" + String(repeating: "0", count: 4 - min(4, "\(index)".count)) + "\(index)"
    }

    static func event(
        _ at: UInt64,
        _ level: DashboardModel.Event.Level,
        _ source: String,
        _ text: String,
        session: Int? = nil
    ) -> DashboardModel.Event {
        .init(
            at: at,
            level: level,
            source: source,
            text: text,
            session: session.map { SessionNumber($0) }
        )
    }
}
