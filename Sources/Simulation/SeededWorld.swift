internal import Emulator
package import Primitives
internal import Redirector
internal import SMBWire
package import TerminalServer
internal import Watchdog

/// Small worlds by number: each seed is one of its own, drawn from all that has ever mattered.
///
/// Two to eight sessions of one host open files through one to three links, some of them on the
/// namespace server. What `faults` brings about heals: whoever has not finished at the end hangs.
package struct SeededWorld: Hashable, Sendable {
    package let seed: UInt64
    package let sessions: Int
    package let junctions: Int
    package let plan: WorldPlan

    private static let servers = ["ns1", "fs1", "fs2"]
    private static let password = "emulated"
    /// Faults are over by then; the load may last much longer.
    private static let healedAfter = Duration.seconds(4)

    /// `model` is compiled once and serves all worlds.
    package init(_ seed: UInt64, model: CompiledModel, hasFaults: Bool) {
        var dice = SplitMix64(seed: seed).stream(0x571D)
        sessions = Int.random(in: 2...8, using: &dice)
        junctions = Int.random(in: 1...3, using: &dice)
        self.seed = seed
        let root = Self.root(junctions, &dice)
        let script = Self.script(junctions, &dice)
        var plan = Self.plan(seed, sessions: sessions, root: root, script: script, model: model)
        if hasFaults { plan.namespace.faults = Self.faults(&dice) }
        self.plan = plan
    }

    /// A world of one host, of a namespace server with this root, and of two file servers.
    static func plan(
        _ seed: UInt64,
        sessions: Int,
        root: RootPlan,
        script: Script,
        model: CompiledModel
    ) -> WorldPlan {
        let users = (0..<sessions).map { "u\($0)" }
        var namespace = NamespacePlan(
            servers: servers.map { name in
                let files = (0..<3).map { FilePlan(path: "f\($0).txt", size: 512) }
                return ServerPlan(name: name, shares: [SharePlan(name: "data", files: files)])
            },
            roots: [root]
        )
        namespace.users = users.map { UserPlan(name: $0, ntHash: ntHash) }
        let addresses = ["127.91.0.1", "127.91.0.2", "127.91.0.3"]
        var host = HostPlan(
            number: 0,
            sessions: users.enumerated().map {
                SessionPlan(number: SessionNumber($0.offset), user: $0.offset, userName: $0.element)
            },
            target: UNCPath(components: ["ns1", "dfs"]),
            script: script,
            model: model,
            runFolder: "gridlock",
            seed: seed,
            redirector: RedirectorSettings(clientGUID: GUID(high: seed, low: 7))
        )
        for (name, address) in zip(servers, addresses) { _ = host.map.add("\(name)=\(address)") }
        host.readOnly = true
        host.duration = .seconds(20)
        host.grace = .seconds(10)
        host.provesUsers = false
        return WorldPlan(
            hosts: [host],
            namespace: namespace,
            addresses: addresses,
            userNames: users,
            password: password,
            seed: seed
        )
    }

    /// A root `\\ns1\dfs` whose links j0, j1, … lead to the share `data` of these servers.
    static func root(linksTo targets: [String]) -> RootPlan {
        var root = RootPlan(
            name: "dfs",
            kind: .standalone,
            targets: [TargetPlan(UNCPath(components: ["ns1", "dfs"]))]
        )
        root.links = targets.enumerated().map { number, server in
            let target = TargetPlan(UNCPath(components: [server, "data"]))
            return LinkPlan(path: "j\(number)", targets: [target])
        }
        return root
    }

    private static let ntHash = EmulatedLogons.ntHash(of: password)

    private static func root(_ junctions: Int, _ dice: inout SplitMix64) -> RootPlan {
        // Half of them on the namespace server: hit and miss then want one connection.
        let targets = (0..<junctions).map { _ in
            servers[Bool.random(using: &dice) ? 0 : Int.random(in: 1...2, using: &dice)]
        }
        var root = root(linksTo: targets)
        for link in root.links.indices {
            root.links[link].timeToLive = UInt32(Bool.random(using: &dice) ? 1 : 1_800)
        }
        return root
    }

    private static func script(_ junctions: Int, _ dice: inout SplitMix64) -> Script {
        func open(_ file: String) -> [Step] {
            guard let path = try? PathTemplate(file) else { preconditionFailure(file) }
            return [.open(path, .read), .close]
        }
        let choices = (0..<junctions).map { number in
            Step.Choice(weight: 1, steps: open("j\(number)\\f\(number).txt"))
        }
        var steps: [Step] = [.logon]
        if Bool.random(using: &dice) { steps.append(.barrier) }
        let pause = Duration.milliseconds(Int.random(in: 0...400, using: &dice))
        let rounds = Int.random(in: 1...3, using: &dice)
        steps.append(.repeat(.times(rounds), [.choose(choices), .think(.uniform(.zero, pause))]))
        if Bool.random(using: &dice) { steps.append(.logoff) }
        guard let script = try? Script(steps) else { preconditionFailure("a script has steps") }
        return script
    }

    /// One to three of those that end by themselves.
    private static func faults(_ dice: inout SplitMix64) -> [FaultPlan] {
        (0..<Int.random(in: 0...3, using: &dice)).map { number in
            var when = FaultCondition()
            when.from = .milliseconds(Int.random(in: 0...1_500, using: &dice))
            when.until = healedAfter
            if Bool.random(using: &dice) {
                when.server = servers[Int.random(in: 0...2, using: &dice)].uppercased()
            }
            return FaultPlan(name: "fault \(number)", when: when, action: action(&when, &dice))
        }
    }

    private static func action(
        _ when: inout FaultCondition,
        _ dice: inout SplitMix64
    ) -> FaultAction {
        let pause = Duration.milliseconds(Int.random(in: 1...900, using: &dice))
        switch Int.random(in: 0..<8, using: &dice) {
        case 0: return .delay(.fixed(pause))
        case 1: return .delay(.uniform(.zero, pause))
        case 2: return .freeze
        case 3:
            when.probability = 0.05
            return .reset
        case 4: return .refuse
        case 5:
            when.messages = [.getReferral]
            when.nth = Int.random(in: 1...3, using: &dice)
            return .hold(.after(pause), then: Bool.random(using: &dice) ? .reset : .release)
        case 6: return .drip(Int.random(in: 2_000...50_000, using: &dice))
        default: return .starveCredits
        }
    }
}

/// How one such world ended.
package struct SeededOutcome: Hashable, Sendable {
    /// Sessions that had not finished when nothing moved any more, ascending: found by running on,
    /// without any graph.
    package let stuck: [SessionNumber]
    /// Sessions of proved, permanent deadlocks and those behind them, ascending; as last reported.
    package let reported: [SessionNumber]
    /// How many were proved and permanent.
    package let deadlocks: Int
    /// Rules of the protocols that were broken.
    package let violations: Int

    package init(of seeded: SeededWorld) {
        var world = World(seeded.plan)
        world.run(until: .zero + .seconds(200))
        let host = world.hosts[0].snapshot(at: world.now)
        stuck = host.sessions.filter { $0.inFlight != nil }.map(\.plan.number).sorted()
        var last: [Int: Hang] = [:]
        var ids: [Int] = []
        for sighting in world.sightings {
            switch sighting.effect {
            case .found(let hang), .grew(let hang):
                if last[hang.id] == nil { ids.append(hang.id) }
                last[hang.id] = hang
            default: break
            }
        }
        let proved = ids.compactMap { last[$0] }
            .filter { $0.isProved && $0.isPermanent && $0.verdict == .deadlock }
        deadlocks = proved.count
        reported = Self.union(proved.map(\.component) + proved.map(\.behind))
        violations = world.checkers.violations.count
    }

    private static func union(_ lists: [[SessionNumber]]) -> [SessionNumber] {
        var all: [SessionNumber] = []
        for number in lists.flatMap({ $0 }).sorted() where all.last != number {
            all.append(number)
        }
        return all
    }

    /// No deadlock was called, nobody is stuck, no rule of the protocols was broken.
    package var isClean: Bool { stuck.isEmpty && deadlocks == 0 && violations == 0 }

    /// Everybody who hangs was reported, and nobody else.
    package var isExact: Bool { stuck == reported && violations == 0 }
}
