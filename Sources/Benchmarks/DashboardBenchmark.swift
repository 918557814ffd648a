internal import ArgumentParser
internal import Dashboard
internal import Foundation
internal import Primitives
internal import Synchronization
internal import Terminal

/// What the dashboard costs: CPU of one core, bytes a frame, and a key's way to the screen.
///
/// The real loop runs for as long as is said on a pseudo-terminal of 80x24, over sessions that
/// change as those of a steady run do.
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
            let source = SteadySource(sessions: sessions, seconds: seconds)
            pty.press(key, after: .milliseconds(500))
            let before = threadCPU()
            _ = try DashboardLoop.run(source, settings: TerminalSettings(type: term))
            let whole = threadCPU() - before
            let frames = max(1, source.frames)
            let drawing = whole - source.publishing
            let line = String(
                format: "%-9@ %d sessions, %d frames: %.2f %% of a core (publishing %.2f, "
                    + "drawing %.2f), %.0f bytes a frame, key to screen %.0f ms\n",
                name as NSString,
                sessions,
                frames,
                100 * whole / Double(seconds),
                100 * source.publishing / Double(seconds),
                100 * drawing / Double(seconds),
                Double(pty.takeBytes()) / Double(frames),
                pty.keyMilliseconds
            )
            _ = line.withCString { write(console, $0, strlen($0)) }
        }
    }

    /// CPU seconds of this thread.
    private func threadCPU() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A steady run: each tenth of a second a tenth of the sessions has something new.
private final class SteadySource: DashboardSource {
    private(set) var frames = 0
    /// CPU seconds spent in making models.
    private(set) var publishing = 0.0
    private var model: DashboardModel
    private var random = SplitMix64(seed: 1)
    private let framesMax: Int

    init(sessions: Int, seconds: Int) {
        framesMax = seconds * 10
        var run = DashboardModel.Run(
            profile: "steady",
            target: #"\\ns1\dfs"#,
            client: "fixed",
            seed: 1
        )
        run.phase = "running"
        model = DashboardModel(run: run)
        model.heatMap.bounds = (0..<22).map { UInt64(10_000) << UInt64($0) }
        model.heatMap.underWay = [UInt64](repeating: 0, count: 23)
        model.sessions = (0..<sessions).map {
            .init(number: SessionNumber($0), user: "u\($0)", host: $0 % 8)
        }
        model.operations = ["logon", "open", "read", "write", "close"].map { .init(name: $0) }
    }

    func model(wanted: SessionNumber?) -> DashboardModel {
        var start = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        frames += 1
        model.run.elapsed += 100_000_000
        for index in model.sessions.indices { change(index) }
        if frames.isMultiple(of: 10) { everySecond() }
        var end = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        publishing += Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
        if frames >= framesMax { kill(getpid(), SIGTERM) }
        return model
    }

    /// Every row is written, as a host's glance does it; one in ten has a new operation.
    private func change(_ index: Int) {
        let dice = random.next()
        let age = dice % 20_000_000
        model.sessions[index].last = 500_000 + dice % 9_000_000
        model.sessions[index].trend.record(model.sessions[index].last)
        model.sessions[index].state = dice % 4 == 0 ? .thinking : .working
        guard dice % 10 == 0 else {
            model.sessions[index].inFlight?.age = age
            return
        }
        model.sessions[index].operations += 1
        model.sessions[index].p99 = 8_000_000 + dice % 50_000_000
        model.sessions[index].inFlight = .init(
            operation: dice % 3 == 0 ? "open" : "read",
            path: #"\\ns1\dfs\eng\a.txt"#,
            age: age
        )
    }

    private func everySecond() {
        model.run.rate = 9_000 + Double(random.next() % 500)
        model.run.operations += 9_000
        for index in model.operations.indices {
            model.operations[index].count += 1_800
            model.operations[index].rate = 1_750 + Double(random.next() % 100)
            model.operations[index].p50 = 1_000_000 + random.next() % 200_000
            model.operations[index].p99 = 20_000_000 + random.next() % 2_000_000
        }
        if model.heatMap.columns.count >= 120 { model.heatMap.columns = [] }
        let start = UInt64(model.heatMap.columns.count) * 1_000_000_000
        var column = DashboardModel.HeatMap.Column(
            start: start,
            end: start + 1_000_000_000,
            ended: [UInt64](repeating: 0, count: 23)
        )
        for row in 5..<14 { column.ended[row] = 4_000 >> UInt64(abs(row - 9)) }
        model.heatMap.columns.append(column)
    }

    func perform(_ intent: Intent) {}
    func suspend(_ stop: () -> Duration) {}
    func wrote(_ line: String) {}
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
