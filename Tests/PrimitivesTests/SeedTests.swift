import Primitives
import Testing

@Suite struct SeedTests {
    @Test func `a seed gives the published numbers`() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test func `streams of one seed differ and repeat`() {
        let seed = SplitMix64(seed: 42)
        var first = seed.stream(0)
        var again = seed.stream(0)
        var second = seed.stream(1)
        let number = first.next()
        #expect(number == again.next())
        #expect(number != second.next())
    }

    @Test func `the hash is FNV-1a`() {
        var hash = StableHash()
        #expect(hash.hexadecimal == "cbf29ce484222325")
        hash.combine([UInt8]("a".utf8))
        #expect(hash.hexadecimal == "af63dc4c8601ec8c")
    }

    @Test func `an instant stays on the time line`() {
        let late = Instant(nanoseconds: .max - 1)
        #expect(late + .seconds(1) == Instant(nanoseconds: .max))
        #expect(Instant.zero + .seconds(-1) == .zero)
        #expect((Instant.zero + .milliseconds(3)).nanoseconds == 3_000_000)
        #expect(Instant.zero.nanoseconds(since: late) == 0)
    }
}
