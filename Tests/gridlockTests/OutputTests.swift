import Foundation
import ReaderSupport
import SambaSupport
import Testing

/// What the real program leaves behind, how it ends and what it says, against emulated servers.
@Suite struct OutputTests {
    private typealias Place = EmulatedPlace

    @Test func `all outputs of a run agree to the last digit`() throws {
        let place = try Place()
        let result = try place.run(["--virtual-time"])
        #expect(result.code == 0, "\(result.errors)")
        let summary = try place.summary()
        #expect(summary["verdict"] as? String == "pass")
        let operations = try #require(summary["operations"] as? [String: [String: Any]])
        let open = try #require(operations["open"])
        let response = try #require(open["responseMs"] as? [String: Double])
        let count = try #require(open["count"] as? Int)
        #expect(count > 100)
        let (p99, max) = (try #require(response["p99"]), try #require(response["max"]))
        let figures = [p99, max].map { String(format: "%.3f", $0) }
        let row = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("open ") })
        let page = try place.text("report.html")
        for figure in figures + ["\(count)"] {
            #expect(row.contains(" \(figure)"))
            #expect(page.contains(">\(figure)</td>"))
        }
        let metrics = try place.text("metrics.txt")
        #expect(metrics.contains(#"operations_total{operation="open"} \#(count)"#))
        let quantile = #"operation="open",latency="response",quantile="0.99"} "#
        #expect(metrics.contains(quantile + String(format: "%.6f", p99 / 1_000)))
        let log = try place.text("latency.hlog")
        #expect(log.contains("Tag=open.response,") && log.contains(",\(figures[1]),HISTF"))
        let lines = try place.text("events.ndjson").split(separator: "\n")
        #expect(lines.first?.contains(#""type":"start""#) == true)
        let total = operations.values.reduce(0) { $0 + ($1["count"] as? Int ?? 0) }
        #expect(lines.last?.hasSuffix(#""exitCode":0,"operations":\#(total),"errors":0}"#) == true)
        #expect(try place.text("junit.xml").contains(#"failures="0" errors="0""#))
    }

    @Test func `--json is one document, the same as in the folder`() throws {
        let place = try Place()
        let result = try place.run(["--virtual-time", "--json"])
        #expect(result.output == (try place.text("summary.json")))
    }

    @Test func `errors fail a run for which nobody wrote a threshold`() throws {
        let result = try Place(open: "missing.txt").run(["--virtual-time"])
        #expect(result.code == 99)
        #expect(result.errors.contains("gridlock: threshold errors<1% does not hold: "))
    }

    @Test func `a threshold without data proves nothing`() throws {
        let place = try Place("thresholds: ['p99(write) < 1s']")
        let result = try place.run(["--virtual-time"])
        #expect(result.code == 95)
        #expect(
            result.errors.contains("gridlock: threshold p99(write)<1s proves nothing: no data\n")
        )
        #expect(try place.summary()["verdict"] as? String == "inconclusive")
        let few = try Place("min-samples: 100000").run(["--virtual-time"])
        #expect(few.code == 95)
        #expect(few.errors.contains("samples are too few\n"))
    }

    @Test func `a failed threshold fails the run, unless only reports are wanted`() throws {
        let arguments = ["--virtual-time", "--threshold", "p99(read) < 1us"]
        let place = try Place()
        let result = try place.run(arguments)
        #expect(result.code == 99)
        #expect(result.output.contains("p99(read)<1us"))
        #expect(try place.text("junit.xml").contains(#"<failure type="threshold""#))
        #expect(try Place().run(arguments + ["--exit-zero"]).code == 0)
    }

    @Test func `a threshold ends a run early where it says so`() throws {
        let place = try Place("thresholds: ['p99 < 1us abort after 1s']")
        let result = try place.run(["--virtual-time", "--duration", "10min"])
        #expect(result.code == 99)
        #expect(result.errors.contains("gridlock: ended early, as the threshold asks: p99<1us"))
        let seconds = try #require(try place.summary()["durationSeconds"] as? Double)
        #expect(seconds >= 1 && seconds < 60)
    }

    @Test func `a wrong threshold says where it goes wrong`() throws {
        let flag = try Place().run(["--threshold", "p99(crate) < 1s"])
        #expect(flag.code == 64)
        #expect(
            flag.errors == """
                gridlock: --threshold: threshold “p99(crate) < 1s”, column 5: \
                unknown operation “crate”; did you mean “create”?

                """
        )
        let profile = try Place("thresholds:\n  - erors < 1%").run()
        #expect(profile.code == 65)
        #expect(profile.errors.contains("five.yaml:7:3: threshold “erors < 1%”, column 1: "))
    }

    @Test func `a killed run leaves results that say they are incomplete`() throws {
        let place = try Place()
        let program = try RunningProgram(
            Program.gridlock,
            [
                "run", place.path + "/five.yaml", "--headless", "--out", place.out, "--duration",
                "1h", "--progress", "100ms",
            ]
        )
        #expect(program.awaitLine(containing: "5/5 sessions"))
        program.signal(SIGKILL)
        _ = program.wait()
        let summary = try place.summary()
        #expect(summary["complete"] as? Bool == false)
        #expect(summary["verdict"] as? String == "incomplete")
        #expect(summary["exitCode"] as? Int == 95)
        #expect(try place.text("metrics.txt").hasSuffix("# EOF\n"))
        let events = try place.text("events.ndjson")
        #expect(events.hasSuffix("\n"))
        for line in events.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    /// Runs the program below a shell that takes something away from it.
    private func run(_ place: Place, below shell: String) throws -> ProgramResult {
        try Program.run(
            "/bin/bash",
            [
                "-c", shell, Program.gridlock, "run", place.path + "/five.yaml", "--headless",
                "--virtual-time", "--out", place.out,
            ]
        )
    }

    @Test func `a closed standard output ends up in no file, and hides no verdict`() throws {
        let place = try Place()
        let result = try run(place, below: #"exec "$0" "$@" >&-"#)
        #expect(result.code == 73)
        #expect(
            result.errors.contains(
                "gridlock: cannot write to standard output: Bad file descriptor\n"
            )
        )
        #expect(!(try place.text("manifest.ndjson").contains("session")))
        let failed = try Place("thresholds: ['p99 < 1us']")
        #expect(try run(failed, below: #"exec "$0" "$@" >&-"#).code == 99)
    }

    @Test func `a disk that is full costs what does not fit, and hides no verdict`() throws {
        let place = try Place()
        // Twelve blocks of 1,024 bytes a file: room for the summary, none for the report.
        let result = try run(place, below: #"ulimit -f 12; exec "$0" "$@""#)
        #expect(result.code == 73)
        #expect(result.errors.contains("gridlock: cannot write \(place.out)/"))
        #expect(try place.summary()["profile"] as? String == "five")
        #expect(result.output.contains("operations"))
        let failed = try Place("thresholds: ['p99 < 1us']")
        #expect(try run(failed, below: #"ulimit -f 12; exec "$0" "$@""#).code == 99)
    }

    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
    func `the summary of a run follows the schema that the program prints`() throws {
        let schema = try Program.run(Program.gridlock, ["check", "--summary-schema"])
        #expect(schema.code == 0)
        let place = try Place()
        _ = try place.run(["--virtual-time"])
        let verdict = try ReferenceReader.run(
            """
            import json, sys
            from jsonschema import Draft202012Validator
            text, schema = open(sys.argv[1]).read().split("\\x1e")
            errors = list(Draft202012Validator(json.loads(schema)).iter_errors(json.loads(text)))
            print(errors)
            """,
            on: try place.text("summary.json") + "\u{1e}" + schema.output
        )
        #expect(verdict == "[]\n")
    }

    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
    func `a scraper reads the figures while the run goes on`() throws {
        let place = try Place()
        let program = try RunningProgram(
            Program.gridlock,
            [
                "run", place.path + "/five.yaml", "--headless", "--out", place.out, "--duration",
                "1h", "--progress", "100ms", "--metrics-listen", "127.0.0.1:0",
            ]
        )
        defer {
            program.signal(SIGKILL)
            _ = program.wait()
        }
        let location = try #require(program.awaitWords(behind: "metrics at "))
        #expect(program.awaitLine(containing: "5/5 sessions"))
        let read = try ReferenceReader.run(
            """
            import sys, urllib.request, urllib.error
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            location = open(sys.argv[1]).read()
            while True:
                try:
                    answer = urllib.request.urlopen(location)
                    break
                except urllib.error.HTTPError as error:
                    assert error.code == 503, error
            families = {f.name: f for f in text_string_to_metric_families(answer.read().decode())}
            print(answer.headers["Content-Type"])
            print(int(families["gridlock_complete"].samples[0].value))
            print(sum(s.value for s in families["gridlock_sessions"].samples))
            try:
                urllib.request.urlopen(location.replace("metrics", "nothing"))
            except urllib.error.HTTPError as error:
                print(error.code)
            """,
            on: location
        )
        #expect(
            read == """
                application/openmetrics-text; version=1.0.0; charset=utf-8
                0
                5
                404

                """
        )
    }

    @Test func `a wrong place to listen is said before anything is made`() throws {
        let place = try Place()
        let result = try place.run(["--metrics-listen", "127.0.0.1:http"])
        #expect(result.code == 64)
        #expect(
            result.errors
                == "gridlock: --metrics-listen: expected ADDRESS[:PORT], found “127.0.0.1:http”\n"
        )
        #expect(!FileManager.default.fileExists(atPath: place.out))
    }

    @Test func `GitHub Actions hears of it, standard output is the result's alone`() throws {
        let place = try Place()
        let result = try place.run(
            ["--virtual-time", "--json", "--threshold", "max(read) < 1us"],
            environment: [
                "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": place.path + "/job.md",
            ]
        )
        #expect(result.errors.contains("::error title=gridlock five%3A threshold failed::"))
        #expect(result.output.hasPrefix("{"))
        let job = try Data(contentsOf: URL(filePath: place.path + "/job.md"))
        #expect(String(decoding: job, as: UTF8.self).hasPrefix("## gridlock five: threshold"))
    }
}
