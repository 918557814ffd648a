import Foundation
import SambaSupport
import Testing

/// The real program as a server, with Samba's client and by its own words.
@Suite struct ServeTests {
    private static let profile = #"""
        summary: a namespace with every kind of link
        namespace:
          servers:
            ns1: { signing: required, shares: { dfs: {} } }
            ns2: { signing: required, shares: { dfs2: {} } }
            fs1: { signing: required, shares: { data: { files: [ { path: a.txt, size: 4KiB } ] } } }
          roots:
            '\\ns1\dfs':
              links:
                one: '\\fs1\data'
                nested\deep: '\\fs1\data'
                inter: '\\ns2\dfs2'
                failover: { targets: ['\\nobody\data', '\\fs1\data'] }
            '\\ns2\dfs2':
              links:
                far: '\\fs1\data'
          faults:
            slow: { when: { server: fs1, messages: READ }, do: { delay: 1ms }, on: false }
        script:
          - logon
          - logoff
        """#

    private func serve() throws -> ServedNamespace {
        try ServedNamespace(profile: Self.profile, servers: ["ns1", "ns2", "fs1"])
    }

    @Test(
        .enabled(if: Samba.hasClient, Samba.clientHint),
        arguments: ["SMB2_02", "SMB2_10", "SMB3_00", "SMB3_11"]
    )
    func `smbclient lists, puts and gets through every kind of link`(_ dialect: String) throws {
        let served = try serve()
        let root = try served.smbclient("ns1", "dfs", "ls", dialect: dialect)
        #expect(root.code == 0, "\(root.output)\(root.errors)")
        for name in ["one", "nested", "inter", "failover"] {
            #expect(root.output.contains("  \(name) "), "\(root.output)")
        }
        for link in ["one", #"nested\deep"#, #"inter\far"#, "failover"] {
            let name = link.replacing("\\", with: "-") + ".dat"
            let (sent, back) = (served.directory + "/sent", served.directory + "/back-" + name)
            let bytes = Data((0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
            try bytes.write(to: URL(filePath: sent))
            let result = try served.smbclient(
                "ns1",
                "dfs",
                #"put \#(sent) \#(link)\\#(name); get \#(link)\\#(name) \#(back); ls \#(link)\*"#,
                dialect: dialect
            )
            #expect(result.code == 0, "\(link): \(result.output)\(result.errors)")
            #expect(try Data(contentsOf: URL(filePath: back)) == bytes)
            if link == "failover" {
                // The first target was tried, and then left.
                #expect((result.output + result.errors).contains("Connection to nobody failed"))
            }
            for file in [name, "a.txt"] {
                #expect(result.output.contains("  \(file) "), "\(link): \(result.output)")
            }
        }
    }

    @Test(.enabled(if: Samba.hasClient, Samba.clientHint))
    func `a server of one dialect is not spoken to in another`() throws {
        let served = try ServedNamespace(
            profile: Self.profile.replacing(
                "ns1: { signing: required",
                with: "ns1: { dialects: [3.1.1], signing: required"
            ),
            servers: ["ns1", "ns2", "fs1"]
        )
        #expect(try served.smbclient("ns1", "dfs", "ls", dialect: "SMB2_10").code == 1)
        #expect(try served.smbclient("ns1", "dfs", "ls", dialect: "SMB3_11").code == 0)
    }

    @Test func `quit ends it, after the places of its servers were printed`() throws {
        let served = try serve()
        try served.program.type("quit")
        let result = served.program.wait()
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.errors.contains("stopped"))
        #expect(result.output.contains("--map ns1=\(served.addresses["ns1"] ?? ""):445\n"))
    }

    @Test func `faults are switched by name, and a wrong line is answered`() throws {
        let served = try serve()
        for line in ["on slow", "off slow", "on slwo", "hello", "quit"] {
            try served.program.type(line)
        }
        let result = served.program.wait()
        #expect(result.code == 0)
        #expect(result.errors.contains("slow is on"))
        #expect(result.errors.contains("slow is off"))
        #expect(result.errors.contains("there is no fault “slwo”; known: slow"))
        #expect(result.errors.contains("expected on NAME, off NAME or quit, found “hello”"))
    }

    @Test func `an address in use ends in a sentence`() throws {
        let served = try serve()
        let folder = try ServedFile(Self.profile)
        let address = try #require(served.addresses["ns1"])
        let second = try Program.run(
            Program.gridlock,
            ["serve", folder.path, "--listen", "\(address):445"]
        )
        #expect(second.code == 69)
        #expect(second.errors.contains("cannot listen") && second.errors.contains("--listen"))
        #expect(served.program.isRunning)
    }

    @Test func `a low port without the right to it ends in a sentence`() throws {
        let file = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
        let limit = try String(contentsOfFile: file, encoding: .utf8)
        let first = try #require(Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)))
        try #require(first > 1, "every port is free to all here: \(file)")
        let folder = try ServedFile(Self.profile)
        // A root without that one right is like everybody else.
        let drop =
            getuid() == 0
            ? [
                "/usr/bin/setpriv", "--bounding-set=-net_bind_service",
                "--inh-caps=-net_bind_service",
            ] : ["/usr/bin/env"]
        let result = try Program.run(
            drop[0],
            drop.dropFirst() + [
                Program.gridlock, "serve", folder.path, "--listen", "127.63.251.1:1",
            ]
        )
        #expect(result.code == 69, "\(result.errors)")
        #expect(result.errors.contains("cannot listen"))
        #expect(result.errors.contains("above port 1023 where you are not root"))
    }

    @Test func `a profile without a namespace has nothing to serve`() throws {
        let result = try Program.run(Program.gridlock, ["serve", "samba-smoke"])
        #expect(result.code == 64)
        #expect(result.errors.contains("has no `namespace:`; there is nothing to serve"))
    }

    private final class ServedFile {
        let path = "/tmp/gridlock-test-serve-\(UUID().uuidString.prefix(8)).yaml"

        init(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }
}
