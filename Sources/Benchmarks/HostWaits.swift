internal import ArgumentParser
internal import Foundation
internal import Simulation
internal import TerminalServer
internal import Watchdog

/// CPU milliseconds that a host needs to say who waits for whom, and the watchdog to judge it.
struct HostWaitsBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host-waits",
        abstract: "Milliseconds of CPU for a real host's snapshot, everybody waiting."
    )

    @Option(help: "Sessions on the host.")
    var sessions = 10_000

    @Option(help: "Readings of each kind; the median counts.")
    var readings = 9

    func run() throws {
        for kind in WaitingWorld.allCases {
            guard let world = kind.world(sessions: sessions) else {
                throw ValidationError("the world of \(kind.rawValue) cannot be made")
            }
            var snapshots: [Double] = []
            var analyses: [Double] = []
            var waits = 0
            for _ in 0..<max(1, readings) {
                let start = CPUTime.process * 1_000
                let snapshot = world.hosts[0].waitSnapshot(at: world.now)
                let built = CPUTime.process * 1_000
                let diagnosis = Diagnosis(snapshot)
                analyses.append(CPUTime.process * 1_000 - built)
                snapshots.append(built - start)
                waits = snapshot.waits.count + 0 * diagnosis.deadCount
            }
            print(
                "\(kind.rawValue): \(waits) waits of \(sessions) sessions: snapshot"
                    + String(
                        format: " %.1f ms, analysis %.1f ms",
                        snapshots.median,
                        analyses.median
                    )
            )
        }
    }
}

/// Two of very many sessions lock byte ranges crosswise; all others go on.
struct CrossingCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crossing",
        abstract: "A deadlock of two among very many sessions, on the whole stack in virtual time."
    )

    @Option(help: "Sessions on the host.")
    var sessions = 10_000

    @Option(help: "How often each of the others opens, reads and closes a file.")
    var rounds = 5

    func run() throws {
        guard let crossing = CrossingWorld(sessions: sessions, rounds: rounds) else {
            throw ValidationError("no seed lets two of \(sessions) sessions cross")
        }
        let start = CPUTime.process
        let outcome = CrossingOutcome(of: crossing)
        let seconds = CPUTime.process - start
        if let hang = outcome.hangs.first { print(TextDump.text(of: hang)) }
        let isRight = outcome.isDeadlock(of: crossing.crossing) && outcome.ended == sessions - 2
        print(
            "\(crossing.crossing.map { "\($0)" }.joined(separator: " and ")) cross;"
                + " \(outcome.hangs.count) hangs found, \(outcome.ended) sessions ended;"
                + String(format: " %.1f s of CPU: ", seconds) + (isRight ? "proved" : "WRONG")
        )
        if !isRight { throw ExitCode(1) }
    }
}
