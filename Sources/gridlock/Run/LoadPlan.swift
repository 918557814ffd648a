internal import Primitives
internal import TerminalServer

/// The load of a run as its profile gives it: scripts, who runs which, and stages.
struct LoadPlan {
    let scripts: [LoadReader.NamedScript]
    let mix: ScriptMix
    let stages: [LoadReader.Stage]
    private let stagesNode: ProfileNode?

    init(_ profile: ProfileFile) throws(ProfileError) {
        switch (profile.script, profile.scripts) {
        case (let node?, nil):
            let script = try ScriptReader.read(node)
            scripts = [.init(name: "script", part: .weight(1), script: script)]
            mix = try LoadReader.mix(scripts, node)
        case (nil, let node?):
            scripts = try LoadReader.scripts(node)
            mix = try LoadReader.mix(scripts, node)
        case (_, let node?):
            throw node.error("a profile has `script:` or `scripts:`, not both")
        case (nil, nil):
            throw profile.root.error("`script:` is missing, or `scripts:` with several")
        }
        stages = try profile.stages.map(LoadReader.stages) ?? []
        stagesNode = profile.stages
        try checkStages()
    }

    private func checkStages() throws(ProfileError) {
        guard let stagesNode else { return }
        let kinds = stages.map(\.level)
        let sessions = kinds.contains { if case .sessions = $0 { true } else { false } }
        let rates = kinds.contains { if case .rate = $0 { true } else { false } }
        if sessions, rates {
            throw stagesNode.error("some stages are in sessions and others in operations a second")
        }
        if !hasRates, scripts.contains(where: \.script.hasBarrier) {
            throw stagesNode.error(
                "a barrier waits for all sessions, and stages let some of them rest"
            )
        }
    }

    private var hasRates: Bool {
        stages.contains { if case .rate = $0.level { true } else { false } }
    }

    /// What follows from the stages where nobody says anything else.
    func complete(_ table: inout SettingTable) {
        guard let origin = stagesNode.map({ Origin.profile($0.place) }) else { return }
        let levels = stages.map(\.level)
        if table[.duration]?.origin == .standard {
            let whole = shape(sessions: 1, rate: 1)?.duration ?? .zero
            table.set(.duration, ["\(whole.wholeNanoseconds / 1_000)us"], from: origin)
        }
        let sessions = levels.compactMap { if case .sessions(let n) = $0 { n } else { nil } }.max()
        if let sessions, table[.sessions]?.origin == .standard {
            table.set(.sessions, [String(sessions)], from: origin)
        }
        let rate = levels.compactMap { if case .rate(let rate) = $0 { rate } else { nil } }.max()
        if let rate, table[.rate] == nil { table.set(.rate, ["\(rate)/s"], from: origin) }
    }

    /// How the load rises and falls; nil without stages.
    private func shape(sessions: Int, rate: Double?) -> LoadShape? {
        guard !stages.isEmpty else { return nil }
        return LoadShape(stages.map { $0.make($0.amount(sessions: sessions, rate: rate)) })
    }

    /// The same for the settings of the run, which must have room for it.
    func shape(_ settings: RunSettings) throws(ProfileError) -> LoadShape? {
        if settings.rate != nil, !hasRates {
            for stage in stages {
                guard case .sessions = stage.level else { continue }
                throw stage.node.error(
                    "this stage is in sessions, but `rate:` makes an open loop; "
                        + "write a rate such as 100/s, or a part such as 50%"
                )
            }
        }
        for stage in stages {
            guard case .sessions(let count) = stage.level, count > settings.sessions else {
                continue
            }
            throw stage.node.error(
                "\(count) is more than the \(settings.sessions) sessions of the run"
            )
        }
        return shape(sessions: settings.sessions, rate: settings.rate)
    }
}
