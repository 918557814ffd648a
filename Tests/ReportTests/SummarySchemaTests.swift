import ReaderSupport
import Report
import Testing

@Suite struct SummarySchemaTests {
    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
    func `summary.json follows its schema`() throws {
        for run in [SampleRun.passed, SampleRun.deadlocked] {
            #expect(try validate(run.json.document) == "valid\n")
        }
    }

    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
    func `the schema refuses what breaks a promise`() throws {
        let text = SampleRun.passed.json.document
        for (old, new) in [
            (#""verdict": "pass""#, #""verdict": 0"#), (#""p999": "#, #""p998": "#),
            ("gridlock.summary/1", "gridlock.summary/2"), (#""sessions": 4"#, #""sessions": -4"#),
        ] {
            let broken = text.replacing(old, with: new)
            #expect(broken != text)
            #expect(try validate(broken).hasPrefix("invalid"), "\(new)")
        }
    }

    @Test func `the documents are as recorded`() throws {
        try Golden.expect(SampleRun.passed.json.document, is: "passed.summary.json")
        try Golden.expect(SampleRun.deadlocked.json.document, is: "deadlocked.summary.json")
        try Golden.expect(SummarySchema.text, is: "summary.schema.json")
    }

    private func validate(_ document: String) throws -> String {
        try ReferenceReader.run(
            """
            import json, sys
            from jsonschema import Draft202012Validator
            text, schema = open(sys.argv[1]).read().split("\\x1e")
            schema = json.loads(schema)
            Draft202012Validator.check_schema(schema)
            errors = list(Draft202012Validator(schema).iter_errors(json.loads(text)))
            print("invalid: " + errors[0].message if errors else "valid")
            """,
            on: document + "\u{1e}" + SummarySchema.text
        )
    }
}
