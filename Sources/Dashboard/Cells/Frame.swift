/// One character cell of the screen.
package struct Cell: Hashable, Sendable {
    /// One Unicode scalar; 0 is the right half of a wide character.
    package var scalar: UInt32
    package var role: Role
    /// 1, or 2 for a wide character, or 0 for its right half.
    package var width: UInt8

    package static let blank = Cell(scalar: 0x20, role: .plain, width: 1)
}

/// A rectangle of cells; nothing drawn into an area leaves it.
package struct Area: Hashable, Sendable {
    package var x: Int
    package var y: Int
    package var width: Int
    package var height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// The first `count` rows, and what is left below them.
    func top(_ count: Int) -> (top: Area, rest: Area) {
        let count = min(max(0, count), height)
        return (
            Area(x: x, y: y, width: width, height: count),
            Area(x: x, y: y + count, width: width, height: height - count)
        )
    }

    /// The first `count` columns, and what is left beside them.
    func left(_ count: Int) -> (left: Area, rest: Area) {
        let count = min(max(0, count), width)
        return (
            Area(x: x, y: y, width: count, height: height),
            Area(x: x + count, y: y, width: width - count, height: height)
        )
    }

    func contains(x: Int, y: Int) -> Bool {
        x >= self.x && x < self.x + width && y >= self.y && y < self.y + height
    }
}

/// A screen full of cells: what the views draw and a terminal paints.
package struct Frame: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// Row after row, `width` cells each.
    package private(set) var cells: [Cell]

    package init(width: Int, height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
        cells = [Cell](repeating: .blank, count: self.width * self.height)
    }

    package var area: Area { Area(x: 0, y: 0, width: width, height: height) }

    /// The cells of a row that is on the screen.
    package func row(_ y: Int) -> ArraySlice<Cell> { cells[y * width..<(y + 1) * width] }

    /// Writes text from a column and row of `area`, clipped to it; returns the column behind.
    ///
    /// Control characters become `?`, so that no name can carry an escape sequence; marks that
    /// take no cell are dropped; a wide character that would be cut in half is left out.
    @discardableResult
    mutating func put(
        _ text: String,
        _ role: Role = .plain,
        column: Int = 0,
        row: Int = 0,
        in area: Area
    ) -> Int {
        let y = area.y + row
        guard row >= 0, row < area.height, y >= 0, y < height else { return column }
        let end = min(width, area.x + area.width)
        var x = area.x + column
        for scalar in text.unicodeScalars {
            var (shown, cells) = (scalar.value, ScalarWidth.cells(scalar))
            if cells == 0 { continue }
            if cells < 0 { (shown, cells) = (0x3F, 1) }
            guard x + cells <= end else { break }
            if x >= max(0, area.x) { set(x, y, shown, role, cells) }
            x += cells
        }
        return x - area.x
    }

    /// Writes text so that it ends before `column`.
    mutating func putRight(
        _ text: String,
        _ role: Role = .plain,
        endingAt column: Int,
        row: Int = 0,
        in area: Area
    ) {
        put(text, role, column: column - TextWidth.cells(text), row: row, in: area)
    }

    /// Repeats one narrow scalar over `count` columns.
    mutating func fill(
        _ scalar: Unicode.Scalar,
        _ role: Role,
        column: Int = 0,
        row: Int = 0,
        count: Int,
        in area: Area
    ) {
        let y = area.y + row
        guard row >= 0, row < area.height, y >= 0, y < height, count > 0 else { return }
        let first = max(0, area.x + max(0, column))
        let last = min(width, area.x + min(area.width, column + count))
        guard first < last else { return }
        for x in first..<last { set(x, y, scalar.value, role, 1) }
    }

    /// Gives every cell of a row of `area` the same role.
    mutating func mark(_ role: Role, row: Int, in area: Area) {
        let y = area.y + row
        guard row >= 0, row < area.height, y >= 0, y < height else { return }
        for x in max(0, area.x)..<max(0, area.x, min(width, area.x + area.width)) {
            cells[y * width + x].role = role
        }
    }

    /// One line a row without the blanks at its end: what golden files hold.
    package var text: String {
        var text = ""
        for y in 0..<height {
            var line = ""
            for cell in row(y) where cell.width > 0 {
                line.unicodeScalars.append(Unicode.Scalar(cell.scalar) ?? "?")
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        return text
    }

    private mutating func set(_ x: Int, _ y: Int, _ scalar: UInt32, _ role: Role, _ width: Int) {
        let index = y * self.width + x
        // What is overwritten by half loses its other half.
        if cells[index].width == 0, x > 0 { cells[index - 1] = .blank }
        let last = index + width - 1
        if cells[last].width == 2, x + width < self.width { cells[last + 1] = .blank }
        cells[index] = Cell(scalar: scalar, role: role, width: UInt8(width))
        if width == 2 { cells[index + 1] = Cell(scalar: 0, role: role, width: 0) }
    }
}

/// Measures and cuts text by the cells that it takes.
enum TextWidth {
    static func cells(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + abs(ScalarWidth.cells($1)) }
    }

    /// At most `count` cells; what is cut away shows as an ellipsis at the end.
    static func cut(_ text: String, to count: Int, _ characters: Characters) -> String {
        guard cells(text) > count else { return text }
        guard count > 1 else { return count == 1 ? characters.ellipsis : "" }
        var (kept, used) = ("", 0)
        for scalar in text.unicodeScalars {
            let width = abs(ScalarWidth.cells(scalar))
            guard used + width <= count - 1 else { break }
            kept.unicodeScalars.append(scalar)
            used += width
        }
        return kept + characters.ellipsis
    }

    /// At most `count` cells from the end: of a path, the end says more.
    static func cutStart(_ text: String, to count: Int, _ characters: Characters) -> String {
        guard cells(text) > count else { return text }
        guard count > 1 else { return count == 1 ? characters.ellipsis : "" }
        var (kept, used): ([Unicode.Scalar], Int) = ([], 0)
        for scalar in text.unicodeScalars.reversed() {
            let width = abs(ScalarWidth.cells(scalar))
            guard used + width <= count - 1 else { break }
            kept.append(scalar)
            used += width
        }
        var end = String.UnicodeScalarView()
        end.append(contentsOf: kept.reversed())
        return characters.ellipsis + String(end)
    }

    /// Blanks behind the text up to `count` cells.
    static func padded(_ text: String, to count: Int) -> String {
        text + String(repeating: " ", count: max(0, count - cells(text)))
    }

    /// Blanks before the text up to `count` cells.
    static func right(_ text: String, to count: Int) -> String {
        String(repeating: " ", count: max(0, count - cells(text))) + text
    }

    /// Lines of at most `count` cells, broken between words where there are any.
    static func wrapped(_ text: String, to count: Int) -> [String] {
        guard count > 0 else { return [] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var word = String(word)
            while cells(word) > count {
                let head = String(word.prefix(count))
                if !line.isEmpty { lines.append(line) }
                line = ""
                lines.append(head)
                word = String(word.dropFirst(head.count))
            }
            if line.isEmpty {
                line = word
            } else if cells(line) + 1 + cells(word) <= count {
                line += " " + word
            } else {
                lines.append(line)
                line = word
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
