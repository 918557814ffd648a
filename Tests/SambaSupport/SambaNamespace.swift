import Foundation
package import Testing

/// A namespace of real smbd processes, up while this value lives.
package final class SambaNamespace: Sendable {
    package let directory: String
    /// ns1, ns2, fs1, fs2 and nobody, a name whose address refuses.
    package let addresses: [String: String]
    package static let password = "Passw0rd!"

    package struct Failure: Error {
        package let text: String
    }

    /// One for all tests that leave its servers alone; it ends with this process.
    package static let shared = Result { try SambaNamespace() }

    /// With `hasStalls` its servers can be told to hold up single calls.
    package init(signing: String = "mandatory", hasStalls: Bool = false) throws {
        directory = "/tmp/gridlock-test-\(UUID().uuidString.prefix(8))"
        let result = try Program.run(
            Repository.path("scripts/samba-namespace"),
            [
                "up", "--dir", directory, "--signing", signing,
                "--while-pid", "\(ProcessInfo.processInfo.processIdentifier)",
            ] + (hasStalls ? ["--stalls"] : [])
        )
        guard result.code == 0 else { throw Failure(text: result.errors) }
        let text = try String(contentsOfFile: directory + "/env", encoding: .utf8)
        var addresses: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { addresses[String(parts[0])] = String(parts[1]) }
        }
        self.addresses = addresses
    }

    deinit {
        _ = try? Program.run(
            Repository.path("scripts/samba-namespace"),
            ["down", "--dir", directory]
        )
    }

    /// stop, start, kill, pause or resume one of the servers.
    package func tell(_ server: String, to verb: String) throws { try script([verb, server]) }

    /// Every READ of a file whose path contains the text stands still until `releaseReads`.
    package func holdReads(of text: String) throws { try script(["hold", "pread", text]) }

    package func releaseReads() throws { try script(["release", "pread"]) }

    private func script(_ words: [String]) throws {
        let result = try Program.run(
            Repository.path("scripts/samba-namespace"),
            words + ["--dir", directory]
        )
        guard result.code == 0 else { throw Failure(text: result.errors) }
    }

    /// The variables by which gridlock finds the servers and the users.
    package var environment: [String: String] {
        ["GRIDLOCK_MAP": addresses["GRIDLOCK_MAP"] ?? "", "GRIDLOCK_USERS": directory + "/users"]
    }

    /// The folders of runs in the share that the link `one` leads to.
    package func leftovers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory + "/fs1/data")
            .filter { $0.hasPrefix("gridlock-") }
    }

    /// Runs commands of smbclient on a share, by the server's address.
    package func smbclient(
        _ server: String,
        _ share: String,
        _ commands: String,
        user: String = "user01"
    ) throws -> ProgramResult {
        let wrapper = try Repository.wrapper()
        return try Program.run(
            "/usr/bin/smbclient",
            [
                "//\(server)/\(share)", "-U", "\(user)%\(Self.password)",
                Samba.memory(in: directory), "-c", commands,
            ],
            environment: ["LD_PRELOAD": wrapper, "NSS_WRAPPER_HOSTS": directory + "/hosts"]
        )
    }

    /// How many TCP connections this machine, or one process of it, has open to the server's port
    /// 445.
    package func connections(to server: String, of process: Int32? = nil) throws -> Int {
        let sockets = try process.map { try Self.sockets(of: $0) }
        let octets = (addresses[server] ?? "").split(separator: ".").compactMap { UInt8($0) }
        let address = octets.reversed().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
        // Files of /proc have no size: they are read to their end.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/net/tcp"))
        let table = String(decoding: file.readDataToEndOfFile(), as: UTF8.self)
        return table.split(separator: "\n").count { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[2] == "\(address):01BD", fields[3] == "01" else {
                return false
            }
            return sockets?.contains("socket:[\(fields[9])]") ?? true
        }
    }

    /// What the process's descriptors that are sockets lead to.
    private static func sockets(of process: Int32) throws -> Set<String> {
        let folder = "/proc/\(process)/fd"
        let files = FileManager.default
        let links = try files.contentsOfDirectory(atPath: folder).compactMap {
            try? files.destinationOfSymbolicLink(atPath: folder + "/" + $0)
        }
        return Set(links.filter { $0.hasPrefix("socket:") })
    }
}

/// Whether tests against real Samba, or with its client, can run here.
package enum Samba {
    /// Where they must not be skipped, their absence becomes a failure.
    package static var isRequired: Bool {
        ProcessInfo.processInfo.environment["GRIDLOCK_REQUIRE_SAMBA"] != nil
    }

    package static var isThere: Bool {
        isRequired || FileManager.default.isExecutableFile(atPath: "/usr/sbin/smbd")
    }

    package static let hint: Comment = "no /usr/sbin/smbd here; scripts/setup test installs it"

    /// Where Samba's client remembers names: with a memory of the machine's it would look for `ns1`
    /// where another test had it some minutes ago.
    static func memory(in directory: String) -> String { "--option=lock directory=\(directory)" }

    package static var hasClient: Bool {
        isRequired || FileManager.default.isExecutableFile(atPath: "/usr/bin/smbclient")
    }

    package static let clientHint: Comment =
        "no /usr/bin/smbclient here; scripts/setup test installs it"
}

package enum Repository {
    package static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    package static func path(_ relative: String) -> String { root + "/" + relative }

    /// libnss_wrapper, which gives smbclient the names of the namespace.
    static func wrapper() throws -> String {
        for folder in try FileManager.default.contentsOfDirectory(atPath: "/usr/lib") {
            let path = "/usr/lib/\(folder)/libnss_wrapper.so"
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        throw SambaNamespace.Failure(text: "libnss_wrapper.so is missing")
    }
}
