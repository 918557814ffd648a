import SMBWire
import Testing

/// The class of that name in the public protocol test suite: a domain alone asks for its
/// controllers.
@Suite struct DCReferralToDC {
    private let client = DFSCClient()
    private let byDNS = #"\contoso.test"#
    private let byNetBIOS = #"\CONTOSO"#

    @Test func `BVT_DCReferralV3ToDC`() throws {
        let (status, output) = try client.askController(version: 3, byDNS)
        #expect(status == .success)
        let controller = #"\dc1.contoso.test"#
        try verifyControllerReferral(output, special: byDNS, controller: controller)
    }

    @Test func `DCReferralV4EXNetBiosToDC`() throws {
        let (status, output) = try client.askController(version: 4, byNetBIOS, .extended)
        #expect(status == .success)
        try verifyControllerReferral(output, special: byNetBIOS, controller: #"\dc1"#)
    }

    @Test func `DCReferralV4EXSiteToDC`() throws {
        let (status, output) = try client.askController(version: 4, byDNS, .extendedWithSite)
        #expect(status == .success)
        let controller = #"\dc1.contoso.test"#
        try verifyControllerReferral(output, special: byDNS, controller: controller)
    }

    @Test func `InvalidDCReferralToDC`() throws {
        #expect(try client.askController(version: 4, #"\Invalid"#).status == .invalidParameter)
    }

    @Test func `DCReferralV1ToDC`() throws {
        #expect(try client.askController(version: 1, byDNS).status == .unsuccessful)
    }

    @Test func `DCReferralV2ToDC`() throws {
        #expect(try client.askController(version: 2, byDNS).status == .unsuccessful)
    }
}
