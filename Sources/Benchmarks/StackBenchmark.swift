internal import ArgumentParser
internal import Emulator
internal import Foundation
internal import Measurement
internal import NIOCore
internal import NIOPosix
internal import Primitives
internal import Redirector
internal import Simulation
internal import Synchronization
internal import TerminalServer
internal import Transport

/// Requests per CPU second in memory: a host on one event loop, a server on another.
///
/// Sessions ask again once they have their answers, as many at a time as there are of them. What
/// is compared is measured in turn, for machines are not equally fast all the time.
struct StackBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stack",
        abstract: "Requests per CPU second of a host, and of host and emulated server together."
    )

    @Argument(help: "What the sessions do over and over; everything if nothing is named.")
    var names: [StackWork] = []

    @Option(help: "Who answers, and what is done besides; all in turn if nothing is named.")
    var setting: [StackSetting] = []

    @Option(help: "Sessions, each with one request out.")
    var sessions = 1_000

    @Option(help: "Seconds for each reading.")
    var seconds = 2

    @Option(help: "Readings of each kind; the median counts.")
    var readings = 5

    func run() throws {
        print("\(sessions) sessions on one connection, medians of \(readings) x \(seconds) s")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let settings = setting.isEmpty ? StackSetting.allCases : setting
        for work in names.isEmpty ? StackWork.allCases : names {
            var figures = [[Stack.Reading]](repeating: [], count: settings.count)
            for _ in 0..<max(1, readings) {
                for (index, setting) in settings.enumerated() {
                    let stack = try Stack(work, setting, sessions: sessions, on: group)
                    figures[index].append(try stack.measure(seconds: seconds))
                }
            }
            for (setting, readings) in zip(settings, figures) {
                print(work.rawValue, Self.line(setting, readings))
            }
            if let plain = settings.firstIndex(of: .emulated) {
                for index in settings.indices where settings[index] != .alone && index != plain {
                    let ratio = Self.wholes(figures[index]) / Self.wholes(figures[plain])
                    print(work.rawValue, "\(settings[index])/emulated", Self.text(ratio))
                }
            }
        }
        try group.syncShutdownGracefully()
    }

    private static func line(_ setting: StackSetting, _ readings: [Stack.Reading]) -> String {
        let host = "\(setting): \(Int(readings.map(\.perHostSecond).median)) per CPU s of the host"
        guard setting != .alone else { return host + " and its transport alone" }
        return host + ", \(Int(wholes(readings))) of host and emulated server"
    }

    private static func wholes(_ readings: [Stack.Reading]) -> Double {
        readings.map(\.perSecond).median
    }

    private static func text(_ ratio: Double) -> String { String(format: "%.3f", ratio) }
}

/// What the sessions do.
enum StackWork: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// READ of 512 bytes.
    case read
    /// READ of 4 KiB.
    case read4k
    /// CREATE and CLOSE, two requests.
    case open

    var steps: [Step] {
        get throws {
            switch self {
            case .read, .read4k: [.read(size: readSize, count: 1, .sequential)]
            case .open: [try MemoryWorld.open(), .close]
            }
        }
    }

    var readSize: Int { self == .read4k ? 4_096 : 512 }
}

/// Who answers the host, and what is done besides.
enum StackSetting: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// The least server there can be, whose time does not count.
    case alone
    /// The emulated namespace; all waits are read every tenth of a second, as a watchdog does
    /// where something is old.
    case emulated
    /// The same, and nobody notes or asks who waits for whom.
    case untracked
    /// As `emulated`, and the newest frames are kept.
    case ring
}

/// A host and a server in this process, under way.
private final class Stack {
    /// What was done and used up to a moment.
    struct Reading {
        var requests = 0.0
        var hostSeconds = 0.0
        var serverSeconds = 0.0

        var perHostSecond: Double { requests / max(hostSeconds, 1e-9) }
        var perSecond: Double { requests / max(hostSeconds + serverSeconds, 1e-9) }

        func since(_ other: Reading) -> Reading {
            Reading(
                requests: requests - other.requests,
                hostSeconds: hostSeconds - other.hostSeconds,
                serverSeconds: serverSeconds - other.serverSeconds
            )
        }
    }

    private let sessions: Int
    private let setting: StackSetting
    private let host: HostLoop
    private let hostLoop: any EventLoop
    private let serverLoop: any EventLoop

    init(
        _ work: StackWork,
        _ setting: StackSetting,
        sessions: Int,
        on group: MultiThreadedEventLoopGroup
    ) throws {
        self.sessions = sessions
        self.setting = setting
        hostLoop = group.next()
        serverLoop = group.next()
        let world = try MemoryWorld.plan(
            sessions: sessions,
            script: [.logon, try MemoryWorld.open(), .repeat(.forever, try work.steps)]
        )
        let origin = NIODeadline.now()
        var plan = world.hosts[0]
        plan.tracksWaits = setting != .untracked
        var ports = Self.ports(world)
        ports.keepsFrames = setting == .ring
        if setting == .alone {
            // Nobody's password is known there.
            plan.redirector.allowsGuest = true
            ports.token = { _, take in take(.output([], isComplete: true, sessionKey: nil)) }
            let server = LeastServer(readSize: work.readSize)
            ports.connections = { [serverLoop] loop in
                LeastServerPool(on: loop, to: server, on: serverLoop)
            }
        } else {
            ports.emulator = EmulatorLoop(
                world.namespace,
                addresses: world.addresses,
                seed: world.seed,
                on: serverLoop,
                origin: origin
            )
        }
        host = HostLoop(plan, on: hostLoop, origin: origin, ports: ports)
    }

    private static func ports(_ world: WorldPlan) -> HostPorts {
        let logons = Mutex(
            EmulatedLogons(userNames: world.userNames, password: world.password, seed: 1)
        )
        return HostPorts(
            token: { request, take in
                let answer = logons.withLock {
                    $0.token(
                        host: request.host,
                        session: request.session,
                        user: request.user,
                        input: request.input
                    )
                }
                take(answer)
            },
            tokenEnd: { _, _ in },
            manifest: { _ in },
            event: { print($0.sentence) },
            assembled: { _ in }
        )
    }

    /// Lets it run until all have opened their file, and a while more; then measures.
    func measure(seconds: Int) throws -> Reading {
        while try count(of: [.open]) < Double(sessions) { Thread.sleep(forTimeInterval: 0.01) }
        Thread.sleep(forTimeInterval: 0.2)
        let begin = try read()
        for _ in 0..<10 * seconds {
            Thread.sleep(forTimeInterval: 0.1)
            if setting != .untracked { host.waits { _ in } }
        }
        let figures = try read().since(begin)
        host.stop(grace: .seconds(1))
        try host.finished.wait()
        return figures
    }

    private func read() throws -> Reading {
        Reading(
            requests: try count(of: [.read, .open, .close]),
            hostSeconds: try hostLoop.submit { CPUTime.thread }.wait(),
            serverSeconds: try serverLoop.submit { CPUTime.thread }.wait()
        )
    }

    private func count(of kinds: [OperationKind]) throws -> Double {
        guard let operations = try host.snapshot().wait()?.0.operations else { return 0 }
        return kinds.reduce(0) { $0 + Double(operations[$1.rawValue].count) }
    }
}
