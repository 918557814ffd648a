/// The MessageIds that a client may use on one connection, and its credits ([MS-SMB2] 3.3.1.1).
struct MessageWindow: Hashable, Sendable {
    /// All below are used.
    private var low: UInt64 = 0
    /// All from here on are not granted yet.
    private var high: UInt64 = 1
    /// The used ones from `low` on; for look-up only.
    private var used: Set<UInt64> = []

    /// Granted and not used yet.
    var available: Int { Int(high - low) - used.count }

    /// All that were ever granted, the first one included.
    var granted: UInt64 { high }

    /// Takes the ids from `first` on; false if one was not granted or is used already.
    mutating func take(_ first: UInt64, count: Int) -> Bool {
        let (end, overflow) = first.addingReportingOverflow(UInt64(count))
        guard !overflow, first >= low, end <= high else { return false }
        if first == low, used.isEmpty {
            low = end
            return true
        }
        for id in first..<end where used.contains(id) { return false }
        for id in first..<end { used.insert(id) }
        while used.remove(low) != nil { low += 1 }
        return true
    }

    mutating func grant(_ count: Int) { high += UInt64(count) }
}
