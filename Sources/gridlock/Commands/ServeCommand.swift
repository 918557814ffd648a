internal import ArgumentParser
internal import Credentials
internal import Emulator
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import SMBWire
internal import TerminalServer
internal import Transport

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Put a profile's emulated namespace on TCP, for any SMB client.",
        discussion: """
            Each server gets a loopback address of its own, counted up from the one of --listen: \
            referrals carry no port. Lines on standard input switch faults while it runs: \
            “on NAME”, “off NAME”, “quit”.
            """
    )

    @Argument(help: "A built-in profile's name, or a file.")
    var profile: String

    @OptionGroup var settings: SettingOptions

    @Option(help: "The first server's address and the port of all, as ADDRESS[:PORT].")
    var listen = "127.91.0.1:445"

    func run() throws {
        let plan = try RunPlan(
            profile: try ProfileSource.load(profile),
            flags: try settings.given(),
            environment: ProcessInfo.processInfo.environment,
            seed: 0,
            readsUsers: false
        )
        try OpenFiles.prepare(for: plan)
        guard var emulation = plan.emulation else {
            throw Failure(.usage, "\(plan.name) has no `namespace:`; there is nothing to serve")
        }
        let place = try place()
        guard emulation.move(to: place.address) else {
            throw Failure(.usage, "--listen: “\(place.address)” leaves no room for all servers")
        }
        if let file = plan.table[.users] {
            emulation.admit(
                try UsersFile.read(file.text).map { ($0.name, $0.secret?.reveal() ?? "") }
            )
        }
        emulation.setClock(to: Date())
        try serve(emulation, port: place.port, seed: plan.settings.seed)
    }

    /// What passed the servers, for whoever compares it with what a client says.
    private func tellCounts(of loop: EmulatorLoop) throws {
        let counts = try loop.snapshot { emulator in
            zip(emulator.plan.servers, emulator.servers).map { ($0.name, $1.counters) }
        }.wait()
        for (server, counters) in counts ?? [] {
            let words = Command.allCases.compactMap { command -> String? in
                let requests = counters.requests[Int(command.rawValue)]
                return requests > 0 ? "\(command.name)=\(requests)" : nil
            }
            guard !words.isEmpty else { continue }
            try Console.result("received \(server): \(words.joined(separator: " "))\n")
        }
    }

    private func place() throws -> HostMap.Place {
        var map = HostMap()
        guard map.add("listen=\(listen)"), let place = map.place(of: "listen") else {
            throw Failure(.usage, "--listen: expected ADDRESS[:PORT], found “\(listen)”")
        }
        return place
    }

    private func serve(_ emulation: Emulation, port: UInt16, seed: UInt64) throws {
        let mailbox = Mailbox()
        let signals = SignalWatch(posting: mailbox)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = EmulatorLoop(
            emulation.plan,
            addresses: emulation.addresses,
            seed: seed,
            on: group.next(),
            origin: .now()
        )
        do {
            _ = try loop.listen(port: port).wait()
        } catch {
            throw Failure(
                .unreachable,
                "cannot listen: \(error); choose another place with --listen ADDRESS:PORT, above "
                    + "port 1023 where you are not root"
            )
        }
        for (server, address) in zip(emulation.plan.servers, emulation.addresses) {
            try Console.result("--map \(server.name)=\(address):\(port)\n")
        }
        Console.note(emulation.welcome)
        FaultSwitches(emulation.plan.faults.map(\.name), loop, mailbox).start()
        while mailbox.next(within: .seconds(3_600)) == nil {}
        signals.end()
        Console.note("stopped")
        try tellCounts(of: loop)
    }
}

/// Lines on standard input that switch faults.
private struct FaultSwitches: Sendable {
    private let names: [String]
    private let loop: EmulatorLoop
    private let mailbox: Mailbox

    init(_ names: [String], _ loop: EmulatorLoop, _ mailbox: Mailbox) {
        self.names = names
        self.loop = loop
        self.mailbox = mailbox
    }

    /// Reads on a thread of its own; the end of the input ends only the reading.
    func start() {
        Thread.detachNewThread {
            while let line = readLine() { take(line) }
        }
    }

    private func take(_ line: String) {
        let words = line.split(separator: " ").map { String($0) }
        switch (words.first, words.count) {
        case (nil, _): break
        case ("quit", 1): mailbox.post(.finished)
        case ("on", 2), ("off", 2):
            guard names.contains(words[1]) else {
                let known = names.isEmpty ? "there are none" : names.joined(separator: ", ")
                Console.note("there is no fault “\(words[1])”; known: \(known)")
                return
            }
            loop.command(words[0] == "on" ? .switchOn(words[1]) : .switchOff(words[1]))
            Console.note("\(words[1]) is \(words[0])")
        default: Console.note("expected on NAME, off NAME or quit, found “\(line)”")
        }
    }
}
