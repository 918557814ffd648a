import Simulation
import Testing

@Suite struct CheckersTests {
    private func rules(_ bug: PlantedBug) -> [String] {
        var small = SmallWorld()
        small.plantedBug = bug
        let violations = small.run().checkers.violations
        return violations.reduce(into: []) { rules, violation in
            if !rules.contains(violation.rule) { rules.append(violation.rule) }
        }
    }

    @Test func `an answer that disappears is missed`() {
        #expect(rules(.droppedAnswer(60)).contains("one answer a request"))
    }

    @Test func `an answer that is under way when its host gives up is no bug`() {
        var small = SmallWorld()
        small.logonLimit = .microseconds(1)
        #expect(small.run().checkers.violations.isEmpty)
    }

    @Test func `an answer that comes twice is seen`() {
        #expect(rules(.doubledAnswer(60)).contains("one answer a request"))
    }

    @Test func `credits that nobody granted are seen`() {
        #expect(rules(.forgedCredits(60)).contains("credits are conserved"))
    }

    @Test func `credits that get lost are seen`() {
        #expect(rules(.lostCredits(60)).contains("credits are conserved"))
    }

    @Test func `a MessageId that is used again is seen`() {
        #expect(rules(.repeatedRequest(60)).contains("MessageId never reused"))
    }

    @Test func `a byte that is not what was written is seen`() {
        #expect(rules(.changedByte(10)) == ["what is read is what was written"])
    }
}
