import SMBWire
import Testing

/// The class of that name in the public protocol test suite: a domain's namespace, asked of its
/// controller.
@Suite struct RootReferralToDC {
    private let client = DFSCClient()

    private func verify(
        version: UInt16,
        _ form: DFSCClient.Form = .plain,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let path = DFSCEnvironment.domainRoot
        let (status, output) = try client.askController(version: version, path, form)
        #expect(status == .success, sourceLocation: location)
        try verifyReferral(
            .root,
            version: version,
            path: path,
            target: DFSCEnvironment.domainRootTarget,
            output,
            at: location
        )
    }

    @Test func `BVT_RootReferralV4ToDC`() throws { try verify(version: 4) }

    @Test func `RootReferralV1ToDC`() throws { try verify(version: 1) }

    @Test func `RootReferralV2EXToDC`() throws { try verify(version: 2, .extended) }

    @Test func `RootReferralV3EXSiteToDC`() throws { try verify(version: 3, .extendedWithSite) }

    @Test func `InvalidRootReferralToDC`() throws {
        let path = #"\contoso.test\Invalid"#
        #expect(try client.askController(version: 4, path).status == .noSuchFile)
    }
}
