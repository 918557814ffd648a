import Foundation
import ReaderSupport
import Report
import Testing

@Suite struct JUnitTests {
    @Test func `the documents are as recorded`() throws {
        try Golden.expect(JUnit.document(SampleRun.passed), is: "passed.junit.xml")
        try Golden.expect(JUnit.document(SampleRun.deadlocked), is: "deadlocked.junit.xml")
    }

    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
    func `the documents follow the common schema`() throws {
        for run in [SampleRun.passed, SampleRun.deadlocked] {
            #expect(try validate(JUnit.document(run)) == "valid\n")
        }
        let broken = JUnit.document(SampleRun.passed).replacing("classname=", with: "class=")
        #expect(try validate(broken).hasPrefix("invalid"))
    }

    @Test(.enabled(if: ReferenceReader.isThere, ReferenceReader.hint))
    func `junitparser reads every case and what it says`() throws {
        let read = try ReferenceReader.run(
            """
            import sys
            from junitparser import JUnitXml
            document = JUnitXml.fromfile(sys.argv[1])
            print(document.tests, document.failures, document.errors)
            for suite in document:
                print(suite.name, suite.tests, suite.failures, suite.errors, suite.skipped)
                for case in suite:
                    for result in case.result:
                        message = result.message[:50].split(" for ")[0]
                        print(" ", case.name, "|", type(result).__name__, "|", message)
                        if "HANG" in (result.text or ""):
                            print("   ", "S0  CREATE \\\\\\\\ns1" in result.text)
            """,
            on: JUnit.document(SampleRun.deadlocked)
        )
        #expect(
            read == """
                25 5 2
                gridlock.q260752.hangs 15 3 0 0
                  no deadlock | Failure | S0 and S1 wait
                    True
                  no stall | Failure | 6 waits are older than 10 s
                  hang 1: deadlock | Failure | S0 and S1 wait
                    True
                gridlock.q260752.thresholds 4 2 1 0
                  p99(create)<3ms | Failure | p99(create)<3ms does not hold: 64.258 ms
                  p99(logon)<1s | Error | p99(logon)<1s proves nothing: no data
                  stalls==0 | Failure | stalls==0 does not hold: 6
                gridlock.q260752.run 6 0 1 0
                  enough was measured | Error | p99(logon)<1s: no data

                """
        )
    }

    @Test func `without a watchdog no hang is denied`() {
        var run = SampleRun.passed
        run.stallCount = nil
        let document = JUnit.document(run)
        #expect(document.contains(#"name="no deadlock" time="0.000"><skipped message="#))
        #expect(document.contains(#"tests="14" failures="0" errors="0" skipped="14""#))
    }

    @Test func `an expected hang passes, its absence fails`() {
        var run = SampleRun.deadlocked
        run.expected = "deadlock"
        run.verdicts = [
            RunVerdict(name: "deadlock", exitCode: 98, sentence: "so", isExpected: true)
        ]
        run.hangs = []
        #expect(JUnit.document(run).contains(#"name="expected deadlock" time="0.000"/>"#))
        #expect(JUnit.document(run).contains(#"name="no deadlock" time="0.000"/>"#))
        run.verdicts = [RunVerdict(name: "absent", exitCode: 94, sentence: "no deadlock came")]
        #expect(JUnit.document(run).contains(#"<failure type="absent" message="no deadlock came""#))
    }

    @Test func `a run under way says so`() {
        var run = SampleRun.passed
        run.isComplete = false
        #expect(JUnit.document(run).contains(#"<error type="incomplete""#))
    }

    private func validate(_ document: String) throws -> String {
        let schema = Golden.url("junit.xsd").path
        return try ReferenceReader.run(
            """
            import sys
            from lxml import etree
            schema = etree.XMLSchema(etree.parse("\(schema)"))
            valid = schema.validate(etree.parse(sys.argv[1]))
            print("valid" if valid else "invalid: " + str(schema.error_log))
            """,
            on: document
        )
    }
}
