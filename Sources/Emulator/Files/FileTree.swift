internal import Primitives
internal import SMBWire

/// All files of a server's shares, by name and by number.
struct FileTree: Hashable, Sendable {
    /// What a name leads to.
    enum Place: Hashable, Sendable {
        case found(Int)
        /// The directory is there, the name is not.
        case missing(parent: Int, name: String)
        /// STATUS_OBJECT_PATH_NOT_FOUND.
        case pathMissing
    }

    var nodes = Slab<FileNode>()
    private(set) var roots: [Int] = []
    private var lastNumber: UInt64 = 0

    /// `links` are the Dfs links of each share.
    init(shares: [SharePlan], links: [[String]], at time: UInt64) {
        for (index, share) in shares.enumerated() {
            let root = add(nil, "", share: index, isDirectory: true, at: time)
            roots.append(root)
            for file in share.files { plant(file, below: root, at: time) }
            for path in links.indices.contains(index) ? links[index] : [] {
                let parts = UNCPath(referral: path).components
                guard let link = directory(parts[...], below: root, at: time) else { continue }
                nodes[link].attributes = .reparsePoint
            }
        }
    }

    private mutating func plant(_ file: FilePlan, below root: Int, at time: UInt64) {
        let parts = UNCPath(referral: file.path).components
        guard let name = parts.last,
            let directory = directory(parts.dropLast(), below: root, at: time),
            nodes[directory].children.node(named: name) == nil
        else { return }
        let node = addChild(name, to: directory, isDirectory: false, at: time)
        nodes[node].attributes = .archive
        nodes[node].content = FileContent(size: UInt64(max(0, file.size)), seed: file.seed)
    }

    /// The directory there, made if it is missing; nil where a file stands in the way.
    private mutating func directory(
        _ parts: ArraySlice<String>,
        below root: Int,
        at time: UInt64
    ) -> Int? {
        var directory = root
        for part in parts {
            if let there = nodes[directory].children.node(named: part) {
                guard nodes[there].isDirectory else { return nil }
                directory = there
            } else {
                directory = addChild(part, to: directory, isDirectory: true, at: time)
            }
        }
        return directory
    }

    private mutating func add(
        _ parent: Int?,
        _ name: String,
        share: Int,
        isDirectory: Bool,
        at time: UInt64
    ) -> Int {
        lastNumber += 1
        let node = FileNode(
            name: name,
            parent: parent,
            share: share,
            number: lastNumber,
            isDirectory: isDirectory,
            attributes: [],
            times: FileTimes(time)
        )
        return nodes.insert(node)
    }

    /// Adds an empty file or directory under a name that is free.
    mutating func addChild(
        _ name: String,
        to parent: Int,
        isDirectory: Bool,
        at time: UInt64
    ) -> Int {
        let share = nodes[parent].share
        let node = add(parent, name, share: share, isDirectory: isDirectory, at: time)
        nodes[parent].children.insert(node, named: name)
        return node
    }

    /// Takes the node out of its directory and frees it.
    mutating func remove(_ node: Int) {
        if let parent = nodes[node].parent {
            nodes[parent].children.remove(named: nodes[node].name)
        }
        nodes.remove(node, leaving: .gone)
    }

    /// Gives the node another name, in the same or another directory of its share.
    mutating func move(_ node: Int, to parent: Int, named name: String) {
        if let old = nodes[node].parent {
            nodes[old].children.remove(named: nodes[node].name)
        }
        nodes[node].parent = parent
        nodes[node].name = name
        nodes[parent].children.insert(node, named: name)
    }

    /// Where the components lead from the root of that share ([MS-FSA] 2.1.5.1).
    func place(share: Int, _ components: [String]) -> Place {
        guard roots.indices.contains(share) else { return .pathMissing }
        var node = roots[share]
        for (index, component) in components.enumerated() {
            guard nodes[node].isDirectory else { return .pathMissing }
            if let next = nodes[node].children.node(named: component) {
                node = next
            } else if index + 1 == components.count {
                return .missing(parent: node, name: component)
            } else {
                return .pathMissing
            }
        }
        return .found(node)
    }

    /// The path within the share, with backslashes between and none before.
    func path(of node: Int) -> String {
        var parts: [String] = []
        var here = node
        while let parent = nodes[here].parent {
            parts.append(nodes[here].name)
            here = parent
        }
        return parts.reversed().joined(separator: "\\")
    }

    /// Whether `node` is `other` or lies below it.
    func isWithin(_ node: Int, _ other: Int) -> Bool {
        var here = node
        while here != other {
            guard let parent = nodes[here].parent else { return false }
            here = parent
        }
        return true
    }
}
