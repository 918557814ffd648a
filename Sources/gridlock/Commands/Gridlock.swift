internal import ArgumentParser
internal import Foundation

/// The program: its commands, and how a failure becomes an exit code.
@main
struct Gridlock: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "gridlock",
        abstract: "Load a Dfs namespace with terminal server sessions, and find the hang.",
        version: version,
        subcommands: [
            RunCommand.self, CheckCommand.self, ResolveCommand.self, ServeCommand.self,
            CleanCommand.self, ProfilesCommand.self,
        ],
        // A newcomer sees the hang of Q260752, and its graph, in seconds.
        defaultSubcommand: RunCommand.self
    )

    static func main() {
        // A closed pipe is an error of a write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        // Nor is a file that grew to its limit.
        signal(SIGXFSZ, SIG_IGN)
        Console.occupyStandardDescriptors()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            Console.note("gridlock: \(failure.sentence)")
            exit(failure.code)
        } catch let error as ProfileError {
            Console.note("gridlock: \(error)")
            exit(.profileInvalid)
        } catch let error as SettingError {
            Console.note("gridlock: \(error)")
            if case .profile = error.origin { exit(.profileInvalid) }
            exit(.usage)
        } catch {
            exit(withError: error)
        }
    }

    private static func exit(_ code: ExitCode) -> Never {
        exit(withError: ArgumentParser.ExitCode(code.rawValue))
    }
}
