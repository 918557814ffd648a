import Foundation
import SambaSupport
import TerminalServer
import Testing

/// What one client writes through a link of real Samba is what the other reads through it.
@Suite(.enabled(if: Samba.isThere && Tshark.isThere, Samba.hint))
struct SameBytesTests {
    private func folder() -> String { "/tmp/gridlock-test-bytes-\(UUID().uuidString.prefix(8))" }

    private func remove(_ paths: [String]) {
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test func `what a run writes through a link is read back the same by smbclient`() throws {
        let namespace = try SambaNamespace()
        let out = folder()
        let local = folder()
        defer { remove([out, local]) }
        let program = try RunningProgram(
            Program.gridlock,
            ["run", "samba-smoke", "--out", out, "--duration", "60s", "--set", "files.seed=7"],
            environment: namespace.environment
        )
        let data = namespace.directory + "/fs1/data/"
        // A session's own file, written by two WRITEs and closed, is the sign that all is there.
        var written: String?
        while written == nil, program.isRunning {
            let run = try namespace.leftovers().first ?? ""
            written = try? FileManager.default.contentsOfDirectory(atPath: data + run).first {
                let size =
                    try? FileManager.default
                    .attributesOfItem(atPath: data + run + "/" + $0)[.size] as? Int
                return $0.hasPrefix("s") && size == 8_192
            }
        }
        program.signal(SIGKILL)
        _ = program.wait()
        let run = try #require(try namespace.leftovers().first)
        var expected = try [#require(written): pattern(4_096) + pattern(4_096)]
        let files = FilesPlan(count: 4, size: 65_536, seed: 7)
        for index in 0..<4 {
            expected["f\(index).dat"] = files.content(of: index, offset: 0, count: 65_536)
        }
        for (name, bytes) in expected {
            let command = "get one\\\(run)\\\(name) \(local)"
            let got = try namespace.smbclient("ns1", "dfs", command)
            #expect(got.code == 0, "\(got.output)")
            #expect(try Data(contentsOf: URL(filePath: local)) == Data(bytes), "\(name)")
        }
    }

    /// What sessions write.
    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 251) } }

    @Test func `what smbclient writes through a link is what a run reads through it`() throws {
        let namespace = try SambaNamespace()
        let place = folder()
        defer { remove([place]) }
        try FileManager.default.createDirectory(
            atPath: place,
            withIntermediateDirectories: true
        )
        let bytes = Data((0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
        try bytes.write(to: URL(filePath: place + "/theirs.dat"))
        let put = try namespace.smbclient(
            "ns1",
            "dfs",
            "put \(place)/theirs.dat one\\theirs.dat"
        )
        #expect(put.code == 0, "\(put.output)")
        try Self.reading.write(toFile: place + "/read.yaml", atomically: true, encoding: .utf8)
        let run = try Program.run(
            Program.gridlock,
            [
                "run", place + "/read.yaml", "--headless", "--out", place + "/out", "--pcap",
                place + "/all.pcapng",
            ],
            environment: namespace.environment
        )
        #expect(run.code == 0, "\(run.errors)")
        let files = try Tshark.files(in: place + "/all.pcapng", folder: place + "/objects")
        #expect(files.contains(bytes), "\(files)")
    }

    private static let reading = #"""
        summary: one user reads what another client put behind a link
        target: \\ns1\dfs
        sessions: 1
        duration: 10s
        read-only: true
        script:
          - logon
          - open: one\theirs.dat
          - read: { size: 64KiB }
          - close
        """#
}
