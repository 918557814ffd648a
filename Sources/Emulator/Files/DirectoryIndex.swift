/// The entries of one directory in the order of their names, without regard to case.
struct DirectoryIndex: Hashable, Sendable {
    /// Ascending; `nodes[i]` is the file of the name `keys[i]`.
    private var keys: [String] = []
    private var nodes: [Int] = []

    var isEmpty: Bool { keys.isEmpty }
    var count: Int { keys.count }

    /// What names are compared by.
    static func key(of name: String) -> String { name.uppercased() }

    func node(named name: String) -> Int? {
        let key = Self.key(of: name)
        let place = firstPlace { $0 >= key }
        return place < keys.count && keys[place] == key ? nodes[place] : nil
    }

    /// The caller has made sure that the name is free.
    mutating func insert(_ node: Int, named name: String) {
        let key = Self.key(of: name)
        let place = firstPlace { $0 >= key }
        keys.insert(key, at: place)
        nodes.insert(node, at: place)
    }

    mutating func remove(named name: String) {
        let key = Self.key(of: name)
        let place = firstPlace { $0 >= key }
        guard place < keys.count, keys[place] == key else { return }
        keys.remove(at: place)
        nodes.remove(at: place)
    }

    /// The place of the entry that follows `key` in order, the first one for nil; `count` if there
    /// is none.
    func place(after key: String?) -> Int { key.map { key in firstPlace { $0 > key } } ?? 0 }

    func key(at place: Int) -> String { keys[place] }

    func node(at place: Int) -> Int { nodes[place] }

    private func firstPlace(where reached: (String) -> Bool) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if reached(keys[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
