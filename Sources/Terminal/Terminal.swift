internal import CNcurses
internal import Dashboard
internal import Glibc

/// Why there is no dashboard here, in a sentence.
package struct TerminalRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// What a person may choose about the terminal.
package struct TerminalSettings: Hashable, Sendable {
    /// The terminal's type, as in `TERM`; nil if nobody says.
    package var type: String?
    /// Clicks and the wheel; the terminal's own selection of text needs Shift meanwhile.
    package var mouse = false
    package var colours = true

    package init(type: String?) { self.type = type }
}

/// What came from the person or from the operating system.
enum TerminalEvent: Hashable, Sendable {
    case key(Key)
    /// A character of a paste.
    case pasted(Unicode.Scalar)
    case mouse(MouseEvent)
    case resized
}

/// The terminal while the dashboard is on it: the only code that talks to curses.
///
/// It belongs to the thread that made it. Whatever ends the process, the terminal is put back.
struct Terminal: ~Copyable {
    private var shown = Frame(width: 0, height: 0)
    private var shownTheme: Theme?
    private var hasCursor = false
    private var isPasting = false

    /// What `wait` found.
    struct Readiness: OptionSet {
        let rawValue: Int32
        static let input = Readiness(rawValue: Int32(GLC_INPUT))
        static let signal = Readiness(rawValue: Int32(GLC_SIGNAL))
        static let standardError = Readiness(rawValue: Int32(GLC_STDERR))
        static let hangup = Readiness(rawValue: Int32(GLC_HANGUP))
    }

    /// Why no dashboard can be shown, if that is plain without asking the terminal.
    static func refusal(_ settings: TerminalSettings) -> TerminalRefusal? {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            return TerminalRefusal(description: "standard input or output is no terminal")
        }
        switch settings.type {
        case nil, "": return TerminalRefusal(description: "TERM is not set")
        case "dumb": return TerminalRefusal(description: "TERM=dumb cannot place its cursor")
        default: return nil
        }
    }

    init(_ settings: TerminalSettings) throws(TerminalRefusal) {
        if let refusal = Self.refusal(settings) { throw refusal }
        guard glc_signals_take() == 0 else {
            throw TerminalRefusal(description: String(cString: strerror(errno)))
        }
        let type = settings.type ?? ""
        var reason = [CChar](repeating: 0, count: 200)
        let opened = reason.withUnsafeMutableBufferPointer { reason in
            glc_open(
                type,
                settings.mouse ? 1 : 0,
                settings.colours ? 1 : 0,
                reason.baseAddress,
                reason.count
            )
        }
        guard opened == 0 else {
            let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw TerminalRefusal(
                description: "TERM=\(type): \(String(decoding: bytes, as: UTF8.self))"
            )
        }
        glc_stderr_take()
    }

    deinit {
        glc_close()
        glc_stderr_give_back()
    }

    var width: Int { Int(glc_columns()) }
    var height: Int { Int(glc_rows()) }
    var colours: Int { Int(glc_colours()) }
    var characters: Characters { glc_is_utf8() == 1 ? .unicode : .ascii }

    /// Brings a screen onto the terminal; rows that did not change cost a comparison.
    mutating func paint(_ screen: Screen, theme: Theme) {
        let frame = screen.frame
        let isNew =
            frame.width != shown.width || frame.height != shown.height || theme != shownTheme
        for y in 0..<frame.height where isNew || frame.row(y) != shown.row(y) {
            let cells = frame.row(y).map { Self.cell($0, theme[$0.role]) }
            glc_put_row(Int32(y), cells, Int32(cells.count))
        }
        if let cursor = screen.cursor {
            glc_cursor(Int32(cursor.y), Int32(cursor.x))
        } else if hasCursor {
            glc_cursor(-1, 0)
        }
        hasCursor = screen.cursor != nil
        glc_flush()
        (shown, shownTheme) = (frame, theme)
    }

    private static func cell(_ cell: Cell, _ paint: Paint) -> glc_cell {
        glc_cell(
            scalar: paint.hidesGlyph && cell.width == 1 ? 0x20 : cell.scalar,
            foreground: paint.foreground,
            background: paint.background,
            attributes: paint.attributes.rawValue,
            width: cell.width
        )
    }

    /// Waits until something comes, at most so long.
    func wait(milliseconds: Int) -> Readiness {
        Readiness(rawValue: glc_wait(Int32(clamping: milliseconds)))
    }

    /// The oldest signal that was not yet told.
    func nextSignal() -> Int32? {
        let number = glc_signals_next()
        return number == 0 ? nil : number
    }

    /// What was written to standard error since the last call.
    func standardError() -> String {
        var bytes = [CChar](repeating: 0, count: 4_096)
        var text: [UInt8] = []
        while true {
            let count = bytes.withUnsafeMutableBufferPointer {
                glc_stderr_read($0.baseAddress, $0.count)
            }
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += bytes.prefix(count).map { UInt8(bitPattern: $0) }
        }
    }

    /// The oldest event that was not yet told; nil when the terminal has no more.
    mutating func nextEvent() -> TerminalEvent? {
        var event = glc_event()
        while glc_read(&event) != 0 {
            switch Int(event.kind) {
            case Int(GLC_RESIZE): return .resized
            case Int(GLC_CLICK): return .mouse(.click(x: Int(event.x), y: Int(event.y)))
            case Int(GLC_WHEEL_UP): return .mouse(.wheelUp)
            case Int(GLC_WHEEL_DOWN): return .mouse(.wheelDown)
            case Int(GLC_KEY) where event.code == GLC_KEY_PASTE: isPasting = true
            case Int(GLC_KEY) where event.code == GLC_KEY_PASTED: isPasting = false
            case Int(GLC_KEY): if let key = Self.key(code: event.code) { return .key(key) }
            case Int(GLC_CHARACTER):
                guard let scalar = Unicode.Scalar(event.code) else { continue }
                if !isPasting { return .key(Self.key(scalar)) }
                if scalar.value >= 0x20 { return .pasted(scalar) }
            default: break
            }
        }
        return nil
    }

    private static func key(_ scalar: Unicode.Scalar) -> Key {
        switch scalar.value {
        case 0x08, 0x7F: .backspace
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x1B: .escape
        case 0x01...0x1A: .control(Unicode.Scalar(UInt8(scalar.value + 0x60)))
        default: .character(scalar)
        }
    }

    private static func key(code: UInt32) -> Key? {
        switch Int(code) {
        case Int(GLC_KEY_UP): .up
        case Int(GLC_KEY_DOWN): .down
        case Int(GLC_KEY_LEFT): .left
        case Int(GLC_KEY_RIGHT): .right
        case Int(GLC_KEY_HOME): .home
        case Int(GLC_KEY_END): .end
        case Int(GLC_KEY_PPAGE): .pageUp
        case Int(GLC_KEY_NPAGE): .pageDown
        case Int(GLC_KEY_ENTER): .enter
        case Int(GLC_KEY_BACKSPACE): .backspace
        case Int(GLC_KEY_DC): .delete
        case Int(GLC_KEY_BTAB): .backTab
        case Int(GLC_KEY_F1): .help
        default: nil
        }
    }

    /// Takes over the terminal's size.
    func resize() { glc_resize() }

    /// Paints everything anew with the next screen.
    mutating func redraw() {
        glc_redraw()
        shown = Frame(width: 0, height: 0)
    }

    /// Stops the process as Ctrl-Z does, and returns when it goes on.
    mutating func suspend() {
        glc_suspend()
        redraw()
    }
}
