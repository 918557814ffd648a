import Foundation
import SambaSupport
import Testing

/// Stages, warm-up and scripts as profiles write them, by the real program.
@Suite struct LoadProfileTests {
    private static let namespace = """
        namespace:
          servers:
            ns1: { shares: { dfs: {} } }
            fs1: { shares: { data: { files: [ { path: a.txt, size: 4KiB } ] } } }
          roots:
            '\\\\ns1\\dfs': { links: { eng: '\\\\fs1\\data' } }
        """
    private static let script = """
        script:
          - logon
          - repeat: [ { stat: a.txt }, { think: 100ms } ]
        """

    private func profile(_ load: String, script: String = script) -> String {
        "summary: a load\ntarget: '\\\\ns1\\dfs\\eng'\nread-only: true\n\(load)\n\(script)\n"
            + Self.namespace + "\n"
    }

    private func gridlock(
        _ command: String,
        _ profile: String,
        _ arguments: [String] = []
    ) throws -> (result: ProgramResult, summary: [String: Any]) {
        let place = "/tmp/gridlock-load-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        try Data(profile.utf8).write(to: URL(filePath: place + "/p.yaml"))
        let run =
            command == "run"
            ? ["--headless", "--virtual-time", "--json", "--seed", "3", "--out", place + "/out"]
            : []
        let result = try Program.run(
            Program.gridlock,
            [command, place + "/p.yaml"] + run + arguments
        )
        let summary = try? JSONSerialization.jsonObject(with: Data(result.output.utf8))
        return (
            ProgramResult(
                code: result.code,
                output: result.output,
                errors: result.errors.replacing(place + "/p.yaml", with: "FILE")
            ), summary as? [String: Any] ?? [:]
        )
    }

    private func count(_ summary: [String: Any], _ operation: String) -> Int {
        let operations = summary["operations"] as? [String: [String: Any]]
        return operations?[operation]?["count"] as? Int ?? 0
    }

    @Test func `stages say how many sessions there are, and how long it takes`() throws {
        let (result, summary) = try gridlock(
            "run",
            profile(
                """
                stages:
                  - ramp: { to: 20, over: 20s }
                  - hold: 10s
                  - burst: { to: 40, for: 5s }
                """
            )
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(summary["sessions"] as? Int == 40)
        #expect(summary["durationSeconds"] as? Double == 35)
        // Ten operations a second: 20 × 20 / 2, 20 × 10 and 40 × 5 seconds of sessions.
        #expect(abs(count(summary, "stat") - 6_000) < 200)
        #expect(count(summary, "logon") == 40)
    }

    @Test func `stages of an open loop say how many operations there are`() throws {
        let (result, summary) = try gridlock(
            "run",
            profile(
                """
                sessions: 10
                stages:
                  - ramp: { to: 100/s, over: 20s }
                  - hold: 10s
                  - burst: { to: 400/s, for: 5s }
                  - ramp: { to: 0/s, over: 10s }
                """
            )
        )
        #expect(result.code == 0, "\(result.errors)")
        #expect(abs(count(summary, "stat") - 4_500) < 250)
        let generator = try #require(summary["generator"] as? [String: Any])
        #expect(generator["dropped"] as? Int == 0)
        #expect(generator["arrivalLagMs"] != nil)
    }

    @Test func `parts of the load follow what the command line says`() throws {
        let load = """
            sessions: 100
            stages:
              - hold: { at: 50%, for: 10s }
              - hold: { at: 100%, for: 10s }
            """
        let (result, summary) = try gridlock("run", profile(load), ["--sessions", "10"])
        #expect(result.code == 0, "\(result.errors)")
        #expect(abs(count(summary, "stat") - 1_500) < 60)
        let (_, open) = try gridlock("run", profile(load), ["--rate", "40/s", "--sessions", "10"])
        #expect(abs(count(open, "stat") - 600) < 100)
        let (_, short) = try gridlock("run", profile(load), ["--duration", "5s"])
        #expect(abs(count(short, "stat") - 2_500) < 100)
    }

    @Test func `the merged profile runs the same again`() throws {
        let place = "/tmp/gridlock-load-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let text = profile(
            "stages: [ { ramp: { to: 5, over: 5s } }, { hold: 5s } ]\nwarm-up: 2s\nseed: 4",
            script: """
                scripts:
                  reader:
                    share: 40%
                    steps: [ logon, { repeat: [ { stat: a.txt }, { think: 1s } ] } ]
                  lister: { weight: 2, steps: [ logon, { list: '\\' } ] }
                  idler: { steps: [ logon ] }
                """
        )
        try Data(text.utf8).write(to: URL(filePath: place + "/first.yaml"))
        var documents: [[String: Any]] = []
        for (profile, out) in [("first.yaml", "one"), ("one/profile.yaml", "two")] {
            let result = try Program.run(
                Program.gridlock,
                [
                    "run", "\(place)/\(profile)", "--headless", "--virtual-time", "--json",
                    "--out", "\(place)/\(out)",
                ]
            )
            #expect(result.code == 0, "\(result.errors)")
            let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            documents.append(try #require(object as? [String: Any]))
        }
        for key in ["profileHash", "traceHash"] {
            #expect(documents[0][key] as? String == documents[1][key] as? String)
        }
        let sessions = documents[0]["perSession"] as? [[String: Any]] ?? []
        #expect(sessions.count { $0["script"] as? String == "reader" } == 2)
    }

    @Test func `warm-up is left out of every figure, and thresholds do not see it`() throws {
        let load = "sessions: 10\nduration: 20s\nwarm-up: 5s\nthresholds: ['rate(stat) < 110/s']"
        let (result, summary) = try gridlock("run", profile(load))
        #expect(result.code == 0, "\(result.errors)")
        #expect(summary["durationSeconds"] as? Double == 15)
        #expect(count(summary, "logon") == 0)
        let warmUp = try #require(summary["warmUp"] as? [String: Any])
        #expect(warmUp["seconds"] as? Double == 5)
        let leftOut = try #require(warmUp["operations"] as? Int)
        let (_, whole) = try gridlock("run", profile(load), ["--set", "warm-up=0s"])
        let all = ["stat", "logon", "logoff"].reduce(0) { $0 + count(whole, $1) }
        let rest = ["stat", "logon", "logoff"].reduce(0) { $0 + count(summary, $1) }
        #expect(rest + leftOut == all)
        #expect(summary["traceHash"] as? String == whole["traceHash"] as? String)
        // Errors while it warms up are no errors of the run.
        let (faulty, _) = try gridlock(
            "run",
            profile(load) + "  faults: { early: { when: { until: 4s, messages: CREATE }, "
                + "do: { answer: STATUS_ACCESS_DENIED } } }\n"
        )
        #expect(faulty.code == 0, "\(faulty.errors)")
    }

    @Test func `a hang while it warms up is a hang`() throws {
        let (result, summary) = try gridlock(
            "run",
            profile("sessions: 5\nduration: 30s\nwarm-up: 25s\nstall-after: 5s\ngrace: 4s")
                + "  faults: { mute: { when: { from: 2s, messages: QUERY_INFO }, "
                + "do: lose-answer } }\n"
        )
        #expect(result.code == 97, "\(result.errors)")
        #expect((summary["hangs"] as? [Any])?.isEmpty == false)
    }

    @Test(arguments: [
        ("stages: []", "the list is empty"),
        ("stages: [ { hold: 5s } ]", "there is no level to hold yet; write hold: { at: …"),
        ("stages: [ { ramp: { to: 5, over: 5 } } ]", "expected a duration such as 250ms"),
        ("stages: [ { ramp: { over: 5s } } ]", "`to:` is missing"),
        ("stages: [ { rmap: { to: 5, over: 5s } } ]", "unknown key “rmap”; did you mean “ramp”?"),
        ("stages: [ { burst: { to: x, for: 5s } } ]", "expected sessions such as 100, a rate such"),
        (
            "stages: [ { ramp: { to: 5, over: 5s } }, { hold: { at: 5/s, for: 1s } } ]",
            "some stages are in sessions and others in operations a second"
        ),
        ("sessions: 3\nstages: [ { ramp: { to: 5, over: 5s } } ]", "5 is more than the 3 sessions"),
        ("rate: 5/s\nstages: [ { ramp: { to: 5, over: 5s } } ]", "`rate:` makes an open loop"),
        ("duration: 5s\nwarm-up: 5s", "all of the load would be warm-up"),
    ]) func `a wrong load is 65, with its place`(_ load: String, _ sentence: String) throws {
        let (result, _) = try gridlock("check", profile(load))
        #expect(result.code == 65, "\(result.errors)")
        #expect(result.errors.hasPrefix("gridlock: FILE:"), "\(result.errors)")
        #expect(result.errors.contains(sentence), "\(result.errors)")
    }

    @Test(arguments: [
        (
            "scripts: { a: { steps: [logon] } }\nscript: [logon]",
            "`script:` or `scripts:`, not both"
        ),
        ("scripts: { a: { share: 40%, steps: [logon] } }", "less than 100% together"),
        (
            "scripts: { a: { share: 100%, steps: [logon] }, b: { steps: [logon] } }",
            "nothing is left"
        ),
        ("scripts: { a: { share: 140%, steps: [logon] } }", "expected a share of the sessions"),
        ("scripts: { a: { share: 40%, weight: 2, steps: [logon] } }", "either weight or share"),
        ("scripts: { a: { weight: 2 } }", "`steps:` is missing"),
        ("stages: [ { hold: { at: 2, for: 5s } } ]\nscript: [barrier]", "a barrier waits for all"),
        ("", "`script:` is missing, or `scripts:` with several"),
    ]) func `wrong scripts are 65, with their place`(_ script: String, _ sentence: String) throws {
        let (result, _) = try gridlock("check", profile("", script: script))
        #expect(result.code == 65, "\(result.errors)")
        #expect(result.errors.contains(sentence), "\(result.errors)")
    }

    @Test func `check says the stages, the warm-up and who runs what`() throws {
        let (result, _) = try gridlock(
            "check",
            profile(
                "warm-up: 3s\nstages: [ { ramp: { to: 30, over: 60s } }, "
                    + "{ burst: { to: 50, for: 5s } } ]",
                script: """
                    scripts:
                      office: { share: 80%, steps: [ logon ] }
                      admin: { share: 20%, steps: [ logon ] }
                    """
            )
        )
        #expect(result.code == 0, "\(result.errors)")
        for line in [
            "  from 0.0 seconds: ramp to 30 sessions\n",
            "  from 60.0 seconds: burst of 50 sessions\n",
            "  the figures begin at 3.0 seconds\n",
            "  40 sessions run office\n", "  10 sessions run admin\n",
        ] {
            #expect(result.output.contains(line), "\(line)")
        }
    }
}
