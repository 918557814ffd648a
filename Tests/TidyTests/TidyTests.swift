import Foundation
import Testing

/// Every target's rank, and the modules it may import besides targets of lower rank.
private let ranks: KeyValuePairs<String, (rank: Int, allowed: Set<String>)> = [
    "CLibcrypto": (0, []),
    "CGSSAPI": (4, []),
    "CNcurses": (4, []),
    "Primitives": (0, []),
    "SMBWire": (1, []),
    "Crypto": (1, ["CLibcrypto"]),
    "Measurement": (1, []),
    "Watchdog": (1, []),
    "Redirector": (2, ["DequeModule"]),
    "Dfs": (2, []),
    "FuzzRequests": (6, []),
    "FuzzResponses": (6, []),
    "FuzzReferrals": (6, []),
    "FuzzEmulator": (6, []),
    "FuzzRedirector": (6, []),
    "TerminalServer": (3, ["DequeModule"]),
    "Emulator": (3, ["DequeModule"]),
    "Report": (4, []),
    "Dashboard": (4, []),
    "Simulation": (4, []),
    "Transport": (5, ["Dispatch", "Foundation", "NIOCore", "NIOPosix", "Synchronization"]),
    "Terminal": (5, ["Glibc"]),
    "Credentials": (5, ["CGSSAPI", "Foundation", "Synchronization", "Dispatch"]),
    "Benchmarks": (
        6, ["ArgumentParser", "Foundation", "NIOCore", "NIOPosix", "Synchronization"]
    ),
    "gridlock": (
        6,
        [
            "ArgumentParser", "Dispatch", "Foundation", "Glibc", "NIOCore", "NIOPosix",
            "Synchronization", "Yams",
        ]
    ),
]

/// Ranks up to this one are pure.
private let lastPureRank = 4

/// Words that would let a clock, a die or a thread into a pure target.
private var impure: Regex<(Substring, Substring)> {
    #/
    \b(ContinuousClock | SuspendingClock | SystemRandomNumberGenerator | Date\(\) | Task\s*\{
    | Task\.sleep | async\b | await\b | \.shuffled\(\) | \.randomElement\(\) | random\(in:[^,)]*\)
    | hashValue | Mutex | print\()
    /#
}

/// Ways around the compiler that need a better idea instead.
private var escape: Regex<(Substring, Substring)> {
    /(@unchecked Sendable|nonisolated\(unsafe\)|@testable|try!|as!|fileprivate)/
}

@Suite struct TidyTests {
    @Test(arguments: sources) func `a file imports only what its rank allows`(
        _ file: SourceFile
    ) throws {
        let own = try #require(
            ranks.first { $0.key == file.target },
            "no rank for \(file.target)"
        ).value
        for module in file.imports {
            let lower = ranks.contains { $0.key == module && $0.value.rank < own.rank }
            #expect(lower || own.allowed.contains(module), "\(file.path) imports \(module)")
        }
    }

    @Test(arguments: sources.filter { $0.rank.map { $0 <= lastPureRank } ?? false })
    func `a pure file names no clock, die or thread`(_ file: SourceFile) {
        for (number, line) in file.code where line.firstMatch(of: impure) != nil {
            Issue.record("\(file.path):\(number): \(line)")
        }
    }

    @Test(arguments: sources) func `no file escapes from the rules`(_ file: SourceFile) {
        for (number, line) in file.code where line.firstMatch(of: escape) != nil {
            Issue.record("\(file.path):\(number): \(line)")
        }
    }

    @Test(arguments: sources + tests) func `a file fits in 500 lines of 100 columns`(
        _ file: SourceFile
    ) {
        #expect(file.lines.count <= 500, "\(file.path)")
        for (number, line) in file.lines.enumerated() where line.count > 100 {
            Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
        }
    }

    @Test(arguments: sources + tests) func `a function fits in 70 lines`(_ file: SourceFile) {
        for function in file.functions where function.lineCount > 70 {
            Issue.record("\(file.path):\(function.line) has \(function.lineCount) lines")
        }
    }
}

private let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
private let sources = files(below: "Sources")
private let tests = files(below: "Tests")

struct SourceFile: Sendable, CustomTestStringConvertible {
    let path: String
    let lines: [Substring]

    var testDescription: String { path }
    var target: String { String(path.split(separator: "/")[1]) }
    var rank: Int? { ranks.first { $0.key == target }?.value.rank }

    /// The lines that are no comments, with their numbers from 1.
    var code: [(number: Int, line: Substring)] {
        lines.enumerated().map { ($0.offset + 1, $0.element) }
            .filter { !$0.1.drop(while: \.isWhitespace).hasPrefix("//") }
    }

    var imports: [String] {
        lines.compactMap { line in
            let pattern =
                /^(?:@\w+(?:\(\w+\))? )*(?:package |public |private )?import (?:\w+ )?(\w+)/
            return line.firstMatch(of: pattern).map { String($0.1) }
        }
    }

    /// Functions and initialisers by their indentation: the formatter keeps it true.
    var functions: [(line: Int, lineCount: Int)] {
        var found: [(Int, Int)] = []
        for (index, line) in lines.enumerated()
        where line.firstMatch(of: /^ *(?:[@\w()]+ )*(?:func |init[?(<])/) != nil {
            guard !line.hasSuffix("}") else { continue }
            let indent = line.prefix { $0 == " " }
            guard let end = lines[index...].firstIndex(of: indent + "}") else { continue }
            found.append((index + 1, end - index + 1))
        }
        return found
    }
}

private func files(below folder: String) -> [SourceFile] {
    let top = root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(at: top, includingPropertiesForKeys: nil)
    else { return [] }
    return walk.compactMap { $0 as? URL }
        .filter { $0.pathExtension == "swift" }
        .sorted { $0.path < $1.path }
        .compactMap { url in
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
            return SourceFile(
                path: String(url.path.dropFirst(root.path.count + 1)),
                lines: text.split(separator: "\n", omittingEmptySubsequences: false)
            )
        }
}
