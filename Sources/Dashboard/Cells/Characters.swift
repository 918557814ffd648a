/// Which characters the terminal can show: a frame in ASCII is the other one glyph by glyph.
package enum Characters: Hashable, Sendable {
    case unicode
    case ascii

    var horizontal: Unicode.Scalar { self == .unicode ? "─" : "-" }
    var vertical: String { self == .unicode ? "│" : "|" }
    var tabOpen: String { self == .unicode ? "▌" : "[" }
    var tabClose: String { self == .unicode ? "▐" : "]" }
    var pointer: String { self == .unicode ? "▶" : ">" }
    var ellipsis: String { self == .unicode ? "…" : "~" }
    var corner: String { self == .unicode ? "└" : "`" }
    var tee: String { self == .unicode ? "├" : "+" }
    var arrow: String { self == .unicode ? "─▶" : "->" }
    var anyArrow: String { self == .unicode ? "╌▶" : "~>" }
    var backArrow: String { self == .unicode ? "↺" : "^" }
    var right: String { self == .unicode ? "→" : ">" }
    var upDown: String { self == .unicode ? "↑↓" : "jk" }
    var descending: String { self == .unicode ? "▼" : "v" }
    var ascending: String { self == .unicode ? "▲" : "^" }
    var good: String { self == .unicode ? "✓" : "+" }
    var bad: String { self == .unicode ? "✗" : "!" }
    var unknown: String { "?" }

    /// How many requests a cell of the heat map stands for; `level` from 1 to 8.
    func shade(_ level: Int) -> Unicode.Scalar {
        let shades: [Unicode.Scalar] =
            self == .unicode ? ["░", "▒", "▓", "█"] : [".", ":", "*", "#"]
        return shades[min(max(0, (level - 1) / 2), 3)]
    }

    /// A bar of `level` eighths, from 0 to 8.
    func bar(_ level: Int) -> Unicode.Scalar {
        let bars: [Unicode.Scalar] =
            self == .unicode
            ? [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
            : [" ", "_", ".", ",", ":", "-", "=", "*", "#"]
        return bars[min(max(0, level), 8)]
    }

    /// Two neighbouring values from 0 to 4 in one cell; braille is one cell wide in every font.
    func pair(_ left: UInt8, _ right: UInt8) -> Unicode.Scalar {
        let (left, right) = (Int(min(left, 4)), Int(min(right, 4)))
        guard self == .unicode else {
            let marks: [Unicode.Scalar] = [" ", ".", "-", "*", "#"]
            return marks[max(left, right)]
        }
        let dots = [0, 0x40, 0x44, 0x46, 0x47][left] + [0, 0x80, 0xA0, 0xB0, 0xB8][right]
        return Unicode.Scalar(UInt32(0x2800 + dots)) ?? " "
    }
}
