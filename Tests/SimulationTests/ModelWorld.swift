import Emulator
import Primitives
import Redirector
import SMBWire
import Simulation
import TerminalServer
import Watchdog

/// A world for one client model: links on the namespace server or elsewhere, a script, faults.
struct ModelWorld {
    var model = ClientModel.fixed
    var sessions = 4
    var seed: UInt64 = 1
    /// Where each link leads; link i is named `j<i>`.
    var links = ["\\\\ns1\\data"]
    var faults: [FaultPlan] = []
    var script: [Step] = []
    var duration = Duration.seconds(60)
    var onHang = OnHang.continue
    var virtualCircuit = false
    var linkTimeToLive: UInt32 = 1_800

    /// Everybody logs on, meets at a barrier, and opens through the link of its own choice.
    static func opening(_ files: [String], rounds: Int = 3) -> [Step] {
        let opens = files.map { file in
            Step.Choice(
                weight: 1,
                steps: [.open(SmallWorld.template(file), .read), .close]
            )
        }
        return [
            .logon, .barrier,
            .repeat(.times(rounds), [.choose(opens), .think(.fixed(.milliseconds(5)))]),
            .logoff,
        ]
    }

    private func path(_ text: String) -> UNCPath {
        guard let path = try? UNCPath(parsing: text) else { preconditionFailure(text) }
        return path
    }

    var plan: WorldPlan {
        let names = ["ns1", "fs1", "fs2"]
        let files = (0..<4).map { FilePlan(path: "f\($0).txt", size: 4_096) }
        var root = RootPlan(
            name: "dfs",
            kind: .standalone,
            targets: [TargetPlan(path("\\\\ns1\\dfs"))]
        )
        root.links = links.enumerated().map { number, target in
            var link = LinkPlan(path: "j\(number)", targets: [TargetPlan(path(target))])
            link.timeToLive = linkTimeToLive
            return link
        }
        let users = (0..<sessions).map { "u\($0)" }
        var namespace = NamespacePlan(
            servers: names.map { name in
                var server = ServerPlan(
                    name: name,
                    shares: [SharePlan(name: "data", files: files)]
                )
                server.isVirtualCircuit = virtualCircuit
                return server
            },
            roots: [root]
        )
        namespace.faults = faults
        namespace.users = users.map {
            UserPlan(name: $0, ntHash: EmulatedLogons.ntHash(of: "emulated"))
        }
        let addresses = ["127.91.0.1", "127.91.0.2", "127.91.0.3"]
        var plan = WorldPlan(
            hosts: [host(users, addresses, names)],
            namespace: namespace,
            addresses: addresses,
            userNames: users,
            password: "emulated",
            seed: seed
        )
        plan.onHang = onHang
        return plan
    }

    private func host(_ users: [String], _ addresses: [String], _ names: [String]) -> HostPlan {
        guard let script = try? Script(script), let compiled = try? CompiledModel(model) else {
            preconditionFailure("the world does not compile")
        }
        var host = HostPlan(
            number: 0,
            sessions: users.enumerated().map {
                SessionPlan(number: SessionNumber($0.offset), user: $0.offset, userName: $0.element)
            },
            target: path("\\\\ns1\\dfs"),
            script: script,
            model: compiled,
            runFolder: "gridlock",
            seed: seed,
            redirector: RedirectorSettings(clientGUID: GUID(high: seed, low: 7))
        )
        for (name, address) in zip(names, addresses) { _ = host.map.add("\(name)=\(address)") }
        host.readOnly = true
        host.duration = duration
        host.grace = .seconds(5)
        host.provesUsers = false
        return host
    }

    func run() -> World {
        var world = World(plan)
        world.run(until: .zero + .seconds(300))
        return world
    }
}

extension World {
    /// The hangs that were found, in order.
    var hangs: [Hang] {
        sightings.compactMap { if case .found(let hang) = $0.effect { hang } else { nil } }
    }

    var verdicts: [Verdict] { hangs.map(\.verdict) }

    var clearances: [Watchdog.Clearance] {
        sightings.compactMap { if case .cleared(let it) = $0.effect { it } else { nil } }
    }
}
