import Foundation
import Primitives
import Testing
import Watchdog

/// DOT files in front of Graphviz' own reader.
@Suite(.enabled(if: Graphviz.isThere, Graphviz.hint)) struct GraphvizTests {
    @Test func `dot draws the article`() throws {
        let hang = try #require(Scene.article().hangs.first)
        let drawing = try Graphviz.draw(DOTDump.text(of: hang))
        #expect(drawing.contains(">S17<") && drawing.contains(">CONN[FS2]<"))
    }

    @Test func `dot draws random graphs and names that would break a file`() throws {
        var text = ""
        var count = 1
        for seed in UInt64(0)..<60 {
            var random = SplitMix64(seed: 6_000_000 + seed)
            let diagnosis = Diagnosis(BruteForce.random(&random).snapshot())
            for finding in diagnosis.findings {
                let hang = HangBuilder(diagnosis)
                    .hang(finding, id: 1, confirmation: .exact, conflicts: [])
                text += DOTDump.text(of: hang)
                count += 1
            }
        }
        let evil = "a\"]; }\n--> <b> | & &lt; \\N \\ \u{0}\u{1B} ü \u{2028}\\"
        var scene = Scene()
        scene.session(1, operation: evil, path: evil)
        scene.holds(1, "PKT[\(evil)]")
        scene.waits(1, "PKT[\(evil)]")
        text += DOTDump.text(of: try #require(scene.hangs.first))
        let drawing = try Graphviz.draw(text)
        #expect(drawing.contains("&amp;lt;"))
        #expect(drawing.components(separatedBy: "<svg").count == count + 1)
    }
}

private enum Graphviz {
    /// Where it must not be skipped, its absence becomes a failure.
    static var isThere: Bool {
        ProcessInfo.processInfo.environment["GRIDLOCK_REQUIRE_GRAPHVIZ"] != nil
            || FileManager.default.isExecutableFile(atPath: "/usr/bin/dot")
    }

    static let hint: Comment = "no /usr/bin/dot here; scripts/setup test installs it"

    struct Failure: Error {
        let status: Int32
        let said: String
    }

    /// The SVG; a warning is a failure, too.
    static func draw(_ text: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "gridlock-dot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "hang.dot")
        try Data(text.utf8).write(to: input)
        let output = folder.appending(path: "hang.svg")
        let errors = folder.appending(path: "errors")
        for file in [output, errors] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/dot")
        // Not `-o`: it would give each graph of the input a file of its own.
        process.arguments = ["-Tsvg", input.path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        let said = try String(contentsOf: errors, encoding: .utf8)
        guard process.terminationStatus == 0, said.isEmpty else {
            throw Failure(status: process.terminationStatus, said: said)
        }
        return try String(contentsOf: output, encoding: .utf8)
    }
}
