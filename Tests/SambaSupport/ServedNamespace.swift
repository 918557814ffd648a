import Foundation

/// `gridlock serve` with a profile, on loopback addresses of its own, up while this value lives.
package final class ServedNamespace {
    package let directory: String
    /// By the servers' names; `nobody` is a name whose address refuses.
    package let addresses: [String: String]
    package let program: RunningProgram

    /// Starts the servers of the profile, named in the order in which they stand in it.
    package init(
        profile: String,
        servers: [String],
        arguments: [String] = []
    ) throws {
        directory = "/tmp/gridlock-test-serve-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true
        )
        try Data(profile.utf8).write(to: URL(filePath: directory + "/served.yaml"))
        let block: Int
        (block, program) = try Self.start(directory + "/served.yaml", arguments)
        var addresses = ["nobody": "127.63.\(block).250"]
        for (index, name) in servers.enumerated() {
            addresses[name] = "127.63.\(block).\(index + 1)"
        }
        self.addresses = addresses
        let hosts = addresses.map { "\($1) \($0)\n" }.sorted().joined()
        try Data(hosts.utf8).write(to: URL(filePath: directory + "/hosts"))
    }

    deinit {
        if program.isRunning {
            program.signal(SIGTERM)
            _ = program.wait()
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The first block of addresses from here that nobody listens on.
    private static func start(
        _ profile: String,
        _ arguments: [String]
    ) throws -> (block: Int, RunningProgram) {
        let first = Int(ProcessInfo.processInfo.processIdentifier) % 250
        var errors = ""
        for step in 0..<250 {
            let block = 1 + (first + step) % 250
            let program = try RunningProgram(
                Program.gridlock,
                ["serve", profile, "--listen", "127.63.\(block).1:445"] + arguments,
                isTypedTo: true
            )
            if program.awaitLine(containing: "serving;") { return (block, program) }
            let result = program.wait()
            errors = result.errors
            guard errors.contains("in use") else { break }
        }
        throw SambaNamespace.Failure(text: errors)
    }

    /// Runs commands of smbclient on a share, with signing required.
    package func smbclient(
        _ server: String,
        _ share: String,
        _ commands: String,
        dialect: String
    ) throws -> ProgramResult {
        try Program.run(
            "/usr/bin/smbclient",
            [
                "//\(server)/\(share)", "-U", "u0000%emulated", "-m", dialect,
                "--option=client min protocol=\(dialect)", "--option=client signing=required",
                Samba.memory(in: directory), "-c", commands,
            ],
            environment: [
                "LD_PRELOAD": try Repository.wrapper(), "NSS_WRAPPER_HOSTS": directory + "/hosts",
            ]
        )
    }
}
