package import Primitives

/// One namespace root or link that is known ([MS-DFSC] 3.1.1, ReferralCache).
package struct ReferralCacheEntry: Hashable, Sendable {
    package struct Target: Hashable, Sendable {
        package let path: UNCPath
        package let isSetBoundary: Bool
    }

    package let prefix: UNCPath
    package let isRoot: Bool
    /// The target is a path in a namespace again.
    package let isInterlink: Bool
    /// After this the entry is refreshed at its next use, and used if that fails.
    package let softExpiry: Instant
    /// After this the entry is not used any more.
    package let hardExpiry: Instant
    package let failsBack: Bool
    package var targets: [Target]
    /// Index of the target to try first.
    package var hint = 0

    package var hintPath: UNCPath { targets[hint].path }

    /// Targets in the order of trying: from the hint to the end, then from the beginning.
    var order: [Int] { targets.indices.map { ($0 + hint) % targets.count } }
}

/// The PKT: what the Dfs client knows about namespaces ([MS-DFSC] 3.1.1).
///
/// Looked up by the longest prefix of whole components, whatever the case. Holds at most
/// `capacity` entries; when it is full, the one that expires first goes.
package struct ReferralCache: Hashable, Sendable {
    private var entries: [[String]: ReferralCacheEntry] = [:]
    /// Keys in the order of insertion, to choose a victim without iterating a dictionary.
    private var keys: [[String]] = []
    private let capacity: Int

    package init(capacity: Int = 4_096) { self.capacity = capacity }

    package var count: Int { keys.count }

    /// All entries, the oldest first.
    package var all: [ReferralCacheEntry] { keys.compactMap { entries[$0] } }

    /// The entry with the longest prefix of `path`, expired or not.
    package func longest(_ path: UNCPath) -> ReferralCacheEntry? {
        guard !keys.isEmpty, path.folded.count >= 2 else { return nil }
        for count in stride(from: path.folded.count, through: 2, by: -1) {
            if let entry = entries[Array(path.folded.prefix(count))] { return entry }
        }
        return nil
    }

    package func exact(_ prefix: UNCPath) -> ReferralCacheEntry? { entries[prefix.folded] }

    /// Adds or refreshes; a refresh with the same targets keeps their order and the hint
    /// ([MS-DFSC] 3.1.5.4.3).
    package mutating func insert(_ entry: ReferralCacheEntry) {
        var entry = entry
        if let old = entries[entry.prefix.folded] {
            let hinted = old.hintPath
            if Self.isSame(old.targets, entry.targets) { entry.targets = old.targets }
            entry.hint = entry.targets.firstIndex { $0.path == hinted } ?? 0
            if entry.failsBack, entry.hint >= entry.firstSetCount { entry.hint = 0 }
        } else {
            if keys.count >= capacity { evict() }
            keys.append(entry.prefix.folded)
        }
        entries[entry.prefix.folded] = entry
    }

    package mutating func remove(_ prefix: UNCPath) {
        guard entries.removeValue(forKey: prefix.folded) != nil else { return }
        keys.removeAll { $0 == prefix.folded }
    }

    /// A target answered: it is the one to try first from now on.
    package mutating func setHint(_ index: Int, of prefix: UNCPath) {
        guard let count = entries[prefix.folded]?.targets.count, index < count else { return }
        entries[prefix.folded]?.hint = index
    }

    private mutating func evict() {
        let first = keys.min { left, right in
            (entries[left]?.softExpiry ?? .zero) < (entries[right]?.softExpiry ?? .zero)
        }
        guard let first else { return }
        entries[first] = nil
        keys.removeAll { $0 == first }
    }

    private static func isSame(
        _ left: [ReferralCacheEntry.Target],
        _ right: [ReferralCacheEntry.Target]
    ) -> Bool {
        left.count == right.count && Set(left.map(\.path)) == Set(right.map(\.path))
    }
}

extension ReferralCacheEntry {
    /// How many targets the first set has (V4).
    var firstSetCount: Int {
        let next = targets.indices.dropFirst().first { targets[$0].isSetBoundary }
        return next ?? targets.count
    }
}
