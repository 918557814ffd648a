/// Lists of small numbers, one list a row, in two flat arrays (compressed sparse rows).
struct Rows {
    private var starts: [Int32]
    private(set) var items: [Int32]

    /// Sorts `0 ..< count` into rows, keeping their order; an item whose row is -1 is left out.
    @inline(__always)
    init(rows: Int, count: Int, row: (Int) -> Int) {
        starts = [Int32](repeating: 0, count: rows + 1)
        var kept = 0
        for item in 0..<count {
            let place = row(item)
            guard place >= 0 else { continue }
            starts[place + 1] += 1
            kept += 1
        }
        for place in 0..<rows { starts[place + 1] += starts[place] }
        items = [Int32](repeating: 0, count: kept)
        var next = starts
        for item in 0..<count {
            let place = row(item)
            guard place >= 0 else { continue }
            items[Int(next[place])] = Int32(item)
            next[place] += 1
        }
    }

    /// The rows of a list of pairs: row `from[i]` gets `to[i]`.
    init(rows: Int, from: [Int32], to: [Int32]) {
        self.init(rows: rows, count: from.count) { Int(from[$0]) }
        for place in items.indices { items[place] = to[Int(items[place])] }
    }

    var rowCount: Int { starts.count - 1 }

    /// The places in `items` of one row.
    @inline(__always)
    subscript(row: Int) -> Range<Int> { Int(starts[row])..<Int(starts[row + 1]) }

    mutating func swapItems(_ one: Int, _ other: Int) { items.swapAt(one, other) }

    /// Orders the items of one row.
    mutating func sort(_ row: Int, by precedes: (Int32, Int32) -> Bool) {
        items[self[row]].sort(by: precedes)
    }
}
