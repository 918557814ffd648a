import SMBWire
import SambaSupport
import Testing

/// The emulated servers answer as Samba's do, status by status, or it is written here why not.
@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct SameStatusesTests {
    private struct Difference: Hashable, CustomStringConvertible {
        let operation: String
        let samba: NTStatus
        let ours: NTStatus

        var description: String { "\n\(operation): \(samba), ours \(ours)" }
    }

    private static let profile = #"""
        summary: the servers of scripts/samba-namespace
        namespace:
          servers:
            ns1: { signing: required, shares: { dfs: {}, data: {} } }
            ns2: { signing: required, shares: { dfs2: {} } }
            fs1: { signing: required, shares: { data: { files: [ hello.txt ] } } }
          roots:
            '\\ns1\dfs':
              ttl: 600s
              links:
                one: '\\fs1\data'
                nested\deep: '\\fs1\data'
                inter: '\\ns2\dfs2'
            '\\ns2\dfs2': {}
        script:
          - logon
          - logoff
        """#

    /// Asks both for the same, and lists where they differ; a request that only one was asked
    /// counts as a difference.
    private func differences(
        _ server: String,
        _ ask: (StatusProbe) throws -> Void
    ) throws -> [Difference] {
        let samba = try SambaNamespace(signing: "mandatory")
        let served = try ServedNamespace(
            profile: Self.profile,
            servers: ["ns1", "ns2", "fs1"],
            arguments: ["--users", samba.directory + "/users"]
        )
        let theirs = StatusProbe(
            server: server,
            address: try #require(samba.addresses[server])
        )
        let ours = StatusProbe(
            server: server,
            address: try #require(served.addresses[server])
        )
        try ask(theirs)
        try ask(ours)
        #expect(theirs.statuses.map(\.operation) == ours.statuses.map(\.operation))
        return zip(theirs.statuses, ours.statuses).filter { $0.status != $1.status }.map {
            Difference(operation: $0.operation, samba: $0.status, ours: $1.status)
        }
    }

    @Test func `sessions and shares`() throws {
        try expect([], of: "fs1") { try $0.askForEntry() }
    }

    @Test func `names, dispositions and sharing`() throws {
        // [MS-FSA] 2.1.5.1: no access is too little. Samba opens such a file for its attributes.
        let known = [
            Difference(operation: "no access asked for", samba: .success, ours: .accessDenied)
        ]
        try expect(known, of: "fs1") { try $0.askForFiles() }
    }

    @Test func `bytes and locks`() throws {
        // Samba never grants the right to write bytes on a folder, and looks at rights first; the
        // emulator says of writing what [MS-SMB2] 3.3.5.12 and Samba itself say of reading.
        let known = [
            Difference(
                operation: "write to a folder",
                samba: .accessDenied,
                ours: .invalidDeviceRequest
            )
        ]
        try expect(known, of: "fs1") { try $0.askForBytes() }
    }

    @Test func `information`() throws {
        let known = [
            // [MS-SMB2] 3.3.5.18 wants STATUS_INVALID_PARAMETER for what is no folder.
            Difference(operation: "list: a file", samba: .notSupported, ours: .invalidParameter),
            // [MS-FSA] 2.1.5.15.5 wants STATUS_INFO_LENGTH_MISMATCH for a short buffer.
            Difference(
                operation: "set: end of file, too short",
                samba: .invalidParameter,
                ours: .infoLengthMismatch
            ),
        ]
        try expect(known, of: "fs1") { try $0.askForInformation() }
    }

    @Test func `links and referrals`() throws {
        let known = [
            // Users may not write in that folder of the script's; emulated files have no ACLs.
            Difference(
                operation: #"create at nested\nosuch"#,
                samba: .accessDenied,
                ours: .success
            ),
            // [MS-DFSC] 3.2.5.5: where no link fits, the answer is the referral of the root.
            Difference(
                operation: #"referral to “\ns1\dfs\nested”"#,
                samba: .objectPathNotFound,
                ours: .success
            ),
            Difference(
                operation: #"referral to “\ns1\dfs\nosuch”"#,
                samba: .objectPathNotFound,
                ours: .success
            ),
            // Domain and controller referrals, asked of a server that is no controller:
            // [MS-DFSC] 3.2.5 wants STATUS_INVALID_PARAMETER.
            Difference(operation: "referral to “”", samba: .notFound, ours: .invalidParameter),
            Difference(
                operation: #"referral to “\ns1”"#,
                samba: .notFound,
                ours: .invalidParameter
            ),
        ]
        try expect(known, of: "ns1") { try $0.askForLinks() }
    }

    @Test func `a server without links`() throws {
        // The script has Dfs on everywhere; an emulated server without a root is not capable of it
        // and says so ([MS-SMB2] 3.3.5.15.2).
        let known = ["the share", "nothing"].map {
            Difference(
                operation: "referral to \($0)",
                samba: .notFound,
                ours: .fsDriverRequired
            )
        }
        try expect(known, of: "fs1") { try $0.askForNoLinks() }
    }

    /// An unlisted difference fails, and so does a listed one that is gone.
    private func expect(
        _ known: [Difference],
        of server: String,
        _ ask: (StatusProbe) throws -> Void
    ) throws {
        let found = try differences(server, ask)
        let new = found.filter { !known.contains($0) }
        let gone = known.filter { !found.contains($0) }
        #expect(new.isEmpty, "not listed: \(new)")
        #expect(gone.isEmpty, "listed, but there no longer: \(gone)")
    }
}
