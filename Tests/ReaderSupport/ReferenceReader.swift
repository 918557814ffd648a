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

    /// Runs a Python script over `text`, which it finds in the file that its first argument names;
    /// what it prints is returned.
    package static func run(_ script: String, on text: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "gridlock-reader-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "input")
        try Data(text.utf8).write(to: file)
        let process = Process()
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", script, file.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let printed = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure(description: "the reader refused the text:\n\(printed)")
        }
        return printed
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
