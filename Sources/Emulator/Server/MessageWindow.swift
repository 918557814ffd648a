/// The MessageIds that a client may use on one connection, and its credits ([MS-SMB2] 3.3.1.1).
///
/// An id that comes in order costs nothing to remember; those that come ahead of a gap are bits.
struct MessageWindow: Hashable, Sendable {
    /// All below are used.
    private var low: UInt64 = 0
    /// All from here on are not granted yet.
    private var high: UInt64 = 1
    /// How many from `low` on are used.
    private var usedCount = 0
    /// Which ones: one bit for each id from `base` on; empty if there are none.
    private var words: [UInt64] = []
    /// A multiple of 64, at most `low`.
    private var base: UInt64 = 0

    /// Granted and not used yet.
    var available: Int { span - usedCount }

    /// All that were ever granted, the first one included.
    var granted: UInt64 { high }

    /// From the lowest id that is not used to the highest that is granted.
    var span: Int { Int(high - low) }

    /// Takes the ids from `first` on; false if one was not granted or is used already.
    mutating func take(_ first: UInt64, count: Int) -> Bool {
        let (end, overflow) = first.addingReportingOverflow(UInt64(count))
        guard !overflow, first >= low, end <= high else { return false }
        if first == low, usedCount == 0 {
            low = end
            return true
        }
        return takeAhead(first..<end)
    }

    private mutating func takeAhead(_ ids: Range<UInt64>) -> Bool {
        if usedCount == 0 { base = low & ~63 }
        for id in ids where isUsed(id) { return false }
        for id in ids {
            let word = Int((id - base) / 64)
            while words.count <= word { words.append(0) }
            words[word] |= 1 << (id & 63)
        }
        usedCount += ids.count
        while usedCount > 0, isUsed(low) {
            low += 1
            usedCount -= 1
        }
        dropPassed()
        return true
    }

    private mutating func dropPassed() {
        guard usedCount > 0 else {
            words.removeAll(keepingCapacity: true)
            base = 0
            return
        }
        let passed = Int((low - base) / 64)
        guard passed > 0 else { return }
        words.removeFirst(min(passed, words.count))
        base += UInt64(passed) * 64
    }

    private func isUsed(_ id: UInt64) -> Bool {
        let word = Int((id - base) / 64)
        return word < words.count && words[word] & 1 << (id & 63) != 0
    }

    mutating func grant(_ count: Int) { high += UInt64(count) }
}
