internal import ArgumentParser
internal import Emulator
internal import Foundation
internal import Measurement
internal import Primitives
internal import Redirector
internal import SMBWire
internal import Simulation
internal import TerminalServer

/// Bytes of one session: of its host, and of the emulated servers that it uses.
///
/// Every session logs on through a Dfs link, opens a file and reads of it; then all of them think.
/// The process's memory is looked at then, and again when everything but the host is gone.
struct MemoryBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Bytes of one session on a host, and on the emulated servers."
    )

    @Argument(help: "Numbers of sessions.")
    var sessions = [10_000, 100_000]

    func run() throws {
        for count in sessions {
            let start = Self.resident
            var world: World? = World(
                try MemoryWorld.plan(
                    sessions: count,
                    script: [
                        .think(.uniform(.zero, .seconds(100))), .logon, MemoryWorld.open(),
                        .read(size: 512, count: 4, .sequential), .think(.fixed(.seconds(1_000))),
                    ]
                )
            )
            world?.run(until: .zero + .seconds(110))
            let hosts = world?.hosts ?? []
            let opens = hosts.reduce(into: OperationStatistics()) { sum, host in
                sum.add(host.statistics[OperationKind.open.rawValue])
            }
            guard opens.count == UInt64(count), opens.errors == 0 else {
                let reason = world?.events.last?.event.sentence ?? ""
                print("\(opens.count) of \(count) opened a file, \(opens.errors) badly: \(reason)")
                throw ExitCode.failure
            }
            let whole = Self.resident
            world = nil
            let alone = Self.resident
            print(
                "\(count) sessions: \((alone - start) / count) bytes a session on their hosts, "
                    + "\((whole - alone) / count) on servers, links and checkers"
            )
            withExtendedLifetime(hosts) {}
        }
    }

    /// Bytes of memory that the process has, after what is free went back to the system.
    private static var resident: Int {
        // The C library's module leaves malloc.h out.
        if let trim = dlsym(nil, "malloc_trim") {
            _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> Int32).self)(0)
        }
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return pages.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
            $0 * Int(getpagesize())
        } ?? 0
    }
}

/// Hosts, a namespace server and a file server, and a thousand users at most.
enum MemoryWorld {
    static func open() throws -> Step {
        .open(try PathTemplate("files\\f{random:16}.dat"), .read)
    }

    static func plan(sessions: Int, script: [Step]) throws -> WorldPlan {
        let target = try UNCPath(parsing: "\\\\ns1\\dfs")
        let users = (0..<min(sessions, 1_000)).map { "u\($0)" }
        let addresses = ["127.92.0.1", "127.92.0.2"]
        let hosts = try stride(from: 0, to: sessions, by: hostMax).map { first in
            try host(first..<min(sessions, first + hostMax), target, users, addresses, script)
        }
        return WorldPlan(
            hosts: hosts,
            namespace: try namespace(target, users),
            addresses: addresses,
            userNames: users,
            password: "emulated",
            seed: 1
        )
    }

    /// Sessions of one host: a server takes no more than 16,384 on one connection.
    private static let hostMax = 10_000

    private static func host(
        _ sessions: Range<Int>,
        _ target: UNCPath,
        _ users: [String],
        _ addresses: [String],
        _ script: [Step]
    ) throws -> HostPlan {
        let number = sessions.lowerBound / hostMax
        var host = HostPlan(
            number: number,
            sessions: sessions.map { index in
                let user = index % users.count
                return SessionPlan(
                    number: SessionNumber(index),
                    user: user,
                    userName: users[user]
                )
            },
            target: target,
            script: try Script(script),
            model: try CompiledModel(.fixed),
            runFolder: "gridlock",
            seed: 1,
            redirector: RedirectorSettings(clientGUID: GUID(high: 1, low: UInt64(number)))
        )
        for (name, address) in zip(["ns1", "fs1"], addresses) {
            _ = host.map.add("\(name)=\(address)")
        }
        host.readOnly = true
        host.duration = .seconds(100_000)
        host.provesUsers = false
        return host
    }

    private static func namespace(_ target: UNCPath, _ users: [String]) throws -> NamespacePlan {
        let files = (0..<16).map { FilePlan(path: "f\($0).dat", size: 65_536) }
        var root = RootPlan(name: "dfs", kind: .standalone, targets: [TargetPlan(target)])
        root.links = [
            LinkPlan(
                path: "files",
                targets: [TargetPlan(try UNCPath(parsing: "\\\\fs1\\data"))]
            )
        ]
        var plan = NamespacePlan(
            servers: [
                ServerPlan(name: "ns1"),
                ServerPlan(name: "fs1", shares: [SharePlan(name: "data", files: files)]),
            ],
            roots: [root]
        )
        let hash = EmulatedLogons.ntHash(of: "emulated")
        plan.users = users.map { UserPlan(name: $0, ntHash: hash) }
        return plan
    }
}
