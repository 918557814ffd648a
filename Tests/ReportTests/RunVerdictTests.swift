import Report
import Testing

@Suite struct RunVerdictTests {
    private func verdict(_ code: Int32, isExpected: Bool = false) -> RunVerdict {
        RunVerdict(name: "v\(code)", exitCode: code, sentence: "", isExpected: isExpected)
    }

    private static let cases: [(codes: [Int32], decides: Int32?)] = [
        ([99, 94, 95, 96, 97, 98], 98), ([99, 94, 95, 96, 97], 97), ([99, 94, 95, 96], 96),
        ([99, 94, 95], 95), ([99, 94], 94), ([99], 99), ([99, 73], 99), ([73], 73),
        ([130, 99], 130), ([130, 98], 98), ([69, 95], 69), ([], nil),
    ]

    @Test(arguments: cases)
    func `the gravest verdict decides`(codes: [Int32], decides: Int32?) {
        let verdicts = codes.map { verdict($0) }
        #expect(RunVerdict.gravest(of: verdicts)?.exitCode == decides)
    }

    @Test func `an expected verdict removes its own code and no other`() {
        let verdicts = [verdict(98, isExpected: true), verdict(99)]
        #expect(RunVerdict.gravest(of: verdicts)?.exitCode == 99)
        #expect(RunVerdict.gravest(of: [verdict(98, isExpected: true)]) == nil)
    }

    @Test func `names are listed once, the gravest first`() {
        let verdicts = [verdict(99), verdict(98), verdict(99), verdict(97)]
        #expect(RunVerdict.names(verdicts) == ["v98", "v97", "v99"])
    }

    @Test func `a summary names its verdict`() {
        var run = SampleRun.deadlocked
        #expect(run.verdict == "deadlock")
        run.verdicts = [verdict(98, isExpected: true)]
        #expect(run.verdict == "v98")
        run.verdicts = []
        #expect(run.verdict == "pass")
        run.isComplete = false
        #expect(run.verdict == "incomplete")
    }
}
