import SMBWire
import Testing

/// The class of that name in the public protocol test suite: a controller knows the links only of a
/// namespace that it hosts.
///
/// Each case is run against both kinds of controller.
@Suite struct LinkReferralToDC {
    private func verify(
        version: UInt16,
        _ form: DFSCClient.Form = .plain,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let path = DFSCEnvironment.domainRoot + #"\"# + DFSCEnvironment.link
        let other = try DFSCClient().askController(version: version, path, form)
        #expect(other.status == .notFound, sourceLocation: location)
        let host = DFSCClient(plan: DFSCEnvironment.plan(hostsOnController: true))
        let (status, output) = try host.askController(version: version, path, form)
        #expect(status == .success, sourceLocation: location)
        try verifyReferral(
            .link,
            version: version,
            path: path,
            target: DFSCEnvironment.linkTarget,
            output,
            at: location
        )
    }

    @Test func `LinkReferralV4ToDC`() throws { try verify(version: 4) }

    @Test func `LinkReferralV1ToDC`() throws { try verify(version: 1) }

    @Test func `LinkReferralV2EXToDC`() throws { try verify(version: 2, .extended) }

    @Test func `LinkReferralV3EXSiteToDC`() throws { try verify(version: 3, .extendedWithSite) }

    @Test(arguments: [false, true]) func `InvalidNamespaceLinkReferralToDC`(
        hostsOnController: Bool
    ) throws {
        let plan = DFSCEnvironment.plan(hostsOnController: hostsOnController)
        let path = #"\contoso.test\Invalid\DFSLink"#
        let status = try DFSCClient(plan: plan).askController(version: 4, path).status
        #expect(status == .notFound)
    }
}
