package import Primitives
internal import TerminalServer
package import Watchdog

/// Very many sessions of one host of which two lock byte ranges crosswise, while all others go on.
package struct CrossingWorld: Hashable, Sendable {
    package let plan: WorldPlan
    /// The two, ascending.
    package let crossing: [SessionNumber]

    /// `rounds` is how often each of the others opens, reads and closes a file.
    package init?(sessions count: Int, rounds: Int) {
        guard let script = Self.script(others: count - 2, rounds: rounds),
            let model = try? CompiledModel(.fixed),
            let (seed, crossing) = Self.seed(script, sessions: count)
        else { return nil }
        self.crossing = crossing
        plan = SeededWorld.plan(
            seed,
            sessions: count,
            root: SeededWorld.root(linksTo: ["fs1"]),
            script: script,
            model: model
        )
    }

    private static func script(others: Int, rounds: Int) -> Script? {
        guard others > 0 else { return nil }
        func open(_ file: String, beside: Bool = false) -> Step? {
            guard let path = try? PathTemplate(file) else { return nil }
            var options = Step.OpenOptions()
            options.isBeside = beside
            return .open(path, .read, options)
        }
        guard let first = open("j0\\f0.txt"), let second = open("j0\\f1.txt"),
            let firstToo = open("j0\\f0.txt", beside: true),
            let secondToo = open("j0\\f1.txt", beside: true), let third = open("j0\\f2.txt")
        else { return nil }
        let lock = Step.lock(offset: 0, length: 10, waits: true)
        let pause = Step.think(.fixed(.seconds(2)))
        let loop = Step.repeat(
            .times(rounds),
            [
                third, .read(size: 512, count: 1, .sequential), .close,
                .think(.uniform(.zero, .seconds(1))),
            ]
        )
        return try? Script([
            .logon, .barrier,
            .choose([
                .init(weight: 1, steps: [first, lock, pause, secondToo, lock]),
                .init(weight: 1, steps: [second, lock, pause, firstToo, lock]),
                .init(weight: others, steps: [loop]),
            ]),
        ])
    }

    /// The first seed by whose dice one session takes each of the crossing ways.
    private static func seed(
        _ script: Script,
        sessions: Int
    ) -> (UInt64, [SessionNumber])? {
        for seed in UInt64(1)...2_000 {
            var crossing: [SessionNumber] = []
            var ways: [Step] = []
            let dice = SplitMix64(seed: seed)
            for session in 0..<sessions where crossing.count <= 2 {
                var cursor = ScriptCursor(script, random: dice.stream(UInt64(session)))
                _ = cursor.next(in: script)
                _ = cursor.next(in: script)
                guard case .step(let step) = cursor.next(in: script),
                    case .step(.lock) = cursor.next(in: script)
                else { continue }
                crossing.append(SessionNumber(session))
                ways.append(step)
            }
            if ways.count == 2, ways[0] != ways[1] { return (seed, crossing) }
        }
        return nil
    }
}

/// What became of it.
package struct CrossingOutcome: Sendable {
    /// The hangs that were found.
    package let hangs: [Hang]
    /// Sessions that came to the end of their script.
    package let ended: Int
    package let world: World

    package init(of crossing: CrossingWorld) {
        var world = World(crossing.plan)
        world.run(until: .zero + .seconds(200))
        hangs = world.sightings.compactMap {
            if case .found(let hang) = $0.effect { hang } else { nil }
        }
        let host = world.hosts[0].snapshot(at: world.now)
        ended = host.sessions.count { $0.inFlight == nil && $0.state == "ended" }
        self.world = world
    }

    /// One proved deadlock, of these two and nobody else, with nobody behind.
    package func isDeadlock(of two: [SessionNumber]) -> Bool {
        hangs.count == 1 && hangs[0].verdict == .deadlock && hangs[0].isProved
            && hangs[0].component == two && hangs[0].behind.isEmpty && hangs[0].cycle.count == 2
    }
}
