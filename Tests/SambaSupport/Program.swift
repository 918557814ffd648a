import Foundation
import Synchronization

/// What a program printed, and how it ended.
package struct ProgramResult: Sendable {
    package let code: Int32
    package let output: String
    package let errors: String

    package init(code: Int32, output: String, errors: String) {
        self.code = code
        self.output = output
        self.errors = errors
    }
}

/// Starts real programs and waits for them.
package enum Program {
    /// The built gridlock beside the running tests.
    package static let gridlock: String = {
        let tests =
            CommandLine.arguments.first { $0.hasSuffix(".xctest") }
            ?? CommandLine.arguments[0]
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "gridlock").path
    }()

    package static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> ProgramResult {
        try RunningProgram(path, arguments, environment: environment).wait()
    }
}

/// A program under way, whose lines on standard error can be awaited.
package final class RunningProgram {
    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private let input: Pipe?
    private var heard = Data()
    /// Where the lines begin that `awaitNextLine` has not seen.
    private var passed = 0

    /// With `isTypedTo` the program reads what `type` writes; else it reads nothing.
    package init(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        isTypedTo: Bool = false
    ) throws {
        input = isTypedTo ? Pipe() : nil
        var variables = ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("GRIDLOCK_")
        }
        variables.merge(environment) { $1 }
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = variables
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    package var processIdentifier: Int32 { process.processIdentifier }

    package var isRunning: Bool { process.isRunning }

    /// Writes a line to its standard input.
    package func type(_ line: String) throws {
        try input?.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    package func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Reads standard error until a line contains `text`; false if it ends before.
    package func awaitLine(containing text: String) -> Bool {
        while !String(decoding: heard, as: UTF8.self).contains(text) {
            let more = errors.fileHandleForReading.availableData
            if more.isEmpty { return false }
            heard.append(more)
        }
        return true
    }

    /// Reads standard error until a whole line that was not returned before contains `text`.
    package func awaitNextLine(containing text: String) -> String? {
        while true {
            while let end = heard[passed...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: heard[passed..<end], as: UTF8.self)
                passed = end + 1
                if line.contains(text) { return line }
            }
            let more = errors.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            heard.append(more)
        }
    }

    /// The rest of the line behind `text`, once that was read; nil if it never comes.
    package func awaitWords(behind text: String) -> String? {
        guard awaitLine(containing: text) else { return nil }
        let words = String(decoding: heard, as: UTF8.self).components(separatedBy: text)
        return words[1].split(separator: "\n", omittingEmptySubsequences: false).first
            .map { String($0) }
    }

    package func wait() -> ProgramResult {
        // Both pipes are read to their ends, or a full one would stop the program.
        let box = Collected()
        let handle = errors.fileHandleForReading
        let reader = Thread { box.finish(handle.readDataToEndOfFile()) }
        reader.start()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let rest = box.wait()
        process.waitUntilExit()
        let isSignalled = process.terminationReason == .uncaughtSignal
        return ProgramResult(
            code: isSignalled ? 128 + process.terminationStatus : process.terminationStatus,
            output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: heard + rest, as: UTF8.self)
        )
    }

    private final class Collected: Sendable {
        private let condition = DispatchSemaphore(value: 0)
        private let data = Mutex(Data())

        func finish(_ bytes: Data) {
            data.withLock { $0 = bytes }
            condition.signal()
        }

        func wait() -> Data {
            condition.wait()
            return data.withLock { $0 }
        }
    }
}
