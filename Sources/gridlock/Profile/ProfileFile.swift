/// A profile as a file gives it: a layer of settings, and the script as it stands there.
struct ProfileFile {
    /// `samba-smoke`, the file's name without its ending.
    let name: String
    /// One line for `gridlock profiles`.
    let summary: String
    let settings: [(key: SettingKey, setting: RawSetting)]
    /// The steps, still unread; nil when there is no `script:`.
    let script: ProfileNode?
    /// Several scripts by name, still unread; nil when there is no `scripts:`.
    let scripts: ProfileNode?
    /// How the load rises and falls, still unread; nil when there is no `stages:`.
    let stages: ProfileNode?
    /// The emulated servers, still unread; nil when there is no `namespace:`.
    let namespace: ProfileNode?
    let root: ProfileNode

    /// A profile that says nothing and does nothing but look at its target.
    init(name: String) throws(ProfileError) {
        try self.init(parsing: "summary: \(name)\nscript: [logon]", name: name, file: name)
    }

    init(parsing text: String, name: String, file: String) throws(ProfileError) {
        let root = try ProfileNode(parsing: text, file: file)
        var settings: [(key: SettingKey, setting: RawSetting)] = []
        var summary: String?
        var own: [String: ProfileNode] = [:]
        let words = ProfileShape.ownKeys.map(\.name)
        for (key, node) in try root.mapping(of: words + Self.words(below: "")) {
            switch key {
            case "summary": summary = try node.text("a line that says what the profile does")
            case let key where words.contains(key): own[key] = node
            default: settings += try Self.read(key, node)
            }
        }
        guard let summary else {
            throw root.error("`summary:` is missing; expected a line that says what it does")
        }
        self.name = name
        self.summary = summary
        self.settings = settings
        self.root = root
        script = own["script"]
        scripts = own["scripts"]
        stages = own["stages"]
        namespace = own["namespace"]
    }

    /// The words that may stand directly below `prefix`: `sessions`, or `count` below `files`.
    private static func words(below prefix: String) -> [String] {
        var words: [String] = []
        for key in SettingKey.allCases where key.rawValue.hasPrefix(prefix) {
            let rest = key.rawValue.dropFirst(prefix.count)
            let word = String(rest.prefix { $0 != "." })
            if !words.contains(word) { words.append(word) }
        }
        return words
    }

    private static func read(
        _ name: String,
        _ node: ProfileNode
    ) throws(ProfileError) -> [(key: SettingKey, setting: RawSetting)] {
        if let key = SettingKey(rawValue: name) {
            let elements = try elements(of: node, for: key)
            return [(key, RawSetting(elements, from: .profile(node.place)))]
        }
        var settings: [(key: SettingKey, setting: RawSetting)] = []
        let prefix = name + "."
        for (word, value) in try node.mapping(of: words(below: prefix)) {
            settings += try read(prefix + word, value)
        }
        return settings
    }

    private static func elements(
        of node: ProfileNode,
        for key: SettingKey
    ) throws(ProfileError) -> [String] {
        guard key.isList, !node.isScalar else { return [try node.text()] }
        var elements: [String] = []
        for element in try node.sequence() { elements.append(try element.text()) }
        return elements
    }
}
