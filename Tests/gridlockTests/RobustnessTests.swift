import Foundation
import SambaSupport
import Testing

/// What a run leaves when its world ends around it.
@Suite struct RobustnessTests {
    private func start(_ place: EmulatedPlace, _ more: [String] = []) throws -> RunningProgram {
        try RunningProgram(
            Program.gridlock,
            [
                "run", place.path + "/five.yaml", "--headless", "--out", place.out, "--duration",
                "1h", "--progress", "100ms",
            ] + more
        )
    }

    private func hasWholeLines(_ text: String) -> Bool {
        text.isEmpty
            || text.hasSuffix("\n")
                && text.split(separator: "\n").allSatisfy {
                    (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil
                }
    }

    /// The moment is wherever the program is after so many of its progress lines.
    @Test(arguments: 1...8)
    func `kill -9 leaves a summary of the last period and whole lines`(_ lines: Int) throws {
        let place = try EmulatedPlace()
        let program = try start(place)
        var seen = ""
        for _ in 0..<lines {
            seen = try #require(program.awaitNextLine(containing: " operations ("))
        }
        program.signal(SIGKILL)
        _ = program.wait()
        // The summary is at least as new as the last line that was read.
        let operations = try #require(place.summary()["operations"] as? [String: [String: Any]])
        let written = operations.values.reduce(0) { $0 + ($1["count"] as? Int ?? 0) }
        let told = seen.split(separator: " ").map { String($0) }
        let index = try #require(told.firstIndex(of: "operations"))
        #expect(written >= Int(told[index - 1]) ?? .max)
        #expect(hasWholeLines(try place.text("events.ndjson")))
        #expect(hasWholeLines(try place.text("manifest.ndjson")))
        #expect(try place.text("metrics.txt").hasSuffix("# EOF\n"))
    }

    @Test func `kill -9 before the first period leaves nothing torn`() throws {
        for wait in [0, 20_000, 60_000, 120_000] as [useconds_t] {
            let place = try EmulatedPlace()
            let program = try start(place)
            usleep(wait)
            program.signal(SIGKILL)
            _ = program.wait()
            for name in ["events.ndjson", "manifest.ndjson"] {
                if let text = try? place.text(name) { #expect(hasWholeLines(text)) }
            }
            if let text = try? place.text("summary.json") {
                #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil)
            }
        }
    }

    /// A file system of `size` at `mount`, for this shell only.
    private func onSmallDisk(
        _ place: EmulatedPlace,
        size: String,
        then command: String,
        _ arguments: [String] = []
    ) throws -> ProgramResult {
        let shell = """
            mkdir -p "\(place.path)/disk" &&
            mount -t tmpfs -o size=\(size) none "\(place.path)/disk" &&
            \(command)
            code=$?
            cp -r "\(place.path)/disk/." "\(place.path)/saved" 2>/dev/null
            exit $code
            """
        return try Program.run(
            "/usr/bin/unshare",
            ["--mount", "--map-root-user", "/bin/bash", "-c", shell, Program.gridlock] + arguments
        )
    }

    @Test(arguments: ["8k", "16k", "24k", "40k"])
    func `a disk that is full is said, and hides no verdict`(_ size: String) throws {
        for (more, code) in [("", 73), ("thresholds: ['p99 < 1us']", 99)] as [(String, Int32)] {
            let place = try EmulatedPlace(more)
            let result = try onSmallDisk(
                place,
                size: size,
                then: "\"$0\" run \"\(place.path)/five.yaml\" --headless --virtual-time "
                    + "--out \"\(place.path)/disk/out\""
            )
            // With no room for the files that are open all the time the run does not begin.
            #expect(result.code == code || size == "8k" && result.code == 73, "\(result.errors)")
            #expect(result.errors.contains("No space left on device"), "\(result.errors)")
            #expect(result.errors.contains("gridlock: cannot "), "\(result.errors)")
            if result.code == 99 { #expect(result.output.contains("operations")) }
        }
    }

    @Test func `a folder that becomes read-only in mid-run costs what is written after it`() throws
    {
        let place = try EmulatedPlace()
        let result = try onSmallDisk(
            place,
            size: "1m",
            then: """
                "$0" run "\(place.path)/five.yaml" --headless --duration 3s --progress 100ms \
                    --out "\(place.path)/disk/out" 2>"\(place.path)/errors" &
                until grep -q '5/5 sessions' "\(place.path)/errors"; do sleep 0.05; done
                mount --bind "\(place.path)/disk" "\(place.path)/disk"
                mount -o remount,bind,ro "\(place.path)/disk"
                wait $!
                """
        )
        let errors = try String(contentsOfFile: place.path + "/errors", encoding: .utf8)
        #expect(result.code == 73, "\(errors)")
        #expect(errors.contains("gridlock: cannot write "), "\(errors)")
        #expect(result.output.contains("operations"))
    }

    @Test func `standard output that nobody reads is said, and hides no verdict`() throws {
        for (more, code) in [("", 73), ("thresholds: ['p99 < 1us']", 99)] as [(String, Int32)] {
            let place = try EmulatedPlace(more)
            for end in ["| true", "> /dev/full"] {
                let command = "\"$0\" run '\(place.path)/five.yaml' --headless --virtual-time"
                let result = try Program.run(
                    "/bin/bash",
                    [
                        "-c",
                        // The reader is gone before anything is written.
                        "( sleep 0.3; \(command) --out '\(place.path)/\(end.count)'; "
                            + "echo code $? >&2 ) \(end)",
                        Program.gridlock,
                    ]
                )
                #expect(result.errors.contains("code \(code)\n"), "\(result.errors)")
                #expect(
                    result.errors.contains("gridlock: cannot write to standard output: "),
                    "\(result.errors)"
                )
                #expect(
                    FileManager.default.fileExists(
                        atPath: "\(place.path)/\(end.count)/report.html"
                    )
                )
            }
        }
    }

    @Test func `too few descriptors are said before anything is made`() throws {
        let place = try EmulatedPlace()
        let result = try Program.run(
            "/bin/bash",
            ["-c", "ulimit -n 16; exec \"$@\"", "-", Program.gridlock, "run"]
                + [place.path + "/five.yaml", "--headless", "--out", place.out]
        )
        #expect(result.code == 96, "\(result.errors)")
        #expect(
            result.errors == """
                gridlock: this process may open 16 files, and this run needs about 48; raise the \
                limit with ulimit -n 48, or use fewer hosts or connections

                """
        )
        #expect(!FileManager.default.fileExists(atPath: place.out))
    }

    @Test(arguments: [
        ["resolve", "\\\\ns1\\dfs", "--user", "somebody", "--map", "ns1=127.91.77.1:9"],
        ["serve", "q260752", "--listen", "127.91.77.1:9"],
    ])
    func `too few descriptors are said by whoever would need them`(_ command: [String]) throws {
        let result = try Program.run(
            "/bin/bash",
            ["-c", "ulimit -n 16; exec \"$@\"", "-", Program.gridlock] + command,
            environment: ["GRIDLOCK_PASSWORD": "none"]
        )
        #expect(result.code == 96, "\(result.errors)")
        #expect(result.errors.contains("this process may open 16 files"))
    }

    @Test func `runs that begin at once have folders of their own`() throws {
        let place = try EmulatedPlace()
        let result = try Program.run(
            "/bin/bash",
            [
                "-c",
                """
                cd '\(place.path)'
                for i in 1 2 3 4 5 6; do
                    "$0" run five.yaml --headless --virtual-time --duration 200ms >/dev/null &
                done
                for job in $(jobs -p); do wait $job || exit 1; done
                ls gridlock-out | wc -l
                ls gridlock-out/*/summary.json | wc -l
                """, Program.gridlock,
            ]
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output == "6\n6\n")
        // A folder that was named belongs to the first who takes it.
        let twice = try (0..<2).map { _ in try start(place, ["--duration", "1s"]) }
            .map { $0.wait() }
        #expect(twice.map(\.code).sorted() == [0, 73], "\(twice.map(\.errors))")
        #expect(twice.contains { $0.errors.contains("is not empty") })
    }
}
