/// What a cell means; a theme decides how that looks, and every state has a letter as well.
package enum Role: UInt8, Hashable, Sendable, CaseIterable {
    case plain
    case faint
    case strong
    case rule
    case title
    case tabShown
    case key
    case selected
    case prompt

    // States of sessions.
    case waiting
    case thinking
    case working
    case slow
    case failed
    case stalled
    case behind
    case deadlocked
    case ended

    // What a check or an event comes to.
    case good
    case warning
    case bad

    // How many requests ended, from few to many.
    case heat1
    case heat2
    case heat3
    case heat4
    case heat5
    case heat6
    case heat7
    case heat8

    // How many requests are still under way, from few to many.
    case age1
    case age2
    case age3
    case age4
    case age5
    case age6
    case age7
    case age8

    /// How many steps the two ramps have.
    package static let rampSteps = 8

    /// The step of the ramp for requests that ended; `level` from 1 to 8.
    static func heat(_ level: Int) -> Role { step(level, from: .heat1) }

    /// The step of the ramp for requests under way; `level` from 1 to 8.
    static func age(_ level: Int) -> Role { step(level, from: .age1) }

    private static func step(_ level: Int, from first: Role) -> Role {
        let offset = UInt8(min(max(level, 1), rampSteps) - 1)
        return Role(rawValue: first.rawValue + offset) ?? first
    }
}
