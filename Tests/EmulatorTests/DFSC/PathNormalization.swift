import SMBWire
import Testing

/// The class of that name in the public protocol test suite: CREATE with SMB2_FLAGS_DFS_OPERATIONS,
/// which our redirector sets on a Dfs share.
@Suite struct PathNormalization {
    private let client = DFSCClient()

    @Test func `NormalizePathWithDFSLink`() throws {
        let name = #"\\ns1\Standalone\DFSLink\PathNormalization_1"#
        #expect(try client.create(name) == .pathNotCovered)
    }

    @Test func `NormalizePathWithoutDFSlink`() throws {
        #expect(try client.create(#"\\ns1\Standalone\PathNormalization_1"#) == .success)
    }
}
