internal import SMBWire
internal import TerminalServer

/// Reads the steps that work on a path and leave nothing open: list, stat, volume, delete, rename.
enum PathStepReader {
    /// A path, or a mapping with `path:`.
    static func read(_ word: String, _ node: ProfileNode) throws(ProfileError) -> Step {
        var path: PathTemplate?
        var (pattern, accepts) = ("*", [NTStatus]())
        if node.isScalar {
            path = try ScriptReader.template(node)
        } else {
            let keys = word == "list" ? ProfileShape.listKeys : ProfileShape.pathKeys
            for (key, value) in try node.mapping(of: keys) {
                switch key {
                case "path": path = try ScriptReader.template(value)
                case "pattern": pattern = try value.text("a pattern such as *.dat")
                default: accepts = try self.accepts(value)
                }
            }
        }
        guard let path else { throw node.error("`path:` is missing") }
        switch word {
        case "list": return .onPath(.list(pattern: pattern), path, accepts: accepts)
        case "stat": return .onPath(.stat, path, accepts: accepts)
        case "volume": return .onPath(.volume, path, accepts: accepts)
        default:
            try insistOnRun(path, node)
            return .onPath(.delete, path, accepts: accepts)
        }
    }

    /// `{ from: …, to: … }`, both below the run's own folder.
    static func rename(_ node: ProfileNode) throws(ProfileError) -> Step {
        var (from, to) = (PathTemplate?.none, PathTemplate?.none)
        var accepts: [NTStatus] = []
        for (key, value) in try node.mapping(of: ProfileShape.renameKeys) {
            switch key {
            case "from": from = try ScriptReader.template(value)
            case "to": to = try ScriptReader.template(value)
            default: accepts = try self.accepts(value)
            }
        }
        guard let from else { throw node.error("`from:` is missing") }
        guard let to else { throw node.error("`to:` is missing") }
        try insistOnRun(from, node)
        try insistOnRun(to, node)
        return .onPath(.rename(to: to), from, accepts: accepts)
    }

    static func insistOnRun(
        _ path: PathTemplate,
        _ node: ProfileNode
    ) throws(ProfileError) {
        guard path.isBelowRun else {
            throw node.error("a run writes only below its own folder; begin the path with {run}")
        }
    }

    /// One status, or a list of them, that is no error.
    static func accepts(_ node: ProfileNode) throws(ProfileError) -> [NTStatus] {
        if node.isScalar { return [try FaultReader.status(node)] }
        var statuses: [NTStatus] = []
        for element in try node.sequence() { statuses.append(try FaultReader.status(element)) }
        return statuses
    }
}
