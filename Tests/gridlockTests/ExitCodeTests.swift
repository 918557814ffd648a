import Foundation
import SambaSupport
import Testing

/// Each exit code that the program can end with, and the sentence that says why.
///
/// Code 1, an internal error, is missing: nothing from outside leads to it. It stands for a broken
/// rule of the simulated world, or for an error that nobody thought of.
@Suite struct ExitCodeTests {
    /// One way to end; `%` in arguments is the place's folder.
    struct Row: CustomTestStringConvertible, Sendable {
        let code: Int32
        let sentence: String
        var arguments: [String]?
        var more = ""
        var file = "a.txt"
        var faults = "{}"
        var flags: [String] = []
        var environment: [String: String] = [:]

        var testDescription: String { "\(code): \(sentence)" }
    }

    private static let rows: [Row] = [
        Row(code: 0, sentence: ""),
        Row(
            code: 64,
            sentence: "--headless, --dashboard and --plain exclude each other",
            flags: ["--plain"]
        ),
        Row(code: 64, sentence: "Unknown option '--fly'", flags: ["--fly"]),
        Row(
            code: 64,
            sentence: "gridlock: --sessions: sessions: expected a whole number from 1 to 100000",
            flags: ["--sessions", "none"]
        ),
        Row(
            code: 64,
            sentence: "planted-bug: nobody checks the rules in real time; add --virtual-time",
            flags: ["--set", "planted-bug=lost-credits", "--set", "virtual-time=false"]
        ),
        Row(
            code: 65,
            sentence: "/five.yaml:6:1: unknown key “thresolds”; did you mean “thresholds”?",
            more: "thresolds: []"
        ),
        Row(
            code: 66,
            sentence: "gridlock: there is neither a file nor a built-in profile “q26752”; "
                + "did you mean “q260752”?",
            arguments: ["run", "q26752"]
        ),
        Row(
            code: 69,
            sentence: "gridlock: preparing the files failed: ",
            more: "files: { count: 1 }",
            faults: "{ down: { when: { server: fs1 }, do: refuse } }"
        ),
        Row(
            code: 69,
            sentence: "WRITE was not answered within 2 s, when the files were to be prepared; "
                + "is the server there and not frozen? (limits.setup is how long ",
            more: "files: { count: 1 }\nlimits: { setup: 2s }",
            faults: "{ mute: { when: { messages: WRITE }, do: lose-answer } }"
        ),
        Row(
            code: 69,
            sentence: "ns1",
            arguments: [
                "run", "samba-smoke", "--headless", "--user", "somebody", "--map",
                "ns1=127.91.77.1:9", "--out", "%/out",
            ],
            environment: ["GRIDLOCK_PASSWORD": "none"]
        ),
        Row(
            code: 73,
            sentence: "gridlock: cannot make the folder /proc/gridlock: ",
            arguments: ["run", "%/five.yaml", "--headless", "--out", "/proc/gridlock"]
        ),
        Row(
            code: 77,
            sentence:
                "gridlock: ns1 (192.0.2.1) is outside the allowed scope and was not contacted; "
                + "allow it with --allow ns1\n",
            arguments: [
                "run", "samba-smoke", "--headless", "--user", "somebody", "--map",
                "ns1=192.0.2.1", "--out", "%/out",
            ],
            environment: ["GRIDLOCK_PASSWORD": "none"]
        ),
        Row(
            code: 1,
            sentence:
                ": credits are conserved: link 1: CLOSE 31 left with 1 credits and brought 0\n",
            more: "planted-bug: lost-credits"
        ),
        Row(
            code: 94,
            sentence: "gridlock: the profile expects the verdict deadlock, and it did not come\n",
            more: "expect: deadlock"
        ),
        Row(
            code: 95,
            sentence: "gridlock: threshold p99(write)<1s proves nothing: no data\n",
            more: "thresholds: ['p99(write) < 1s']"
        ),
        Row(
            code: 95,
            sentence: "gridlock: threshold p99<1min proves nothing: ",
            more: "min-samples: 1000000\nthresholds: ['p99 < 1min']"
        ),
        Row(
            code: 96,
            sentence: " operations could not be started when they were due; "
                + "lower the rate or use more sessions\n",
            more: "rate: 500000/s",
            flags: ["--duration", "100ms"]
        ),
        Row(
            code: 97,
            sentence: "gridlock: 5 sessions had not ended when the grace was over; "
                + "summary.json says what they were doing\n",
            faults: "{ mute: { when: { messages: READ }, do: lose-answer } }"
        ),
        Row(
            code: 97,
            sentence:
                "gridlock: cleaning up and logging off had not ended after limits.logoff, 3.0 s",
            more: "limits: { logoff: 3s }",
            faults: "{ mute: { when: { messages: LOGOFF }, do: lose-answer } }"
        ),
        Row(
            code: 98,
            sentence: "deadlock",
            arguments: [
                "run", "q260752", "--headless", "--virtual-time", "--no-expect", "--out", "%/out",
                "--seed", "1",
            ]
        ),
        Row(
            code: 99,
            sentence: "gridlock: threshold p99<1us does not hold: ",
            more: "thresholds: ['p99 < 1us']"
        ),
        Row(
            code: 99,
            sentence: "gridlock: threshold errors<1% does not hold: 4",
            more: "seed: 5\nread-only: true",
            faults: "{ flaky: { when: { messages: CREATE, probability: 0.7 }, "
                + "do: { answer: STATUS_ACCESS_DENIED } } }"
        ),
    ]

    @Test(arguments: rows) func `each code comes with its sentence`(_ row: Row) throws {
        let place = try EmulatedPlace(row.more, open: row.file, faults: row.faults)
        let arguments =
            row.arguments?.map { $0.replacing("%", with: place.path) }
            ?? [
                "run", place.path + "/five.yaml", "--headless", "--virtual-time", "--out",
                place.out,
            ]
            + row.flags
        let result = try Program.run(Program.gridlock, arguments, environment: row.environment)
        #expect(result.code == row.code, "\(result.errors)")
        #expect(result.errors.contains(row.sentence) || row.sentence.isEmpty, "\(result.errors)")
        let summary = try? place.summary()
        if let summary { #expect(summary["exitCode"] as? Int == Int(row.code)) }
    }

    @Test(arguments: [[SIGHUP, 129], [SIGINT, 130], [SIGTERM, 143]])
    func `a signal ends the run with its results`(_ signalAndCode: [Int32]) throws {
        let place = try EmulatedPlace()
        let program = try RunningProgram(
            Program.gridlock,
            [
                "run", place.path + "/five.yaml", "--headless", "--out", place.out, "--duration",
                "1h", "--progress", "100ms",
            ]
        )
        #expect(program.awaitLine(containing: "5/5 sessions"))
        program.signal(signalAndCode[0])
        let result = program.wait()
        #expect(result.code == signalAndCode[1], "\(result.errors)")
        #expect(result.errors.contains("gridlock: stopped by signal \(signalAndCode[0])\n"))
        let summary = try place.summary()
        #expect(summary["exitCode"] as? Int == Int(signalAndCode[1]))
        #expect(summary["complete"] as? Bool == true)
        #expect(try place.text("junit.xml").contains("stopped by signal \(signalAndCode[0])"))
    }

    /// Every code of the table above, for somebody who adds one and forgets it here.
    @Test func `the table and the signals are all codes`() throws {
        let readme = try String(contentsOfFile: Repository.path("README.md"), encoding: .utf8)
        let lines = readme.split(separator: "\n").drop { !$0.hasPrefix("| exit code") }
        let listed = lines.prefix { $0.hasPrefix("|") }
            .compactMap { $0.split(separator: "|").first }
            .flatMap { $0.split(separator: ",") }
            .compactMap { Int32($0.trimmingCharacters(in: .whitespaces)) }
        #expect(Set(listed) == Set(Self.rows.map(\.code) + [129, 130, 143]))
    }
}
