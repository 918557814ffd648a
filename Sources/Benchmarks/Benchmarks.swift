internal import ArgumentParser
internal import Credentials
internal import NIOCore
internal import NIOPosix

/// Figures of single parts; run by hand.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "What single parts of Gridlock cost.",
        subcommands: [
            ServerBenchmark.self, FloorBenchmark.self, StackBenchmark.self, MemoryBenchmark.self,
            DetectorBenchmark.self, DashboardBenchmark.self, WorldsCheck.self,
            HostWaitsBenchmark.self, CrossingCheck.self,
        ],
        defaultSubcommand: ServerBenchmark.self
    )
}

/// Operations per second of this process's CPU time, against a real server.
///
/// One event loop drives the redirector over Transport's sockets, with as many requests out as is
/// said: the figures are the client's own, however slow the server is.
struct ServerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Operations per client CPU second against an SMB server."
    )

    @Argument(help: "What to measure; everything if nothing is named.")
    var names: [Workload] = []

    @OptionGroup var load: LoadOptions

    func run() throws {
        let pool = CredentialPool(users: try UsersFile.read(load.users), mechanism: .spnegoNTLM)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        print(load.sentence)
        for workload in names.isEmpty ? Workload.allCases : names {
            let plan = LoadPlan(
                workload: workload,
                server: load.server,
                share: load.share,
                connections: load.connections,
                outstanding: load.outstanding,
                seconds: load.seconds
            )
            let figures = try Load.measure(plan, on: group.next(), credentials: pool)
            print(figures.line(workload))
        }
        try group.syncShutdownGracefully()
    }
}

/// Against whom, and how much at a time.
struct LoadOptions: ParsableArguments {
    @Option(help: "The server's address; port 445.")
    var server: String

    @Option(help: "A users file; the first user logs on.")
    var users: String

    @Option(help: "A disk share with a file hello.txt.")
    var share = "data"

    @Option(help: "TCP connections.")
    var connections = 1

    @Option(help: "Requests outstanding on each.")
    var outstanding = 16

    @Option(help: "Seconds for each.")
    var seconds = 5

    /// What stands above the figures.
    var sentence: String {
        "connections \(connections), outstanding \(outstanding) each, \(seconds) s each"
    }
}

/// What is done over and over; one operation is one round of it.
enum Workload: String, CaseIterable, ExpressibleByArgument, Sendable {
    case echo
    /// CREATE and CLOSE of the share's root.
    case open
    /// READ of 4 KiB from an open file.
    case read
    /// A path through a warm Dfs client, then CREATE, READ and CLOSE at its target.
    case dfs
    /// FSCTL_DFS_GET_REFERRALS.
    case referral
    /// SESSION_SETUP and LOGOFF on a connection that stays.
    case session
}
