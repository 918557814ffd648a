package import Foundation
package import Testing

/// Programs that others wrote for the formats that we write: Python packages in an environment of
/// their own, which `scripts/setup test` makes.
package enum ReferenceReader {
    private static var python: String {
        let variables = ProcessInfo.processInfo.environment
        let folder =
            variables["GRIDLOCK_READERS"]
            ?? (variables["HOME"] ?? "") + "/.cache/gridlock/readers"
        return folder + "/bin/python3"
    }

    /// Where they must not be skipped, their absence becomes a failure.
    package static var isThere: Bool {
        ProcessInfo.processInfo.environment["GRIDLOCK_REQUIRE_SAMBA"] != nil
            || FileManager.default.isExecutableFile(atPath: python)
    }

    package static let hint: Comment =
        "no reference readers here; scripts/setup test installs them"

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let browser = "/usr/bin/chromium"

    package static var hasBrowser: Bool {
        ProcessInfo.processInfo.environment["GRIDLOCK_REQUIRE_SAMBA"] != nil
            || FileManager.default.isExecutableFile(atPath: browser)
    }

    package static let browserHint: Comment =
        "no /usr/bin/chromium here; scripts/setup test installs it"

    /// The page as it is after its scripts ran, as text.
    package static func page(_ document: String) throws -> String {
        try withFile(of: document, ending: ".html") { file, folder in
            let options = [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--user-data-dir=" + folder.appending(path: "profile").path, "--dump-dom",
            ]
            return try output(of: browser, options + ["file://" + file.path], in: folder)
        }
    }

    /// Runs a Python script over `text`, which it finds in the file that its first argument names;
    /// what it prints is returned.
    package static func run(_ script: String, on text: String) throws -> String {
        try withFile(of: text, ending: "") { file, folder in
            try output(of: python, ["-c", script, file.path], in: folder)
        }
    }

    private static func withFile(
        of text: String,
        ending: String,
        _ body: (URL, URL) throws -> String
    ) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "gridlock-reader-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "input" + ending)
        try Data(text.utf8).write(to: file)
        return try body(file, folder)
    }

    /// What the program prints; a code other than 0 is a failure that says what it complained of.
    private static func output(
        of program: String,
        _ arguments: [String],
        in folder: URL
    ) throws -> String {
        let (results, complaints) = (folder.appending(path: "out"), folder.appending(path: "err"))
        try Data().write(to: results)
        try Data().write(to: complaints)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: results)
        process.standardError = try FileHandle(forWritingTo: complaints)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = String(decoding: try Data(contentsOf: complaints), as: UTF8.self)
            throw Failure(description: "the reader refused the text:\n\(text)")
        }
        return String(decoding: try Data(contentsOf: results), as: UTF8.self)
    }
}

/// Files that hold what a format should look like; `RECORD=1` writes them anew.
package enum Golden {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors/report")

    package static func url(_ name: String) -> URL { root.appending(path: name) }

    /// Compares `text` with the file, or writes the file.
    package static func expect(
        _ text: String,
        is name: String,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url(name))
            return
        }
        let expected = String(decoding: try Data(contentsOf: url(name)), as: UTF8.self)
        let (found, wanted) = (lines(text), lines(expected))
        let first = zip(found, wanted).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(
            text == expected,
            """
            \(name) differs from line \((first?.offset ?? min(found.count, wanted.count)) + 1); \
            RECORD=1 writes it anew
            """,
            sourceLocation: location
        )
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }
}
