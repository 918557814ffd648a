package import Primitives

/// One name that a run is about to create; written down before the CREATE is sent.
///
/// A line of `manifest.ndjson`. Only what stands there is ever deleted.
package struct ManifestEntry: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case directory
        case file
    }

    package let kind: Kind
    /// As the application named it: a Dfs path is found again through its namespace.
    package let path: UNCPath

    package init(kind: Kind, path: UNCPath) {
        self.kind = kind
        self.path = path
    }

    package var line: String {
        var escaped = ""
        for scalar in path.text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "{\"kind\":\"\(kind.rawValue)\",\"path\":\"\(escaped)\"}"
    }

    /// Reads a line; nil for a torn or foreign one, whose CREATE was then never sent.
    package init?(line: some StringProtocol) {
        let head = "{\"kind\":\""
        guard line.hasPrefix(head), line.hasSuffix("\"}") else { return nil }
        let rest = line.dropFirst(head.count)
        guard let quote = rest.firstIndex(of: "\""),
            let kind = Kind(rawValue: String(rest[..<quote]))
        else { return nil }
        let middle = "\",\"path\":\""
        let tail = rest[quote...]
        guard tail.hasPrefix(middle) else { return nil }
        var text = ""
        var isEscaped = false
        for character in tail.dropFirst(middle.count).dropLast(2) {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                text.append(character)
                isEscaped = false
            }
        }
        guard !isEscaped, let path = try? UNCPath(parsing: text) else { return nil }
        self.init(kind: kind, path: path)
    }
}
