internal import Emulator
internal import Primitives
internal import SMBWire
internal import TerminalServer

/// Very many sessions of one host that all wait, for measuring what a look at them costs.
package enum WaitingWorld: String, Hashable, Sendable, CaseIterable {
    /// Behind the crossing of PKT and CONN.
    case locks
    /// For a frozen server's answers, and for credits.
    case answers

    /// The world at a moment when everybody waits; nil if it could not be made.
    package func world(sessions: Int) -> World? {
        guard let path = try? PathTemplate("j0\\f0.txt"),
            let script = try? Script([
                .think(.uniform(.zero, .seconds(2))), .logon, .barrier, .open(path, .read),
                .read(size: 512, count: 1, .sequential), .close,
            ]),
            let model = try? CompiledModel(self == .locks ? .q260752 : .fixed)
        else { return nil }
        var plan = SeededWorld.plan(
            1,
            sessions: sessions,
            root: SeededWorld.root(linksTo: [self == .locks ? "ns1" : "fs1"]),
            script: script,
            model: model
        )
        if self == .answers {
            var never = FaultCondition()
            never.server = "FS1"
            never.messages = [.command(.create)]
            plan.namespace.faults = [
                FaultPlan(name: "frozen", when: never, action: .hold(.forEver, then: .drop))
            ]
        }
        var world = World(plan)
        world.run(until: .zero + .seconds(10))
        return world
    }
}
