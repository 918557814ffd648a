internal import ArgumentParser
internal import Foundation
internal import Terminal

/// The flags that say how a run is shown while it is under way.
struct DisplayOptions: ParsableArguments {
    enum Colour: String, ExpressibleByArgument, CaseIterable {
        case auto
        case always
        case never
    }

    @Flag(help: "Lines on standard error in place of the dashboard.")
    var headless = false

    @Flag(help: "The dashboard, with --json as well.")
    var dashboard = false

    @Flag(help: "A line for each change, without a dashboard: for screen readers.")
    var plain = false

    @Flag(help: "Clicks and the wheel reach the dashboard; Shift selects text meanwhile.")
    var mouse = false

    @Option(help: "Colours on the dashboard: auto, always or never.")
    var color = Colour.auto

    func validate() throws {
        guard [headless, dashboard, plain].count(where: { $0 }) <= 1 else {
            throw ValidationError("--headless, --dashboard and --plain exclude each other")
        }
    }

    /// Performs the run in the way that was asked for, or that suits where it is started.
    func perform(
        _ run: some UnwatchedRun,
        prefersLines: Bool
    ) throws -> RunResults.Result {
        if plain { return run.watched(byPerson: false).narrate() }
        guard dashboard || !(headless || prefersLines) else { return run.perform() }
        let settings = settings(ProcessInfo.processInfo.environment)
        // What is no terminal needs no excuse, unless a dashboard was asked for.
        let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        guard isTerminal || dashboard else { return run.perform() }
        do {
            return try run.watched(byPerson: true).perform(settings)
        } catch {
            Console.note("gridlock: no dashboard, \(error); lines follow")
            return run.perform()
        }
    }

    private func settings(_ environment: [String: String]) -> TerminalSettings {
        var settings = TerminalSettings(type: environment["TERM"])
        settings.mouse = mouse
        settings.colours =
            switch color {
            case .always: true
            case .never: false
            case .auto: environment["NO_COLOR"]?.isEmpty ?? true
            }
        return settings
    }
}
