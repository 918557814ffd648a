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
    private static let backslash = UInt8(ascii: "\\")
    private static let forbidden = Array("/:*?\"<>|".utf8)

    /// The components of a name relative to the share; none for the share's root.
    ///
    /// Windows servers still resolve `..`, though no client should send it.
    static func components(of name: String) throws(Flaw) -> [String] {
        guard name.utf8.first != backslash else { throw .rooted }
        var whole = Substring(name).utf8
        // The default stream by its full name is the file itself.
        if name.hasSuffix("::$DATA") { whole = whole.dropLast(7) }
        if whole.last == backslash { whole = whole.dropLast() }
        guard !whole.isEmpty else { return [] }
        var components: [String] = []
        for units in whole.split(separator: backslash, omittingEmptySubsequences: false) {
            let part = String(Substring(units))
            if part == ".." {
                guard components.popLast() != nil else { throw .outside }
            } else {
                guard isValid(part) else { throw .invalid }
                components.append(part)
            }
        }
        return components
    }

    /// What is forbidden is ASCII, so that no byte of another character is taken for it.
    private static func isValid(_ part: String) -> Bool {
        guard !part.isEmpty, part != ".", part.utf16.count <= componentMax else {
            return false
        }
        return !part.utf8.contains { $0 < 32 || forbidden.contains($0) }
    }
}
