import Primitives
import Testing

@Suite struct SuggestionTests {
    @Test func `a slip of the finger finds its word`() {
        let known = ["sessions", "duration", "script"]
        #expect(Suggestion.nearest(to: "sesions", among: known) == "sessions")
        #expect(Suggestion.nearest(to: "Duratoin", among: known) == "duration")
        #expect(Suggestion.nearest(to: "scirpt", among: known) == "script")
        #expect(Suggestion.nearest(to: "latency", among: known) == nil)
        #expect(
            Suggestion.hint(for: "zzz", among: ["a", "b"]) == "; known are a, b"
        )
    }
}
