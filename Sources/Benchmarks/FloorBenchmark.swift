internal import ArgumentParser
internal import Credentials
internal import Foundation

/// Operations per CPU second of the least client there can be, against a real server.
///
/// Says what the kernel leaves to any client that reads once and writes once a wake: frames were
/// encoded beforehand, and nothing of an answer is looked at that could be left out. Where answers
/// come faster than a client takes them, a slower one needs fewer system calls for each.
struct FloorBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floor",
        abstract: "Operations per CPU second of system calls and next to nothing else."
    )

    @Argument(help: "What to measure: echo, open, or both.")
    var names: [Workload] = []

    @OptionGroup var load: LoadOptions

    @Flag(help: "Wait by poll even for one connection, as whoever has timers must.")
    var polls = false

    func validate() throws {
        for workload in names where workload != .echo && workload != .open {
            throw ValidationError("there is a floor of echo and of open only")
        }
    }

    func run() throws {
        let pool = CredentialPool(users: try UsersFile.read(load.users), mechanism: .spnegoNTLM)
        print(load.sentence)
        for workload in names.isEmpty ? [.echo, .open] : names {
            let lanes = try (0..<load.connections).map { _ in
                let logon = try FloorLogon(
                    server: load.server,
                    share: load.share,
                    credentials: pool
                )
                return try logon.lane(for: workload)
            }
            let figures = try measure(lanes)
            print(figures.line(workload))
        }
    }

    private func measure(_ lanes: [FloorLane]) throws -> Figures {
        var wait = FloorWait(for: lanes)
        let cpu = CPUTime.process
        let start = ContinuousClock.now
        let end = start + .seconds(load.seconds)
        for lane in lanes { try lane.begin(outstanding: load.outstanding) }
        while ContinuousClock.now < end {
            if lanes.count > 1 || polls {
                try wait.forEachReady { try lanes[$0].turn() }
            } else {
                try lanes[0].turn()
            }
        }
        return Figures(
            operations: lanes.reduce(0) { $0 + $1.operations },
            errors: lanes.reduce(0) { $0 + $1.errors },
            cpuSeconds: CPUTime.process - cpu,
            wallSeconds: (ContinuousClock.now - start) / .seconds(1)
        )
    }
}

/// Which lanes have something to read.
private struct FloorWait {
    private var entries: [pollfd]

    init(for lanes: [FloorLane]) {
        entries = lanes.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    }

    mutating func forEachReady(_ body: (Int) throws -> Void) throws {
        guard poll(&entries, nfds_t(entries.count), 1_000) >= 0 else { throw FloorFailure("poll") }
        for index in entries.indices where entries[index].revents != 0 { try body(index) }
    }
}

/// What went wrong, and what the operating system says of it.
struct FloorFailure: Error, CustomStringConvertible {
    let description: String

    init(_ call: String) { description = call + ": " + String(cString: strerror(errno)) }
    init(sentence: String) { description = sentence }
}
