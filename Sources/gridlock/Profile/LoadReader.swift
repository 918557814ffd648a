internal import Primitives
internal import TerminalServer

/// Reads what a profile says of its load: `stages:` and `scripts:`.
enum LoadReader {
    /// A stage whose level may still be a part of the whole load.
    struct Stage {
        enum Level: Hashable {
            case sessions(Int)
            /// Operations a second.
            case rate(Double)
            /// Of all sessions or of the whole rate; 1 is everything.
            case part(Double)
        }

        let level: Level
        let node: ProfileNode
        let make: (Double) -> LoadShape.Stage

        /// The level in sessions or operations a second.
        func amount(sessions: Int, rate: Double?) -> Double {
            switch level {
            case .sessions(let count): Double(count)
            case .rate(let rate): rate
            case .part(let part): part * (rate ?? Double(sessions))
            }
        }
    }

    /// The stages in their order; a hold without a level keeps the one before it.
    static func stages(_ node: ProfileNode) throws(ProfileError) -> [Stage] {
        var stages: [Stage] = []
        for element in try node.sequence() {
            let entries = try element.mapping(of: ProfileShape.stageKeys)
            guard entries.count == 1, let (kind, value) = entries.first else {
                throw element.error("a stage has one key, found \(entries.count)")
            }
            switch kind {
            case "ramp":
                let (level, over) = try parts(value, ProfileShape.rampKeys)
                stages.append(Stage(level: level, node: value) { .ramp(to: $0, over: over) })
            case "hold": stages.append(try hold(value, after: stages.last))
            default:
                let (level, time) = try parts(value, ProfileShape.burstKeys)
                stages.append(Stage(level: level, node: value) { .burst(to: $0, for: time) })
            }
        }
        guard !stages.isEmpty else { throw node.error("the list is empty") }
        return stages
    }

    private static func hold(
        _ node: ProfileNode,
        after last: Stage?
    ) throws(ProfileError) -> Stage {
        if node.isScalar {
            guard let last else {
                throw node.error("there is no level to hold yet; write hold: { at: …, for: … }")
            }
            let time = try node.duration()
            return Stage(level: last.level, node: node) { .hold(at: $0, for: time) }
        }
        let (level, time) = try parts(node, ProfileShape.holdKeys)
        return Stage(level: level, node: node) { .hold(at: $0, for: time) }
    }

    private static func parts(
        _ node: ProfileNode,
        _ keys: [ProfileKey]
    ) throws(ProfileError) -> (Stage.Level, Duration) {
        var (level, time) = (Stage.Level?.none, Duration?.none)
        for (key, value) in try node.mapping(of: keys) {
            if key == keys[0].name {
                level = try self.level(value)
            } else {
                time = try value.duration()
                guard let time, time > .zero else { throw value.error("a stage takes time") }
            }
        }
        guard let level else { throw node.error("`\(keys[0].name):` is missing") }
        guard let time else { throw node.error("`\(keys[1].name):` is missing") }
        return (level, time)
    }

    /// `100` sessions, `2000/s`, or `50%` of either.
    private static func level(_ node: ProfileNode) throws(ProfileError) -> Stage.Level {
        let what = "sessions such as 100, a rate such as 2000/s, or a part such as 50%"
        let text = try node.text(what)
        if let sessions = Int(text), sessions >= 0 { return .sessions(sessions) }
        if text.hasSuffix("%"), let part = Double(text.dropLast()), (0...100).contains(part) {
            return .part(part / 100)
        }
        if text.contains("/"), let rate = Quantity.rate(text) { return .rate(rate) }
        throw node.error("expected \(what), found “\(text)”")
    }

    /// A script with the sessions that are to run it.
    struct NamedScript {
        let name: String
        let part: ScriptMix.Part
        let script: Script
    }

    static func scripts(_ node: ProfileNode) throws(ProfileError) -> [NamedScript] {
        var scripts: [NamedScript] = []
        for (name, entry) in try node.mapping() {
            scripts.append(try script(name, entry.node))
        }
        guard !scripts.isEmpty else { throw node.error("there is no script") }
        return scripts
    }

    private static func script(
        _ name: String,
        _ node: ProfileNode
    ) throws(ProfileError) -> NamedScript {
        var part: ScriptMix.Part?
        var script: Script?
        for (key, value) in try node.mapping(of: ProfileShape.scriptKeys) {
            switch key {
            case "steps": script = try ScriptReader.read(value)
            default:
                guard part == nil else { throw value.error("either weight or share, not both") }
                part =
                    key == "share"
                    ? .share(try share(value)) : .weight(try value.integer(in: 1...1_000_000))
            }
        }
        guard let script else { throw node.error("`steps:` is missing") }
        return NamedScript(name: name, part: part ?? .weight(1), script: script)
    }

    private static func share(_ node: ProfileNode) throws(ProfileError) -> Double {
        let what = "a share of the sessions such as 20%"
        let text = try node.text(what)
        guard text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share <= 100
        else { throw node.error("expected \(what), found “\(text)”") }
        return share / 100
    }

    static func mix(
        _ scripts: [NamedScript],
        _ node: ProfileNode
    ) throws(ProfileError) -> ScriptMix {
        do {
            return try ScriptMix(scripts.map(\.part))
        } catch {
            switch error {
            case .tooMuch: throw node.error("the shares are more than 100% together")
            case .tooLittle:
                throw node.error(
                    "the shares are less than 100% together; give one a weight instead"
                )
            case .nothingLeft:
                throw node.error("the shares are 100% together; nothing is left for a weight")
            }
        }
    }
}
