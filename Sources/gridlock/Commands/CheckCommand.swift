internal import ArgumentParser
internal import Foundation
internal import Primitives
internal import Report
internal import TerminalServer

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Show the merged settings, where each came from, and the plan; run nothing."
    )

    @Argument(help: "A built-in profile's name, or a file.")
    var profile: String?

    @Flag(help: "Print the JSON Schema of profiles instead, for editors.")
    var schema = false

    @Flag(help: "Print the JSON Schema of summary.json instead.")
    var summarySchema = false

    @OptionGroup var settings: SettingOptions

    func run() throws {
        if schema { return try Console.result(ProfileSchema.document) }
        if summarySchema { return try Console.result(SummarySchema.text) }
        guard let profile else {
            throw Failure(.usage, "check: expected a profile; gridlock profiles lists them")
        }
        let plan = try RunPlan(
            profile: try ProfileSource.load(profile),
            flags: try settings.given(),
            environment: ProcessInfo.processInfo.environment,
            seed: 0,
            readsUsers: false
        )
        var lines = ["settings of \(plan.name)"]
        let width = SettingKey.allCases.map(\.rawValue.count).max() ?? 0
        for (key, setting) in plan.table.rows {
            let gap = String(repeating: " ", count: width - key.rawValue.count)
            lines.append("  \(key.rawValue)\(gap)  \(setting.text)  (\(setting.origin))")
        }
        lines += ["", "plan"]
        lines.append(
            "  \(plan.settings.sessions) sessions on \(plan.settings.hosts) hosts, client model "
                + "\(plan.settings.client.name), for \(plan.settings.duration)"
        )
        lines += load(plan)
        let files = plan.settings.files
        let writes =
            plan.settings.readOnly
            ? "nothing"
            : "below gridlock-<run id>, \(files.count) files of \(files.size) bytes first"
        lines.append("  writes: \(writes)")
        lines += ["", "would be contacted"]
        lines.append("  \(contact(plan))")
        lines.append(
            "  every server that a referral leads to, as far as it is on loopback or "
                + "allowed with --allow"
        )
        try Console.result(lines.joined(separator: "\n") + "\n")
    }

    /// How much there is to do, when, and by whom.
    private func load(_ plan: RunPlan) -> [String] {
        let settings = plan.settings
        var lines = [
            settings.rate.map {
                "  load at most: \(Decimals.text($0, places: 0)) operations a second"
            }
                ?? "  load at most: \(settings.sessions) operations at a time, as fast as they are "
                + "answered"
        ]
        var began = Duration.zero
        for stage in plan.load.stages {
            let shaped = stage.make(stage.amount(sessions: settings.sessions, rate: settings.rate))
            let unit = settings.rate == nil ? "sessions" : "operations a second"
            lines.append(
                "  from \(began): \(shaped.word) \(Decimals.text(shaped.level, places: 0)) \(unit)"
            )
            began += shaped.duration
        }
        if settings.warmUp > .zero {
            lines.append("  the figures begin at \(settings.warmUp)")
        }
        guard plan.load.scripts.count > 1 else { return lines }
        let scripts = plan.load.mix.scripts(sessions: settings.sessions, seed: settings.seed)
        for (index, script) in plan.load.scripts.enumerated() {
            lines.append("  \(scripts.count { $0 == index }) sessions run \(script.name)")
        }
        return lines
    }

    private func contact(_ plan: RunPlan) -> String {
        let name = plan.settings.target.server
        guard let place = plan.settings.map.place(of: name) else {
            return "\(name), by the address that its name has, port \(HostMap.port)"
        }
        let isAllowed = plan.settings.scope.allows(name: name, address: place.address)
        let verdict = isAllowed ? "" : " (outside the allowed scope: it would be refused)"
        return "\(name) at \(place.address) port \(place.port)\(verdict)"
    }
}
