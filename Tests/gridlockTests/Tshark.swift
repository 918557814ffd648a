import Foundation
import SambaSupport
import Testing

enum Tshark {
    static let path = "/usr/bin/tshark"
    /// What Wireshark finds wrong with bytes or with the stream.
    static let trouble =
        "_ws.malformed or tcp.analysis.lost_segment or tcp.analysis.retransmission"
        + " or tcp.analysis.ack_lost_segment"

    /// Where it must not be skipped, its absence becomes a failure.
    static var isThere: Bool {
        ProcessInfo.processInfo.environment["GRIDLOCK_REQUIRE_TSHARK"] != nil
            || FileManager.default.isExecutableFile(atPath: path)
    }

    static let hint: Comment = "no /usr/bin/tshark here; scripts/setup test installs it"

    /// The fields of the packets that the filter lets through.
    static func fields(_ file: String, _ filter: String, _ fields: [String]) throws -> [[String]] {
        let result = try Program.run(
            path,
            ["-r", file, "-Y", filter, "-T", "fields", "-E", "occurrence=f"]
                + fields.flatMap { ["-e", $0] }
        )
        #expect(result.code == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
        }
    }

    /// What was read from SMB servers, as Wireshark puts it together.
    ///
    /// A READ with an interim answer makes an object of its own: only files of one READ are whole.
    static func files(in capture: String, folder: String) throws -> [Data] {
        let result = try Program.run(
            path,
            ["-r", capture, "-q", "--export-objects", "smb,\(folder)"]
        )
        #expect(result.code == 0, "\(result.errors)")
        return try FileManager.default.contentsOfDirectory(atPath: folder).map { name in
            try Data(contentsOf: URL(filePath: folder + "/" + name))
        }
    }
}
