/// Lists of small numbers, one list a row, in two flat arrays (compressed sparse rows).
struct Rows {
    private var starts: [Int32]
    private(set) var items: [Int32]

    /// Sorts the places of `row` into rows, keeping their order; -1 is left out.
    init(rows: Int, of row: [Int32]) {
        self.init(rows: rows, counting: row)
        for (item, place) in row.enumerated() where place >= 0 {
            append(Int32(truncatingIfNeeded: item), to: Int(place))
        }
    }

    /// The rows of a list of pairs: row `from[i]` gets `to[i]`.
    init(rows: Int, from: [Int32], to: [Int32]) {
        self.init(rows: rows, counting: from)
        for (item, place) in from.enumerated() { append(to[item], to: Int(place)) }
    }

    /// Empty rows with room for what `append` is to fill in.
    private init(rows: Int, counting row: [Int32]) {
        // Counted two places ahead: after the fill each row's start is where it belongs.
        starts = [Int32](repeating: 0, count: rows + 2)
        var kept: Int32 = 0
        for place in row where place >= 0 {
            starts[Int(place) + 2] += 1
            kept += 1
        }
        var sum: Int32 = 0
        for place in starts.indices {
            sum += starts[place]
            starts[place] = sum
        }
        items = [Int32](repeating: 0, count: Int(kept))
    }

    @inline(__always)
    private mutating func append(_ item: Int32, to row: Int) {
        let place = starts[row + 1]
        items[Int(place)] = item
        starts[row + 1] = place + 1
    }

    var rowCount: Int { starts.count - 2 }

    /// The places in `items` of one row.
    @inline(__always)
    subscript(row: Int) -> Range<Int> { Int(starts[row])..<Int(starts[row + 1]) }

    /// Orders the items of one row.
    mutating func sort(_ row: Int, by precedes: (Int32, Int32) -> Bool) {
        items[self[row]].sort(by: precedes)
    }
}
