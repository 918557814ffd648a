internal import ArgumentParser
internal import Foundation
internal import Primitives
internal import Simulation
internal import TerminalServer

/// Very many small worlds on the whole stack in virtual time, each of its own seed.
///
/// Of `fixed` none may hang; of the others whoever hangs must be reported, and nobody else: that is
/// found by running on until nothing moves any more, without any graph.
struct WorldsCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worlds",
        abstract: "Seeded worlds of a client model: who hangs, who is reported."
    )

    @Option(help: "The client model.")
    var model = "fixed"

    @Option(help: "How many worlds.")
    var runs: UInt64 = 10_000

    @Option(help: "The first one's seed; the others follow.")
    var first: UInt64 = 1

    private struct Counts {
        var hanging = 0
        var stuckSessions = 0
        var deadlocks = 0
        var bad: [UInt64] = []
    }

    func run() throws {
        guard let known = ClientModel.named(model) else {
            throw ValidationError("there is no client model “\(model)”")
        }
        let compiled = try CompiledModel(known)
        let mayHang = model != "fixed"
        var counts = Counts()
        let start = CPUTime.process
        for seed in first..<first + runs {
            let outcome = SeededOutcome(
                of: SeededWorld(seed, model: compiled, hasFaults: true)
            )
            if !outcome.stuck.isEmpty { counts.hanging += 1 }
            counts.stuckSessions += outcome.stuck.count
            counts.deadlocks += outcome.deadlocks
            if mayHang ? !outcome.isExact : !outcome.isClean {
                counts.bad.append(seed)
                print("seed \(seed): stuck \(outcome.stuck), reported \(outcome.reported)")
            }
        }
        let seconds = CPUTime.process - start
        print(
            "\(model): \(runs) worlds from seed \(first): \(counts.hanging) hang with"
                + " \(counts.stuckSessions) sessions, \(counts.deadlocks) deadlocks reported,"
                + " \(counts.bad.count) worlds are not as they should be;"
                + String(format: " %.0f s of CPU, %.0f worlds/s", seconds, Double(runs) / seconds)
        )
        if !counts.bad.isEmpty { throw ExitCode(1) }
    }
}
