import Dfs
import Primitives
import SMBWire
import Testing

@Suite struct DomainResolutionTests {
    private func names(_ special: String, _ expanded: [String]) -> [UInt8] {
        ReferralResponse(
            pathConsumed: 0,
            flags: [],
            entries: [
                ReferralEntry(
                    version: 3,
                    isRoot: false,
                    isSetBoundary: false,
                    timeToLive: 600,
                    content: .names(special: special, expanded: expanded)
                )
            ]
        ).bytes
    }

    private func client() -> DfsClient {
        var settings = DfsSettings()
        settings.bootstrapDC = "dc1"
        return DfsClient(settings: settings)
    }

    /// What is needed next, as `kind host path`.
    private func need(_ client: inout DfsClient, _ resolution: inout Resolution) -> ReferralNeed? {
        guard case .referral(let need) = client.advance(&resolution, at: .zero) else { return nil }
        return need
    }

    @Test func `a domain's path asks for domains, controllers and the root`() throws {
        var client = client()
        var resolution = client.begin(UNCPath(referral: #"\corp.test\pub\f"#))
        var first = try #require(need(&client, &resolution))
        #expect(first.kind == .domain && first.host == "dc1")
        client.answered(
            &resolution,
            first,
            status: .success,
            output: names(#"\corp.test"#, []),
            at: .zero
        )
        first = try #require(need(&client, &resolution))
        #expect(first.kind == .domainController && first.path.server == "corp.test")
        client.answered(
            &resolution,
            first,
            status: .success,
            output: names("corp.test", [#"\dc1.corp.test"#, #"\dc2.corp.test"#]),
            at: .zero
        )
        first = try #require(need(&client, &resolution))
        #expect(first.kind == .root && first.host == "dc1.corp.test")
        client.answered(
            &resolution,
            first,
            status: .connectionRefused,
            output: [],
            at: .zero
        )
        let second = try #require(need(&client, &resolution))
        #expect(second.kind == .root && second.host == "dc2.corp.test")
    }

    @Test func `sysvol is asked of a controller`() throws {
        var client = client()
        var resolution = client.begin(UNCPath(referral: #"\corp.test\SYSVOL\x"#))
        for output in [names(#"\corp.test"#, []), names("corp.test", [#"\dc1.corp.test"#])] {
            let need = try #require(need(&client, &resolution))
            client.answered(&resolution, need, status: .success, output: output, at: .zero)
        }
        let need = try #require(need(&client, &resolution))
        #expect(need.kind == .sysvol && need.host == "dc1.corp.test")
    }

    @Test func `a domain whose controllers cannot be had is a failure, not a server`() throws {
        var client = client()
        var resolution = client.begin(UNCPath(referral: #"\corp.test\pub"#))
        let domains = try #require(need(&client, &resolution))
        client.answered(
            &resolution,
            domains,
            status: .success,
            output: names(#"\corp.test"#, []),
            at: .zero
        )
        let controllers = try #require(need(&client, &resolution))
        client.answered(
            &resolution,
            controllers,
            status: .invalidParameter,
            output: [],
            at: .zero
        )
        guard case .failed(let failure) = client.advance(&resolution, at: .zero) else {
            Issue.record("a failure was to come")
            return
        }
        #expect(failure.status == .invalidParameter)
    }

    @Test func `a plain server's path does not wait for domains twice`() throws {
        var client = client()
        var resolution = client.begin(UNCPath(referral: #"\fs1\data"#))
        let domains = try #require(need(&client, &resolution))
        client.answered(&resolution, domains, status: .notFound, output: [], at: .zero)
        #expect(need(&client, &resolution)?.kind == .root)
        var other = client.begin(UNCPath(referral: #"\fs2\data"#))
        #expect(need(&client, &other)?.kind == .root)
    }
}
