import Dfs
import Emulator
import Primitives
import SMBWire
import Testing

/// Our Dfs client and the emulated servers' Dfs services, with nothing between them.
@Suite struct WalkTests {
    /// Opens a path: the end's target, and which referrals were asked of whom.
    private func walk(
        _ text: String,
        bootstrap: String? = nil,
        site: String? = nil,
        down: Set<String> = []
    ) -> (end: String, asked: [String]) {
        let plan = ExampleNamespace.plan
        var settings = DfsSettings()
        settings.bootstrapDC = bootstrap
        settings.siteName = site
        var client = DfsClient(settings: settings)
        var resolution = client.begin(UNCPath(referral: text))
        var asked: [String] = []
        for _ in 0..<40 {
            switch client.advance(&resolution, at: .zero) {
            case .referral(let need):
                asked.append("\(need.kind.rawValue) \(need.host)")
                var status = NTStatus.success
                var output: [UInt8] = []
                let reply = ExampleNamespace.service(need.host).referral(
                    need.request,
                    isExtended: need.isExtended,
                    outputMax: ReferralNeed.outputMax
                )
                switch reply {
                case .bytes(let bytes): output = bytes
                case .refused(let refusal): status = refusal
                }
                client.answered(&resolution, need, status: status, output: output, at: .zero)
            case .attempt(let host, let target):
                let status = down.contains(host) ? NTStatus.hostUnreachable : open(target, plan)
                client.attempted(&resolution, target, status: status, at: .zero)
                if resolution.hasEnded { return ("\(target.text) \(status)", asked) }
            case .notDfs(let path): return ("no Dfs: \(path.text)", asked)
            case .failed(let failure): return (failure.sentence, asked)
            }
        }
        return ("no end", asked)
    }

    private func open(_ target: UNCPath, _ plan: NamespacePlan) -> NTStatus {
        let service = ExampleNamespace.service(target.server)
        let share = target.share ?? ""
        guard service.isDfs(share: share) else { return .success }
        switch service.coverage(ofDfsName: target.createText, share: share) {
        case .local: return .success
        case .notCovered: return .pathNotCovered
        case .refused(let status): return status
        }
    }

    @Test(arguments: [
        (#"\ns1\pub\readme.txt"#, #"\\ns1\pub\readme.txt"#),
        (#"\ns1\pub\eng\a.txt"#, #"\\fs1\eng\a.txt"#),
        (#"\ns2\pub\nested\deep\x"#, #"\\fs1\deep\dir\x"#),
        (#"\ns1\pub\away\x"#, #"\\ns3\other\x"#),
        (#"\ns1\pub\away\back\x"#, #"\\fs1\eng\x"#),
    ])
    func `a path is led through roots, links and interlinks`(path: String, end: String) {
        let walk = walk(path, bootstrap: path.contains("away") ? "dc1" : nil)
        #expect(walk.end == end + " STATUS_SUCCESS 0x00000000")
    }

    @Test func `a domain's path asks a controller for everything it takes`() {
        let walk = walk(#"\example.test\pub\home\a.txt"#, bootstrap: "dc1")
        #expect(walk.end == #"\\fs1\eng\a.txt STATUS_SUCCESS 0x00000000"#)
        #expect(
            walk.asked == [
                "domain dc1", "DC dc1", "root dc1.example.test", "link ns1", "link ns1",
            ]
        )
    }

    @Test func `a client that tells its site is led there`() {
        let walk = walk(#"\example.test\SYSVOL\x"#, bootstrap: "dc1", site: "South")
        #expect(walk.end == #"\\dc2.example.test\SYSVOL\x STATUS_SUCCESS 0x00000000"#)
        #expect(walk.asked == ["domain dc1", "DC dc1", "sysvol dc2.example.test"])
    }

    @Test func `a dead target is passed over`() {
        let walk = walk(#"\ns1\pub\eng\a"#, down: ["fs1"])
        #expect(walk.end == #"\\fs2\eng\a STATUS_SUCCESS 0x00000000"#)
    }

    @Test func `a plain file server is no namespace`() {
        let walk = walk(#"\fs1\eng\a"#)
        #expect(walk.end == #"no Dfs: \\fs1\eng\a"#)
        #expect(walk.asked == ["root fs1"])
    }
}
