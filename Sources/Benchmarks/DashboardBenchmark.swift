internal import ArgumentParser
internal import Dashboard
internal import Emulator
internal import Foundation
internal import Measurement
internal import Primitives
internal import Redirector
internal import SMBWire
internal import Simulation
internal import Synchronization
internal import Terminal
internal import TerminalServer

/// What the dashboard costs: CPU of one core, bytes a frame, and a key's way to the screen.
///
/// The real loop runs for as long as is said on a pseudo-terminal of 80x24, over a real host whose
/// sessions work in an emulated namespace.
struct DashboardBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "CPU, bytes a frame and key latency of the dashboard at 80x24 and 10 Hz."
    )

    @Option(help: "Sessions.")
    var sessions = 10_000

    @Option(help: "Seconds for each view.")
    var seconds = 60

    @Option(help: "TERM of the pseudo-terminal.")
    var term = "xterm-256color"

    func run() throws {
        // Figures are printed where the person is; the dashboard gets a terminal of its own.
        let console = dup(STDOUT_FILENO)
        let pty = try PseudoTerminal(columns: 80, rows: 24)
        for (name, key) in [("overview", "d"), ("sessions", "2"), ("wait-for", "4")] {
            let source = try SteadySource(sessions: sessions, seconds: seconds)
            pty.press(key, after: .milliseconds(500))
            let before = CPUTime.thread
            _ = try DashboardLoop.run(source, settings: TerminalSettings(type: term))
            let whole = CPUTime.thread - before - source.loading
            let frames = max(1, source.frames)
            let drawing = whole - source.glancing - source.building
            let share = 100 / Double(seconds)
            let line = String(
                format: "%-9@ %d sessions, %.0f op/s, %d frames: %.2f %% of a core "
                    + "(host's glances %.2f, model %.2f, drawing %.2f), %.0f bytes a frame, "
                    + "key to screen %.0f ms\n",
                name as NSString,
                sessions,
                source.rate,
                frames,
                share * whole,
                share * source.glancing,
                share * source.building,
                share * drawing,
                Double(pty.takeBytes()) / Double(frames),
                pty.keyMilliseconds
            )
            _ = line.withCString { write(console, $0, strlen($0)) }
        }
    }
}

/// A steady run: a real host with all its sessions in a simulated world, which moves on by a tenth
/// of a second between two looks.
///
/// What the world costs is counted apart: it is the load, not the dashboard.
private final class SteadySource: DashboardSource {
    private(set) var frames = 0
    /// CPU seconds of the host's glances and snapshots.
    private(set) var glancing = 0.0
    /// CPU seconds in which a model was made of them.
    private(set) var building = 0.0
    /// CPU seconds of the load itself.
    private(set) var loading = 0.0
    /// Operations a second of the load.
    var rate: Double { builder.model.run.rate }
    private var world: World
    private var builder: ModelBuilder
    private var timeline = LatencyTimeline()
    private let framesMax: Int

    /// Every session has logged on and works by then.
    private static let warmUp = Duration.seconds(15)

    init(sessions: Int, seconds: Int) throws {
        framesMax = seconds * 10
        let plan = try SteadyWorld.plan(sessions: sessions)
        world = World(plan)
        var run = DashboardModel.Run(
            profile: "steady",
            target: #"\\ns1\dfs"#,
            client: "fixed",
            seed: 1
        )
        run.phase = "running"
        builder = ModelBuilder(run, hosts: plan.hosts)
        world.start()
        advance(to: .zero + Self.warmUp)
    }

    private func advance(to instant: Instant) {
        while let due = world.nextDeadline, due <= instant, world.step() {}
    }

    func model(wanted: SessionNumber?) -> DashboardModel {
        let start = CPUTime.thread
        frames += 1
        let now = Instant.zero + Self.warmUp + .milliseconds(100 * frames)
        advance(to: now)
        let loaded = CPUTime.thread
        var question = HostGlance.Question(number: frames)
        question.wanted = wanted.flatMap { builder.place(of: $0)?.index }
        question.asksForWaits = builder.asksForWaits(ofHost: 0) && frames.isMultiple(of: 5)
        let glance = world.glance(atHost: 0, question)
        let isFull = frames.isMultiple(of: 10)
        let snapshot = isFull ? world.hosts[0].snapshot(at: world.now) : nil
        let glanced = CPUTime.thread
        builder.model.run.elapsed = now.nanoseconds
        builder.take(glance, ofHost: 0, lag: 0)
        if let snapshot { take(snapshot) }
        loading += loaded - start
        glancing += glanced - loaded
        building += CPUTime.thread - glanced
        if frames >= framesMax { kill(getpid(), SIGTERM) }
        return builder.model
    }

    /// What a run does once a second.
    private func take(_ snapshot: HostSnapshot) {
        let response = snapshot.operations.reduce(into: OperationStatistics()) { $0.add($1) }
        timeline.record(
            response.response,
            underWay: snapshot.sessions.compactMap(\.inFlight?.age),
            at: Double(builder.model.run.elapsed) / 1e9
        )
        let figures = RunFigures(operations: snapshot.operations, dropped: snapshot.dropped)
        builder.take(figures, timeline: timeline)
    }

    func perform(_ intent: Intent) {}
    func suspend(_ stop: () -> Duration) {}
    func wrote(_ line: String) {}
}

/// One host on a namespace server and a file server, all of it emulated.
private enum SteadyWorld {
    static func plan(sessions: Int) throws -> WorldPlan {
        let addresses = ["127.91.0.1", "127.91.0.2"]
        var map = HostMap()
        for (name, address) in zip(["ns1", "fs1"], addresses) { _ = map.add("\(name)=\(address)") }
        var host = HostPlan(
            number: 0,
            sessions: (0..<sessions).map {
                SessionPlan(number: SessionNumber($0), user: 0, userName: "u0000")
            },
            target: try UNCPath(parsing: #"\\ns1\dfs\eng"#),
            script: try script(),
            model: try CompiledModel(.fixed),
            runFolder: "gridlock-bench",
            seed: 1,
            redirector: RedirectorSettings(clientGUID: GUID(high: 1, low: 1))
        )
        host.map = map
        host.provesUsers = false
        host.files = FilesPlan(count: 4, size: 4_096, seed: 1)
        host.duration = .seconds(1_000_000)
        return WorldPlan(
            hosts: [host],
            namespace: try namespace(),
            addresses: addresses,
            userNames: ["u0000"],
            password: "emulated",
            seed: 1
        )
    }

    private static func script() throws -> Script {
        let file = try PathTemplate("{file}")
        return try Script([
            .think(.uniform(.zero, .seconds(5))), .logon,
            .repeat(
                .forever,
                [
                    .open(file, .read), .read(size: 4_096, count: 1, .sequential), .close,
                    .think(.exponential(.seconds(3))),
                ]
            ),
        ])
    }

    private static func namespace() throws -> NamespacePlan {
        let target = try TargetPlan(UNCPath(parsing: #"\\fs1\data"#))
        let root = try RootPlan(
            name: "dfs",
            kind: .standalone,
            targets: [TargetPlan(UNCPath(parsing: #"\\ns1\dfs"#))],
            links: [LinkPlan(path: "eng", targets: [target])]
        )
        var plan = NamespacePlan(
            servers: [
                ServerPlan(name: "ns1", shares: []),
                ServerPlan(name: "fs1", shares: [SharePlan(name: "data")]),
            ],
            roots: [root]
        )
        plan.users = [UserPlan(name: "u0000", ntHash: EmulatedLogons.ntHash(of: "emulated"))]
        // As far away as servers of the same building are.
        plan.faults = [
            FaultPlan(
                name: "wire",
                when: FaultCondition(),
                action: .delay(.uniform(.microseconds(500), .milliseconds(20)))
            )
        ]
        return plan
    }
}

/// A terminal whose other end counts what comes and presses keys.
private final class PseudoTerminal: Sendable {
    private struct State {
        var bytes = 0
        var pressedAt: ContinuousClock.Instant?
        var key: (text: String, due: ContinuousClock.Instant)?
        var milliseconds = 0.0
    }

    /// TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>, which Glibc does not export.
    private static let unlock: UInt = 0x4004_5431
    private static let askNumber: UInt = 0x8004_5430

    private let master: Int32
    private let state = Mutex(State())

    init(columns: UInt16, rows: UInt16) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (locked, number): (Int32, UInt32) = (0, 0)
        guard master >= 0, ioctl(master, Self.unlock, &locked) == 0,
            ioctl(master, Self.askNumber, &number) == 0
        else { throw ValidationError("no pseudo-terminal: \(String(cString: strerror(errno)))") }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
        dup2(slave, STDIN_FILENO)
        dup2(slave, STDOUT_FILENO)
        close(slave)
        let reader = Thread { [self] in read() }
        reader.start()
    }

    var keyMilliseconds: Double { state.withLock { $0.milliseconds } }

    func takeBytes() -> Int {
        state.withLock { state in
            defer { state.bytes = 0 }
            return state.bytes
        }
    }

    /// Presses a key a little later; the first bytes that come then are its answer.
    func press(_ text: String, after delay: Duration) {
        state.withLock { $0.key = (text, .now + delay) }
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while true {
            let ready = poll(&watched, 1, 20)
            if ready > 0 {
                let count = Foundation.read(master, &buffer, buffer.count)
                guard count > 0 else { return }
                state.withLock { state in
                    state.bytes += count
                    guard let pressed = state.pressedAt else { return }
                    state.milliseconds = Double((.now - pressed).wholeNanoseconds) / 1e6
                    state.pressedAt = nil
                }
            }
            let text: String? = state.withLock { state in
                guard let key = state.key, key.due <= .now else { return nil }
                (state.key, state.pressedAt) = (nil, .now)
                return key.text
            }
            if let text { _ = text.withCString { write(master, $0, 1) } }
        }
    }
}
