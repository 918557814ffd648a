internal import SMBWire

/// What names may be, and how a name within a share falls into its parts ([MS-FSCC] 2.1.5).
enum FileName {
    /// Why a name of a CREATE or a rename is refused before anything is looked up.
    enum Flaw: Error, Hashable, Sendable {
        /// A leading backslash ([MS-SMB2] 3.3.5.9).
        case rooted
        /// A wildcard, a reserved character, an empty component or `.`, or too long a one.
        case invalid
        /// `..` would lead out of the share.
        case outside

        var status: NTStatus {
            switch self {
            case .rooted: .invalidParameter
            case .invalid: .objectNameInvalid
            case .outside: .objectPathSyntaxBad
            }
        }
    }

    /// Units of UTF-16.
    static let componentMax = 255
    private static let forbidden: [Character] = ["/", ":", "*", "?", "\"", "<", ">", "|"]

    /// The components of a name relative to the share; none for the share's root.
    ///
    /// Windows servers still resolve `..`, though no client should send it.
    static func components(of name: String) throws(Flaw) -> [String] {
        guard name.first != "\\" else { throw .rooted }
        var whole = Substring(name)
        // The default stream by its full name is the file itself.
        if whole.hasSuffix("::$DATA") { whole = whole.dropLast(7) }
        if whole.last == "\\" { whole = whole.dropLast() }
        guard !whole.isEmpty else { return [] }
        let parts = whole.split(separator: "\\", omittingEmptySubsequences: false)
        var components: [String] = []
        for part in parts {
            if part == ".." {
                guard components.popLast() != nil else { throw .outside }
            } else {
                guard isValid(part) else { throw .invalid }
                components.append(String(part))
            }
        }
        return components
    }

    private static func isValid(_ part: Substring) -> Bool {
        guard !part.isEmpty, part != ".", part.utf16.count <= componentMax else {
            return false
        }
        return !part.contains { character in
            forbidden.contains(character) || character.unicodeScalars.contains { $0.value < 32 }
        }
    }
}
