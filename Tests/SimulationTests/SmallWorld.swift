import Emulator
import Primitives
import Redirector
import SMBWire
import Simulation
import TerminalServer

/// A world of one host, a namespace server with two links, and two file servers.
struct SmallWorld {
    var sessions = 4
    var seed: UInt64 = 1
    var faults: [FaultPlan] = []
    var duration = Duration.seconds(30)
    var grace = Duration.seconds(60)
    var operationsPerSecond: Double?
    var plantedBug: PlantedBug?
    var logonLimit = Duration.seconds(30)
    /// See `WorldPlan.faultsEnd`.
    var faultsEnd: Duration?
    var script: [Step] = SmallWorld.readersAndWriters

    static var readersAndWriters: [Step] {
        [
            .logon,
            .repeat(
                .times(10),
                [
                    .open(template("{run}\\s{session}.dat"), .write),
                    .write(size: 1_024, count: 2, .sequential),
                    .close,
                    .open(template("{run}\\s{session}.dat"), .read),
                    .read(size: 1_024, count: 2, .sequential),
                    .close,
                    .stat(template("{file}")),
                    .list(template("{run}")),
                    .think(.uniform(.milliseconds(1), .milliseconds(300))),
                ]
            ),
            .logoff,
        ]
    }

    static func template(_ text: String) -> PathTemplate {
        guard let template = try? PathTemplate(text) else { preconditionFailure(text) }
        return template
    }

    var namespace: NamespacePlan {
        var link = LinkPlan(
            path: "one",
            targets: [target("\\\\fs1\\data"), target("\\\\fs2\\data")]
        )
        link.timeToLive = 20
        var root = RootPlan(
            name: "dfs",
            kind: .standalone,
            targets: [target("\\\\ns1\\dfs")],
            links: [link, LinkPlan(path: "two", targets: [target("\\\\fs2\\data")])]
        )
        root.timeToLive = 10
        var plan = NamespacePlan(
            servers: ["ns1", "fs1", "fs2"].map { name in
                ServerPlan(name: name, shares: name == "ns1" ? [] : [SharePlan(name: "data")])
            },
            roots: [root]
        )
        plan.faults = faults
        plan.users = userNames.map { UserPlan(name: $0, ntHash: Self.ntHash) }
        return plan
    }

    private func target(_ text: String) -> TargetPlan {
        guard let path = try? UNCPath(parsing: text) else { preconditionFailure(text) }
        return TargetPlan(path)
    }

    private var userNames: [String] { (0..<sessions).map { "u\($0)" } }
    /// MD4 of “emulated” in UTF-16LE.
    private static let ntHash = EmulatedLogons.ntHash(of: "emulated")

    var plan: WorldPlan {
        var map = HostMap()
        let addresses = ["127.91.0.1", "127.91.0.2", "127.91.0.3"]
        for (name, address) in zip(["ns1", "fs1", "fs2"], addresses) {
            _ = map.add("\(name)=\(address)")
        }
        guard let target = try? UNCPath(parsing: "\\\\ns1\\dfs\\one"),
            let script = try? Script(script), let model = try? CompiledModel(.fixed)
        else { preconditionFailure("the small world does not compile") }
        var host = HostPlan(
            number: 0,
            sessions: (0..<sessions).map {
                SessionPlan(number: SessionNumber($0), user: $0, userName: "u\($0)")
            },
            target: target,
            script: script,
            model: model,
            runFolder: "gridlock-\(seed)",
            seed: seed,
            redirector: RedirectorSettings(clientGUID: GUID(high: seed, low: 7))
        )
        host.map = map
        host.redirector.logonLimit = logonLimit
        host.files = FilesPlan(count: 2, size: 4_096, seed: 1)
        host.duration = duration
        host.grace = grace
        host.operationsPerSecond = operationsPerSecond
        host.provesUsers = false
        var plan = WorldPlan(
            hosts: [host],
            namespace: namespace,
            addresses: addresses,
            userNames: userNames,
            password: "emulated",
            seed: seed
        )
        plan.plantedBug = plantedBug
        plan.faultsEnd = faultsEnd
        return plan
    }

    func run() -> World {
        var world = World(plan)
        world.run(until: .zero + .seconds(600))
        return world
    }

    /// A fault from the second second on; nil lets it strike until somebody ends it.
    static func fault(_ name: String, _ action: FaultAction, until: Int? = 15) -> FaultPlan {
        var when = FaultCondition()
        when.from = .seconds(2)
        when.until = until.map { .seconds($0) }
        return FaultPlan(name: name, when: when, action: action)
    }
}
