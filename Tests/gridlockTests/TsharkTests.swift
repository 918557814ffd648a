import Foundation
import SambaSupport
import Testing

/// Capture files in front of Wireshark's own reader.
@Suite(.enabled(if: Tshark.isThere, Tshark.hint)) struct TsharkTests {
    private let path = "/tmp/gridlock-test-capture-\(UUID().uuidString.prefix(8))"

    @Test(arguments: [["--virtual-time"], []])
    func `a hang's capture has the requests of its members`(_ options: [String]) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let run = try Program.run(
            Program.gridlock,
            ["run", "q260752", "--headless", "--seed", "7", "--out", path] + options
        )
        #expect(run.code == 0, "\(run.errors)")
        let file = path + "/hangs/0001.pcapng"
        let requests = try Tshark.fields(
            file,
            "smb2.flags.response == 0",
            ["smb2.cmd", "smb2.tree", "tcp.dstport"]
        )
        // SESSION_SETUP, TREE_CONNECT and IOCTL: the referral is the last thing that was asked for.
        for command in ["1", "3", "11"] {
            #expect(requests.contains { $0[0] == command && $0[2] == "445" }, "\(requests)")
        }
        #expect(try Tshark.fields(file, Tshark.trouble, ["frame.number"]).isEmpty)
        let summary = try String(contentsOfFile: path + "/summary.json", encoding: .utf8)
        #expect(summary.contains("hangs/0001.pcapng"))
    }

    @Test(.enabled(if: Samba.isThere, Samba.hint))
    func `all frames of an encrypted run can be read`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let run = try Program.run(
            Program.gridlock,
            [
                "run", "samba-smoke", "--headless", "--out", path, "--duration", "300ms",
                "--sessions", "3", "--set", "smb.encryption=required",
                "--pcap", path + ".pcapng",
            ],
            environment: SambaNamespace.shared.get().environment
        )
        defer { try? FileManager.default.removeItem(atPath: path + ".pcapng") }
        #expect(run.code == 0, "\(run.errors)")
        let names = try Tshark.fields(path + ".pcapng", "smb2.cmd == 5", ["smb2.filename"])
        #expect(names.contains { $0[0].hasSuffix(".dat") })
        #expect(try Tshark.fields(path + ".pcapng", "smb2.cmd == 8", ["frame.number"]).count > 0)
        let wrong = try Tshark.fields(path + ".pcapng", Tshark.trouble, ["frame.number"])
        #expect(wrong.isEmpty, "\(wrong)")
    }
}
