internal import ArgumentParser
internal import Dfs
internal import Foundation
internal import Primitives
internal import Report
internal import TerminalServer

struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Walk a Dfs path step by step: every referral, its answer, and the target."
    )

    @Argument(help: "The path, as \\\\server\\root\\….")
    var path: String

    @OptionGroup var settings: SettingOptions

    func run() throws {
        var flags = try settings.given()
        flags.append((.target, [path]))
        let plan = try RunPlan(
            profile: try ProfileFile(name: "resolve"),
            flags: flags,
            environment: ProcessInfo.processInfo.environment,
            seed: 0,
            readsUsers: true
        )
        try OpenFiles.prepare(for: plan)
        var host = try plan.onlyHost()
        host.scripts = [try Script([.stat(try PathTemplate("\\"))])]
        host.readOnly = true
        host.provesUsers = false
        host.tracesResolutions = true
        let result = LoadRun(plan, [host], results: RunResults(plan)).perform(isQuiet: true)
        for entry in result.state.trace { try Console.result(TraceLines.text(entry)) }
        if let error = result.state.lastError {
            switch result.state.hosts[0].outcome {
            case .completed, .stopped:
                guard result.state.lastFailure == .logon else { throw Failure(.unreachable, error) }
                throw Failure(.refused, "log-on refused: \(error); check the name and the password")
            case .unreachable(let sentence): throw Failure(.unreachable, sentence)
            case .refused(let sentence), .outsideScope(let sentence):
                throw Failure(.refused, sentence)
            case .stuck, .overran: throw Failure(.unreachable, "no answer: \(error)")
            }
        }
        let last = result.state.trace.last
        if case .attempt(let target, _)? = last?.record {
            try Console.result("\(path) is \(target.text)\n")
        } else {
            try Console.result("\(path) is in no Dfs namespace\n")
        }
    }
}

/// A step of a resolution for a person.
enum TraceLines {
    static func text(_ entry: ResolutionTrace) -> String {
        let time = Decimals.text(Double(entry.latency) / 1e6, places: 1)
        switch entry.record {
        case .attempt(let target, let status):
            return "open      \(target.text)  \(status)  \(time) ms\n"
        case .referral(let kind, let host, let path, let status, let response):
            var text =
                "referral  \(kind.rawValue) of \(path.referralText) asked of \(host)"
                + "  \(status)  \(time) ms\n"
            guard let response else { return text }
            let version = response.entries.first?.version ?? 0
            text +=
                "          version \(version), PathConsumed \(response.pathConsumed) bytes, "
                + "flags \(response.flags.rawValue)\n"
            for target in response.entries { text += line(target) }
            return text
        }
    }

    private static func line(_ entry: ReferralEntry) -> String {
        let life = entry.timeToLive.map { "TTL \($0) s" } ?? "no TTL"
        switch entry.content {
        case .target(_, _, let address):
            let kind = entry.isRoot ? "root target" : "target"
            let set = entry.isSetBoundary ? ", begins a target set" : ""
            return "          \(kind) \(address)  \(life)\(set)\n"
        case .names(let special, let expanded):
            let names = expanded.isEmpty ? "" : ": " + expanded.joined(separator: ", ")
            return "          \(special)\(names)  \(life)\n"
        }
    }
}
