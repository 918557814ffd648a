import Primitives
import TerminalServer
import Testing

@Suite struct ScriptTests {
    private func steps(_ script: Script, seed: UInt64 = 1, count: Int = 30) -> [ScriptCursor.Next] {
        var cursor = ScriptCursor(script, random: SplitMix64(seed: seed))
        var found: [ScriptCursor.Next] = []
        for _ in 0..<count {
            let next = cursor.next(in: script)
            found.append(next)
            if next == .finished { break }
        }
        return found
    }

    @Test func `loops count, and loops in loops count anew`() throws {
        let script = try Script([
            .logon, .repeat(.times(2), [.repeat(.times(3), [.flush]), .close]), .logoff,
        ])
        let flushes: [ScriptCursor.Next] = [.step(.flush), .step(.flush), .step(.flush)]
        #expect(
            steps(script)
                == [.step(.logon)] + flushes + [.step(.close)] + flushes
                + [.step(.close), .step(.logoff), .finished]
        )
    }

    @Test func `for ever is for ever`() throws {
        let script = try Script([.repeat(.forever, [.flush])])
        #expect(steps(script, count: 500).count == 500)
    }

    @Test func `the same seed gives the same steps, another gives others`() throws {
        let script = try Script([
            .repeat(
                .forever,
                [
                    .choose([
                        .init(weight: 1, steps: [.flush]), .init(weight: 1, steps: [.close]),
                    ]), .think(.exponential(.seconds(1))),
                ]
            )
        ])
        #expect(steps(script, seed: 5) == steps(script, seed: 5))
        #expect(steps(script, seed: 5) != steps(script, seed: 6))
    }

    @Test func `choices come as often as their weights say`() throws {
        let script = try Script([
            .repeat(
                .forever,
                [
                    .choose([.init(weight: 3, steps: [.flush]), .init(weight: 1, steps: [.close])])
                ]
            )
        ])
        let flushes = steps(script, seed: 2, count: 4_000).count { $0 == .step(.flush) }
        #expect((2_850...3_150).contains(flushes))
    }

    @Test func `an exponential pause has its mean`() throws {
        let script = try Script([.repeat(.forever, [.think(.exponential(.seconds(1)))])])
        let pauses = steps(script, seed: 3, count: 5_000).compactMap { next in
            if case .pause(let duration) = next { duration.wholeNanoseconds } else { nil }
        }
        let mean = Double(pauses.reduce(0, +)) / Double(pauses.count) / 1e9
        #expect((0.95...1.05).contains(mean))
        #expect(pauses.allSatisfy { $0 >= 0 })
    }

    @Test func `what cannot run is refused`() {
        #expect(throws: Script.Problem.empty) { try Script([]) }
        #expect(throws: Script.Problem.emptyLoop) { try Script([.repeat(.forever, [])]) }
        #expect(throws: Script.Problem.emptyChoice) { try Script([.choose([])]) }
        var nested = Step.flush
        for _ in 0..<20 { nested = .repeat(.times(1), [nested]) }
        #expect(throws: Script.Problem.nested(limit: 8)) { try Script([nested]) }
    }

    @Test func `a template is filled in, and says what it cannot be`() throws {
        let template = try PathTemplate(#"{run}\{user}-{session}-{n}.dat"#)
        let values = PathTemplate.Values(
            run: "gridlock-1",
            file: "f",
            session: 7,
            user: "user01",
            count: 3
        )
        var dice = SplitMix64(seed: 1)
        #expect(template.fill(values, using: &dice) == #"gridlock-1\user01-7-3.dat"#)
        #expect(template.isBelowRun)
        #expect(try !PathTemplate("plain").isBelowRun)
        #expect(throws: PathTemplate.Problem.unknownName("who")) { try PathTemplate("{who}") }
        #expect(throws: PathTemplate.Problem.openBrace) { try PathTemplate("{run") }
        #expect(throws: PathTemplate.Problem.empty) { try PathTemplate("") }
    }

    @Test func `a prepared file's bytes follow from its seed`() {
        let plan = FilesPlan(count: 2, size: 100, seed: 9)
        let whole = plan.content(of: 1, offset: 0, count: 100)
        #expect(plan.content(of: 1, offset: 37, count: 20) == Array(whole[37..<57]))
        #expect(plan.content(of: 0, offset: 0, count: 100) != whole)
    }
}
