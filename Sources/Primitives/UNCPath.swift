/// Why a text is no UNC path.
package enum PathError: Error, Hashable, Sendable {
    case empty
    /// The text does not begin with `\\`, or with `//`.
    case notUNC(String)
    case nulCharacter(String)

    /// A sentence for a person.
    package var sentence: String {
        switch self {
        case .empty: "the path is empty; expected \\\\server\\share\\…"
        case .notUNC(let text): "“\(text)” is no UNC path; expected \\\\server\\share\\…"
        case .nulCharacter(let text): "“\(text)” contains a NUL character"
        }
    }
}

/// A path of the form `\\server\share\directory\file`, or a Dfs path of the same form.
///
/// Components are compared without regard to case and never in part ([MS-DFSC] 2.2.1.4): the path
/// `\\a\bc` is not below `\\a\b`. The spelling is kept, for it goes onto the wire.
///
/// A class, because a path goes along with every request and every operation: a copy is one
/// reference, also of a path that may be nil.
package final class UNCPath: Hashable, Sendable {
    /// Server, share and what follows; no component is empty.
    package let components: [String]
    /// The components in upper case, for comparison and as keys of caches.
    package let folded: [String]

    private init(components: [String], folded: [String]) {
        self.components = components
        self.folded = folded
    }

    package convenience init(components: [String]) {
        self.init(components: components, folded: components.map { $0.uppercased() })
    }

    /// Reads `\\server\share\…`.
    ///
    /// Forward slashes count as backslashes, empty components are dropped.
    package convenience init(parsing text: String) throws(PathError) {
        guard !text.isEmpty else { throw .empty }
        guard !text.contains("\0") else { throw .nulCharacter(text) }
        let slashed = text.map { $0 == "/" ? "\\" : $0 }
        guard slashed.starts(with: ["\\", "\\"]) else { throw .notUNC(text) }
        let parts = slashed.split(separator: "\\").map { String($0) }
        guard !parts.isEmpty else { throw .notUNC(text) }
        self.init(components: parts)
    }

    /// Reads the form with one leading backslash that referrals carry ([MS-DFSC] 2.2.2); any
    /// number of leading backslashes is tolerated.
    package convenience init(referral text: String) {
        self.init(components: text.split(separator: "\\").map { String($0) })
    }

    package var server: String { components.first ?? "" }
    package var share: String? { components.count > 1 ? components[1] : nil }
    /// What follows the share, joined by backslashes; empty for the share itself.
    package var relativePath: String { components.dropFirst(2).joined(separator: "\\") }

    /// `\\server\share\…`, for a person and for TREE_CONNECT.
    package var text: String { "\\\\" + components.joined(separator: "\\") }
    /// `\server\share\…`, for a referral request ([MS-DFSC] 2.2.2).
    package var referralText: String { "\\" + components.joined(separator: "\\") }
    /// `server\share\…`, for the name of a CREATE with SMB2_FLAGS_DFS_OPERATIONS.
    package var createText: String { components.joined(separator: "\\") }

    /// Whether this path is `prefix` or lies below it.
    package func starts(with prefix: UNCPath) -> Bool {
        folded.count >= prefix.folded.count && folded.starts(with: prefix.folded)
    }

    /// The first `count` components.
    package func prefix(_ count: Int) -> UNCPath {
        UNCPath(components: Array(components.prefix(count)), folded: Array(folded.prefix(count)))
    }

    /// This path with its first `count` components replaced by `target` ([MS-DFSC] 3.1.4.1 step 3).
    package func replacingPrefix(of count: Int, with target: UNCPath) -> UNCPath {
        UNCPath(
            components: target.components + components.dropFirst(count),
            folded: target.folded + folded.dropFirst(count)
        )
    }

    /// This path with further components; the text may hold several, separated by backslashes.
    package func appending(_ text: String) -> UNCPath {
        let more = UNCPath(referral: text)
        return UNCPath(components: components + more.components, folded: folded + more.folded)
    }

    package static func == (lhs: UNCPath, rhs: UNCPath) -> Bool {
        lhs === rhs || lhs.folded == rhs.folded
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(folded) }
}
