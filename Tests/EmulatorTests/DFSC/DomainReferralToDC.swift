import SMBWire
import Testing

/// The class of that name in the public protocol test suite: an empty path asks for the domains.
@Suite struct DomainReferralToDC {
    private let client = DFSCClient()

    @Test func `BVT_DomainReferralV3ToDC`() throws {
        let (status, output) = try client.askController(version: 3, "")
        #expect(status == .success)
        try verifyDomainReferral(output)
    }

    @Test func `DomainReferralV1ToDC`() throws {
        #expect(try client.askController(version: 1, "").status == .unsuccessful)
    }

    @Test func `DomainReferralV2ToDC`() throws {
        #expect(try client.askController(version: 2, "").status == .unsuccessful)
    }

    @Test func `DomainReferralV4EXToDC`() throws {
        let (status, output) = try client.askController(version: 4, "", .extended)
        #expect(status == .success)
        try verifyDomainReferral(output)
    }

    @Test func `DomainReferralV4EXSiteToDC`() throws {
        let (status, output) = try client.askController(version: 4, "", .extendedWithSite)
        #expect(status == .success)
        try verifyDomainReferral(output)
    }
}
