import SMBWire
import Testing

/// The class of that name in the public protocol test suite: roots and links, asked of a server
/// that is a target of them.
@Suite struct RootAndLinkReferralToDFSServer {
    private typealias Environment = DFSCEnvironment
    private let client = DFSCClient()

    private func verify(
        _ type: ReferralType,
        version: UInt16,
        _ path: String,
        asking asked: String? = nil,
        target: String,
        _ form: DFSCClient.Form = .plain,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let (status, output) = try client.askDfsServer(version: version, asked ?? path, form)
        #expect(status == .success, sourceLocation: location)
        try verifyReferral(
            type,
            version: version,
            path: path,
            target: target,
            output,
            at: location
        )
    }

    private let standaloneLink = Environment.standaloneRoot + #"\"# + Environment.link
    private let domainLink = Environment.domainRoot + #"\"# + Environment.link

    @Test func `BVT_RootAndLinkReferralStandaloneV4ToDFSServer`() throws {
        let root = Environment.standaloneRoot
        try verify(.root, version: 4, root, target: root)
        try verify(.link, version: 4, standaloneLink, target: Environment.linkTarget)
    }

    @Test func `BVT_RootAndLinkReferralDomainV4ToDFSServer`() throws {
        let target = Environment.domainRootTarget
        try verify(.root, version: 4, Environment.domainRoot, target: target)
        let path = target + #"\"# + Environment.link
        try verify(.link, version: 4, path, target: Environment.linkTarget)
    }

    @Test func `RootAndLinkReferralEXStandaloneV1ToDFSServer`() throws {
        let root = Environment.standaloneRoot
        try verify(.root, version: 1, root, target: root, .extended)
        let target = Environment.linkTarget
        try verify(.link, version: 1, standaloneLink, target: target, .extendedWithSite)
    }

    @Test func `LinkReferralDomainV1ToDFSServer`() throws {
        try verify(.link, version: 1, domainLink, target: Environment.linkTarget)
    }

    @Test func `RootAndLinkReferralStandaloneV2ToDFSServer`() throws {
        let root = Environment.standaloneRoot
        try verify(.root, version: 2, root, target: root)
        try verify(.link, version: 2, standaloneLink, target: Environment.linkTarget)
    }

    @Test func `LinkReferralStandaloneToDFSServerReturnInterlink`() throws {
        let path = Environment.standaloneRoot + #"\"# + Environment.interlink
        try verify(.interlink, version: 4, path, target: Environment.interlinkTarget)
    }

    @Test func `LinkReferralDomainToDFSServerReturnInterlink`() throws {
        let path = Environment.domainRoot + #"\"# + Environment.interlink
        try verify(.interlink, version: 4, path, target: Environment.interlinkTarget)
    }

    @Test func `LinkReferralStandaloneToDFSServerReturnRootTarget`() throws {
        let root = Environment.standaloneRoot
        try verify(.root, version: 3, root, asking: root + #"\Invalid"#, target: root)
    }

    @Test func `LinkReferralDomainToDFSServerReturnRootTarget`() throws {
        let root = Environment.domainRoot
        let target = Environment.domainRootTarget
        try verify(.root, version: 4, root, asking: root + #"\Invalid"#, target: target)
    }

    @Test func `InvalidRootReferralStandaloneToDFSServer`() throws {
        #expect(try client.askDfsServer(version: 4, #"\ns1\Invalid"#).status == .notFound)
    }

    @Test func `InvalidRootReferralDomainToDFSServer`() throws {
        let path = #"\contoso.test\Invalid"#
        #expect(try client.askDfsServer(version: 4, path).status == .dfsUnavailable)
    }
}
