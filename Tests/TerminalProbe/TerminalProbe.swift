import Dashboard
import DashboardSupport
import Glibc
import Primitives
import Terminal

/// The dashboard on made-up models, so that the terminal can be tested without a run.
///
///     TerminalProbe SAMPLE [--mouse] [--crash] [--no-colours] [--chatty]
@main enum TerminalProbe {
    static func main() {
        let arguments = CommandLine.arguments
        var settings = TerminalSettings(type: getenv("TERM").map { String(cString: $0) })
        settings.mouse = arguments.contains("--mouse")
        settings.colours = !arguments.contains("--no-colours")
        let source = ProbeSource(
            SampleModels.model(arguments.count > 1 ? arguments[1] : "steady"),
            crashes: arguments.contains("--crash"),
            isChatty: arguments.contains("--chatty")
        )
        do {
            switch try DashboardLoop.run(source, settings: settings) {
            case .quit: exit(0)
            case .signal(let number): exit(128 + number)
            }
        } catch {
            say("refused: \(error)")
            exit(2)
        }
    }

    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// A model whose clock goes on, and whose events tell what was asked for.
final class ProbeSource: DashboardSource {
    private var model: DashboardModel
    private let crashes: Bool
    private let isChatty: Bool
    private var readings = 0

    init(_ model: DashboardModel, crashes: Bool, isChatty: Bool) {
        self.model = model
        self.crashes = crashes
        self.isChatty = isChatty
    }

    func model(wanted: SessionNumber?) -> DashboardModel {
        readings += 1
        model.run.elapsed += 100_000_000
        if isChatty, readings == 10 { TerminalProbe.say("a library says something") }
        return model
    }

    func perform(_ intent: Intent) {
        if crashes { preconditionFailure("asked to crash") }
        if intent == .stop { model.run.isOver = true }
        if intent == .pause { model.run.isPaused = true }
        if intent == .resume { model.run.isPaused = false }
        tell("intent \(intent)")
    }

    func suspend(_ stop: () -> Duration) {
        _ = stop()
        tell("suspended")
    }

    func wrote(_ line: String) { tell("stderr said: \(line)") }

    private func tell(_ text: String) {
        model.events.append(
            .init(at: model.run.elapsed, level: .warning, source: "probe", text: text)
        )
    }
}
