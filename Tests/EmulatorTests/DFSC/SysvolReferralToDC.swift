import SMBWire
import Testing

/// The class of that name in the public protocol test suite: SYSVOL and NETLOGON of a domain.
@Suite struct SysvolReferralToDC {
    private let client = DFSCClient()

    private func verify(
        version: UInt16,
        _ share: String,
        _ form: DFSCClient.Form = .plain,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let path = #"\contoso.test\"# + share
        let (status, output) = try client.askController(version: version, path, form)
        #expect(status == .success, sourceLocation: location)
        let target = #"\dc1.contoso.test\"# + share
        try verifyReferral(
            .sysvol,
            version: version,
            path: path,
            target: target,
            output,
            at: location
        )
    }

    @Test func `BVT_SysvolReferralv4ToDCSysvolPath`() throws {
        try verify(version: 4, "SYSVOL")
    }

    @Test func `BVT_SysvolReferralV3ToDCNetlogonPath`() throws {
        try verify(version: 3, "NETLOGON")
    }

    @Test func `SysvolReferralV1ToDCSysvolPath`() throws {
        try verify(version: 1, "SYSVOL")
    }

    @Test func `SysvolReferralV1EXSiteToDCSysvolPath`() throws {
        try verify(version: 1, "SYSVOL", .extendedWithSite)
    }

    @Test func `SysvolReferralV2ToDCNetlogonPath`() throws {
        try verify(version: 2, "NETLOGON")
    }

    @Test func `SysvolReferralV2EXToDCNetlogonPath`() throws {
        try verify(version: 2, "NETLOGON", .extended)
    }

    @Test func `InvalidSysvolReferralToDC`() throws {
        #expect(try client.askController(version: 1, #"\Invalid\SYSVOL"#).status == .notFound)
    }
}
