import Emulator
import Testing

/// The class of that name in the public protocol test suite: CREATE with SMB2_FLAGS_DFS_OPERATIONS.
@Suite struct PathNormalization {
    private let service = NamespaceService(DFSCEnvironment.plan(), server: 1)

    @Test func `NormalizePathWithDFSLink`() {
        let name = #"\\ns1\Standalone\DFSLink\PathNormalization_1"#
        #expect(service.coverage(ofDfsName: name) == .notCovered)
    }

    @Test func `NormalizePathWithoutDFSlink`() {
        let name = #"\\ns1\Standalone\PathNormalization_1"#
        let local = NamespaceService.Coverage.local(
            share: "Standalone",
            path: "PathNormalization_1"
        )
        #expect(service.coverage(ofDfsName: name) == local)
    }
}
