import Foundation
package import Testing

/// A real terminal emulator with one program in it: a private tmux server.
package final class TmuxPane {
    private let folder: URL
    private let socket: String

    /// The dashboard on made-up models.
    package static let probe = built("TerminalProbe")

    /// A built program beside the running tests.
    package static func built(_ name: String) -> String {
        let tests =
            CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let folder = URL(filePath: tests).deletingLastPathComponent()
        return folder.appending(path: name).path
    }

    /// Where tmux was to be installed its absence is a failure; elsewhere the tests are skipped.
    package static let isThere =
        ProcessInfo.processInfo.environment["GRIDLOCK_REQUIRE_TMUX"] != nil
        || FileManager.default.isExecutableFile(atPath: "/usr/bin/tmux")

    package static let hint: Comment = "tmux is missing: scripts/setup test installs it"

    /// Starts `command` under a shell that notes its exit code and the terminal's settings before
    /// and after it.
    package init(
        _ command: String,
        term: String = "tmux-256color",
        width: Int = 80,
        height: Int = 24,
        environment: [String: String] = [:]
    ) throws {
        let exports = environment.map { "export \($0.key)='\($0.value)'" }.joined(separator: "\n")
        folder = FileManager.default.temporaryDirectory
            .appending(path: "gridlock-tmux-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socket = folder.appending(path: "s").path
        let script = """
            cd '\(folder.path)'
            unset NO_COLOR COLORTERM LINES COLUMNS
            export TERM=\(term) LC_ALL=C.UTF-8 SWIFT_BACKTRACE=interactive=no
            \(exports)
            stty -g >before
            sh -c 'echo $$ >pid; exec \(command)'
            echo $? >code.new
            stty -g >after
            mv code.new code
            exec cat
            """
        try script.write(
            to: folder.appending(path: "script"),
            atomically: true,
            encoding: .utf8
        )
        try tmux(
            "new-session",
            "-d",
            "-x",
            "\(width)",
            "-y",
            "\(height)",
            "bash '\(folder.path)/script'"
        )
    }

    /// The folder that the program runs in, gone afterwards.
    package var workingFolder: String { folder.path }

    deinit {
        _ = try? tmux("kill-server")
        try? FileManager.default.removeItem(at: folder)
    }

    @discardableResult
    package func tmux(_ arguments: String...) throws -> String {
        try Spawned.output("/usr/bin/tmux", ["-S", socket, "-f", "/dev/null", "-u"] + arguments)
    }

    package func screen() throws -> String { try tmux("capture-pane", "-p") }

    package func press(_ keys: String...) throws {
        for key in keys { try tmux("send-keys", key) }
    }

    package func type(_ text: String) throws { try tmux("send-keys", "-l", "--", text) }

    package func resize(width: Int, height: Int) throws {
        try tmux("resize-window", "-x", "\(width)", "-y", "\(height)")
    }

    /// Signals the program itself.
    package func signal(_ number: Int32) throws {
        let pid = try #require(Int32(try text("pid").dropLast()))
        kill(pid, number)
    }

    /// Looks until the screen shows the text; false when it never does.
    package func shows(_ text: String) throws -> Bool {
        try eventually { try screen().contains(text) }
    }

    /// The program's exit code, once it has ended.
    package func code() throws -> Int32? {
        guard eventually({ FileManager.default.fileExists(atPath: path("code")) }) else {
            return nil
        }
        return Int32(try text("code").dropLast())
    }

    /// The terminal is as the program found it: settings, screen, cursor, mouse.
    package func isRestored() throws -> Bool {
        let format = "#{alternate_on}#{mouse_any_flag}#{cursor_flag}#{keypad_flag}"
        let flags = try tmux("display", "-p", format)
        return try text("before") == text("after") && flags == "0010\n"
    }

    /// Asking takes milliseconds each time: no need to sleep in between.
    package func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        let limit = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < limit {
            if try condition() { return true }
        }
        return false
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }
}
