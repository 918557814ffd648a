import TerminalServer
import Testing

@Suite struct ScriptMixTests {
    @Test func `shares are kept to, evenly`() throws {
        let mix = try ScriptMix([.share(0.2), .share(0.8)])
        let scripts = mix.scripts(sessions: 1_000, seed: 1)
        #expect(scripts.count { $0 == 0 } == 200)
        for start in stride(from: 0, to: 1_000, by: 50) {
            #expect(abs(scripts[start..<start + 50].count { $0 == 0 } - 10) <= 1)
        }
    }

    @Test func `what no share wants is drawn by weight, by the seed and the number alone`() throws {
        let mix = try ScriptMix([.share(0.1), .weight(3), .weight(1)])
        let scripts = mix.scripts(sessions: 4_000, seed: 7)
        #expect(scripts.count { $0 == 0 } == 400)
        let drawn = Double(scripts.count { $0 == 1 }) / 3_600
        #expect(drawn > 0.72 && drawn < 0.78)
        #expect(scripts == mix.scripts(sessions: 4_000, seed: 7))
        #expect(Array(scripts[..<100]) == mix.scripts(sessions: 100, seed: 7))
        #expect(scripts != mix.scripts(sessions: 4_000, seed: 8))
    }

    @Test func `thirds are everything`() throws {
        let mix = try ScriptMix([.share(0.333), .share(0.3335), .share(0.3335)])
        let scripts = mix.scripts(sessions: 3_000, seed: 1)
        for index in 0..<3 { #expect(abs(scripts.count { $0 == index } - 1_000) <= 2) }
    }

    @Test func `parts that do not add up are refused`() {
        #expect(throws: ScriptMix.Problem.tooMuch) { try ScriptMix([.share(0.7), .share(0.4)]) }
        #expect(throws: ScriptMix.Problem.tooLittle) { try ScriptMix([.share(0.7)]) }
        #expect(throws: ScriptMix.Problem.nothingLeft) { try ScriptMix([.share(1), .weight(1)]) }
    }
}
