/// The worst latency of each of the last twelve windows, on a fixed scale so that rows compare.
package struct Trend: Hashable, Sendable {
    package static let windows = 12

    /// 0 for an empty window, else 1 to 8: half a decade each, from a millisecond to three seconds.
    private var levels = SIMD16<UInt8>()

    package init() {}

    package init(_ latencies: [UInt64]) { for latency in latencies { push(latency) } }

    /// Starts a new window, whose worst latency so far is this one.
    package mutating func push(_ nanoseconds: UInt64) {
        for index in 1..<Self.windows { levels[index - 1] = levels[index] }
        levels[Self.windows - 1] = Self.level(of: nanoseconds)
    }

    /// Counts a latency into the newest window.
    package mutating func record(_ nanoseconds: UInt64) {
        let last = Self.windows - 1
        levels[last] = max(levels[last], Self.level(of: nanoseconds))
    }

    package static func level(of nanoseconds: UInt64) -> UInt8 {
        guard nanoseconds > 0 else { return 0 }
        return UInt8(1 + (bounds.firstIndex { nanoseconds < $0 } ?? bounds.count))
    }

    private static let bounds: [UInt64] = [
        1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 300_000_000, 1_000_000_000,
    ]

    /// Six cells, two windows each.
    func pairs(_ characters: Characters) -> String {
        var text = String.UnicodeScalarView()
        for index in stride(from: 0, to: Self.windows, by: 2) {
            let (left, right) = (levels[index], levels[index + 1])
            text.append(characters.pair((left + 1) / 2, (right + 1) / 2))
        }
        return String(text)
    }

    /// Twelve cells, one window each.
    func bars(_ characters: Characters) -> String {
        var text = String.UnicodeScalarView()
        for index in 0..<Self.windows { text.append(characters.bar(Int(levels[index]))) }
        return String(text)
    }
}
