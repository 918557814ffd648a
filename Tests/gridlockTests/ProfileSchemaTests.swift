import Foundation
import ReaderSupport
import SambaSupport
import Testing

/// The schema that editors get says yes and no where the reader does.
@Suite(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
struct ProfileSchemaTests {
    /// Puts JSON behind the schema: the profiles are read by another YAML reader first.
    private func errors(_ documents: [String]) throws -> [String] {
        let schema = try Program.run(Program.gridlock, ["check", "--schema"])
        #expect(schema.code == 0)
        let text = try ReferenceReader.run(
            """
            import json, sys, yaml
            from jsonschema import Draft202012Validator
            schema, *documents = open(sys.argv[1]).read().split("\\x1e")
            schema = json.loads(schema)
            Draft202012Validator.check_schema(schema)
            validator = Draft202012Validator(schema)
            for document in documents:
                errors = list(validator.iter_errors(yaml.safe_load(document)))
                print("; ".join(f"{e.json_path}: {e.message[:90]}" for e in errors))
            """,
            on: ([schema.output] + documents).joined(separator: "\u{1e}")
        )
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { String($0) }
    }

    private func reader(_ text: String) throws -> ProgramResult {
        let file = "/tmp/gridlock-schema-\(UUID().uuidString.prefix(8)).yaml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data(text.utf8).write(to: URL(filePath: file))
        return try Program.run(Program.gridlock, ["check", file])
    }

    @Test func `every profile of the folder follows it, and so does a merged one`() throws {
        let folder = Repository.path("profiles")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(names.count > 10)
        let place = "/tmp/gridlock-schema-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: place) }
        let run = try Program.run(
            Program.gridlock,
            ["run", "failover", "--virtual-time", "--duration", "1s", "--headless", "--out", place]
        )
        #expect(run.code == 0, "\(run.errors)")
        let files = names.map { folder + "/" + $0 } + [place + "/profile.yaml"]
        let documents = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        for (file, errors) in zip(files, try errors(documents)) {
            #expect(errors.isEmpty, "\(file): \(errors)")
        }
    }

    private static let head = "summary: a test\ntarget: '\\\\ns1\\dfs'\n"
    private static let script = "script: [logon]\n"

    /// What the reader refuses for its form is refused by the schema as well.
    @Test(arguments: [
        "sesions: 3", "sessions: many", "sessions: 0", "duration: 10", "client: fixd",
        "files: { cuont: 1 }", "smb: { signing: yes }", "seed: [1, 2]", "rate: fast",
        "files: { size: 4KB }", "expect: deadlok", "read-only: perhaps", "hosts: 5000",
        "stages: [ { rmap: { to: 5, over: 5s } } ]", "stages: [ { ramp: { to: 5 } } ]",
        "stages: [ { ramp: { to: x, over: 5s } } ]", "stages: []", "include: other.yaml",
        "scripts: { a: { share: 20, steps: [logon] } }", "scripts: { a: { weight: 1 } }",
        "namespace: {}", "namespace: { servers: { a: { credits: 0 } } }",
        "namespace: { servers: { a: {} }, faults: { f: { do: explode } } }",
        "namespace: { servers: { a: {} }, faults: { f: { when: { nth: 0 }, do: reset } } }",
        "namespace: { servers: { a: { shares: { s: { files: [ { size: 4 } ] } } } } }",
    ]) func `a key or a value that the reader refuses is refused`(_ line: String) throws {
        let text = Self.head + (line.hasPrefix("scripts") ? "" : Self.script) + line + "\n"
        #expect(try reader(text).code == 65, "\(line)")
        #expect(try !errors([text])[0].isEmpty, "\(line)")
    }

    @Test(arguments: [
        "[]", "[lgon]", "[ { open: { pth: x } } ]", "[ { open: { access: write } } ]",
        "[ { read: { size: 4KB } } ]", "[ { logon: 1 } ]", "[ { close: , flush: } ]",
        "[ { think: 5 } ]", "[ { think: { normal: 5s } } ]",
        "[ { repeat: { times: 0, steps: [close] } } ]",
        "[ { choose: [ { weight: 0, steps: [close] } ] } ]",
        "[ { rename: { from: \"{run}\\\\a\" } } ]",
        "[ { lock: { wait: maybe } } ]", "[ { open: { path: a, lease: WR } } ]",
        "[ { stat: { path: a, accepts: NOT_FOUND } } ]", "[ { repeat: [ { lsit: a } ] } ]",
    ]) func `a step that the reader refuses is refused`(_ steps: String) throws {
        let text = Self.head + "script: \(steps)\n"
        #expect(try reader(text).code == 65, "\(steps)")
        #expect(try !errors([text])[0].isEmpty, "\(steps)")
    }

    /// Durations, sizes and rates with all their units, words that look like numbers, and anchors.
    @Test func `what the reader takes is taken`() throws {
        let text =
            Self.head + """
                rate: 90/min
                duration: 1.5h
                grace: 0
                probe-after: 250 ms
                progress: 10min
                smb: { dialect-min: 2.1, dialect-max: 3.1.1 }
                allow: ns1
                files: { count: 1, size: 1.5MiB }
                thresholds: [ p99 < 5s ]
                script:
                  - logon
                  - repeat: &steps
                      - open: { path: a, accepts: [STATUS_ACCESS_DENIED, STATUS_SHARING_VIOLATION] }
                      - read: { size: 4096 }
                      - think: { uniform: [1us, 2m] }
                      - choose: [ { steps: [ close ] }, { weight: 3, steps: [ flush, close ] } ]
                  - repeat: *steps

                """
        let read = try reader(text)
        #expect(read.code == 0, "\(read.errors)")
        #expect(try errors([text]) == [""])
    }

    @Test func `a profile is one file`() throws {
        for line in ["script: !include other.yaml", "allow: [ !env HOME ]"] {
            let result = try reader(
                Self.head + (line.hasPrefix("script") ? "" : Self.script) + line + "\n"
            )
            #expect(result.code == 65)
            #expect(result.errors.contains("means nothing here: a profile is one file"))
        }
        let merge = try reader(Self.head + "a: &a { x: 1 }\n" + Self.script)
        #expect(merge.code == 65 && merge.errors.contains("unknown key “a”"))
    }
}
