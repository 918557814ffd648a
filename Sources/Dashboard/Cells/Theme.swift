/// How a cell looks: colours of the 256-colour palette, -1 for the terminal's own.
package struct Paint: Hashable, Sendable {
    package struct Attributes: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let bold = Attributes(rawValue: 1)
        package static let underline = Attributes(rawValue: 2)
        package static let reverse = Attributes(rawValue: 4)
    }

    package var foreground: Int16 = -1
    package var background: Int16 = -1
    package var attributes: Attributes = []

    /// The cell is all background: a blank does as well as any glyph.
    package var hidesGlyph: Bool { background >= 0 && foreground == background }
}

/// The looks of all roles on a terminal of so many colours.
///
/// The default palette is safe for colour-blind people: blue against orange, never red against
/// green; both ramps grow lighter step by step. Without colours, attributes and letters do it.
package struct Theme: Hashable, Sendable {
    package enum Name: Hashable, Sendable, CaseIterable {
        case standard
        case mono
    }

    private let paints: [Paint]

    /// A theme for a terminal with `colours` colours; below 8 it is the one without any.
    package init(_ name: Name, colours: Int) {
        paints = Role.allCases.map { role in
            switch (name, colours) {
            case (.mono, _), (_, ..<8): Self.mono(role)
            case (.standard, 256...): Self.full(role)
            case (.standard, 16...): Self.basic(role, bright: 8)
            case (.standard, _): Self.basic(role, bright: 0)
            }
        }
    }

    package subscript(role: Role) -> Paint { paints[Int(role.rawValue)] }

    private static func mono(_ role: Role) -> Paint {
        switch role {
        case .strong, .title, .key, .bad, .warning: Paint(attributes: .bold)
        case .stalled, .behind: Paint(attributes: .bold)
        case .deadlocked, .selected, .tabShown, .prompt: Paint(attributes: .reverse)
        default: Paint()
        }
    }

    private static func full(_ role: Role) -> Paint {
        switch role {
        case .plain, .working: Paint()
        case .faint, .rule, .ended: Paint(foreground: 244)
        case .strong: Paint(attributes: .bold)
        case .title: Paint(foreground: 75, attributes: .bold)
        case .tabShown: Paint(foreground: 16, background: 75, attributes: .bold)
        case .key: Paint(foreground: 75)
        case .selected: Paint(attributes: .reverse)
        case .prompt: Paint(foreground: 16, background: 214, attributes: .bold)
        case .waiting: Paint(foreground: 244)
        case .thinking: Paint(foreground: 67)
        case .slow, .warning: Paint(foreground: 221)
        case .failed, .bad: Paint(foreground: 209, attributes: .bold)
        case .stalled: Paint(foreground: 208, attributes: .bold)
        case .behind: Paint(foreground: 179)
        case .deadlocked: Paint(foreground: 16, background: 208, attributes: .bold)
        case .good: Paint(foreground: 75)
        default: ramp(role)
        }
    }

    private static func ramp(_ role: Role) -> Paint {
        let heat: [Int16] = [17, 18, 25, 31, 38, 74, 117, 195]
        let age: [Int16] = [94, 130, 166, 172, 208, 214, 221, 229]
        let isHeat = role.rawValue <= Role.heat8.rawValue
        let first = isHeat ? Role.heat1.rawValue : Role.age1.rawValue
        let colour = (isHeat ? heat : age)[Int(role.rawValue - first)]
        return Paint(foreground: colour, background: colour)
    }

    /// Eight colours, or sixteen where `bright` is 8; the heat map keeps its glyphs.
    private static func basic(_ role: Role, bright: Int16) -> Paint {
        let (blue, cyan, yellow): (Int16, Int16, Int16) = (4 + bright, 6 + bright, 3 + bright)
        switch role {
        case .plain, .working, .faint, .rule, .ended, .waiting: return Paint()
        case .strong: return Paint(attributes: .bold)
        case .title: return Paint(foreground: cyan, attributes: .bold)
        case .tabShown: return Paint(foreground: 0, background: 6)
        case .key, .good, .thinking: return Paint(foreground: cyan)
        case .selected: return Paint(attributes: .reverse)
        case .prompt, .deadlocked: return Paint(foreground: 0, background: 3)
        case .slow, .behind: return Paint(foreground: yellow)
        case .warning, .failed, .bad, .stalled:
            return Paint(foreground: yellow, attributes: .bold)
        default:
            guard role.rawValue <= Role.heat8.rawValue else { return Paint(foreground: yellow) }
            let isHigh = role.rawValue > Role.heat4.rawValue
            return Paint(foreground: isHigh ? cyan : blue)
        }
    }
}
