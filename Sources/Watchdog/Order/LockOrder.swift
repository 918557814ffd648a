package import Primitives

/// In which order classes of resources are taken, as seen so far: predicts deadlocks that have
/// not happened yet.
///
/// Fed at every acquire by somebody who holds something. An edge "CONN wanted while PKT was held"
/// and the edge back are a conflict, seen or not in one moment; so is any longer cycle. Shared
/// after shared blocks nobody by itself and is not counted, but a FIFO queue makes shared wait
/// behind a waiting exclusive: a class that was ever wanted exclusively counts in all modes.
package struct LockOrder: Hashable, Sendable {
    /// Wanted `wanted` while it held `held`.
    package struct Edge: Hashable, Sendable {
        package var held: String
        package var wanted: String
        /// How often.
        package var count: UInt64
        package var first: Instant

        package init(held: String, wanted: String, count: UInt64, first: Instant) {
            self.held = held
            self.wanted = wanted
            self.count = count
            self.first = first
        }
    }

    private struct Cell: Hashable, Sendable {
        var count: UInt64 = 0
        var first = Instant.never
    }

    package private(set) var classes: [String] = []
    private var wantedExclusively: [Bool] = []
    /// Row `held`, column `wanted`, `stride` cells a row.
    private var cells: [Cell] = []
    private var stride = 0

    package init() {}

    /// The number of a class for `saw`, the same each time; a program knows its own beforehand.
    package mutating func number(of className: String) -> Int {
        if let number = classes.firstIndex(of: className) { return number }
        classes.append(className)
        wantedExclusively.append(false)
        if classes.count > stride { widen() }
        return classes.count - 1
    }

    private mutating func widen() {
        let wider = max(8, stride * 2)
        var moved = [Cell](repeating: Cell(), count: wider * wider)
        for row in 0..<stride {
            for column in 0..<stride {
                moved[row * wider + column] = cells[row * stride + column]
            }
        }
        cells = moved
        stride = wider
    }

    /// Somebody who holds `held` asks for `wanted`; both are numbers of `number(of:)`.
    ///
    /// True when this pair is seen for the first time, and `conflicts` may have grown.
    @discardableResult
    package mutating func saw(
        held: Int,
        wanted: Int,
        isExclusive: Bool,
        at now: Instant
    ) -> Bool {
        guard classes.indices.contains(held), classes.indices.contains(wanted) else {
            return false
        }
        if isExclusive { wantedExclusively[wanted] = true }
        let place = held * stride + wanted
        cells[place].count += 1
        guard cells[place].count == 1 else { return false }
        cells[place].first = now
        return true
    }

    /// Adds what another source saw.
    package mutating func merge(_ other: LockOrder) {
        let numbers = other.classes.map { number(of: $0) }
        for (row, held) in numbers.enumerated() {
            if other.wantedExclusively[row] { wantedExclusively[held] = true }
            for (column, wanted) in numbers.enumerated() {
                let cell = other.cells[row * other.stride + column]
                guard cell.count > 0 else { continue }
                cells[held * stride + wanted].count += cell.count
                cells[held * stride + wanted].first =
                    min(cells[held * stride + wanted].first, cell.first)
            }
        }
    }

    /// Whether anybody who wants the class can be made to wait by another holder of it.
    func isBlocking(_ number: Int) -> Bool { wantedExclusively[number] }

    func hasEdge(_ held: Int, _ wanted: Int) -> Bool { cells[held * stride + wanted].count > 0 }

    func edge(_ held: Int, _ wanted: Int) -> Edge? {
        let cell = cells[held * stride + wanted]
        guard cell.count > 0 else { return nil }
        return Edge(
            held: classes[held],
            wanted: classes[wanted],
            count: cell.count,
            first: cell.first
        )
    }

    /// Every pair, in the order in which classes became known.
    package var edges: [Edge] {
        classes.indices.flatMap { held in classes.indices.compactMap { edge(held, $0) } }
    }
}
