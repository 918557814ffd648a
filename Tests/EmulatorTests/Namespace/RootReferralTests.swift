import Dfs
import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct RootReferralTests {
    @Test func `a root target answers for its own name and for the domain's`() throws {
        let service = ExampleNamespace.service("ns2")
        for path in [
            #"\ns2\PUB"#, #"\ns1\pub"#, #"\example.test\pub"#, #"\EXAMPLE\Pub"#, #"\10.0.0.2\pub"#,
        ] {
            #expect(try service.ask(path).targets == [#"\ns1\pub"#, #"\ns2\pub"#])
        }
    }

    @Test func `targets of the client's site come first`() throws {
        let service = ExampleNamespace.service("ns1")
        let response = try service.ask(#"\example.test\pub"#, site: "South")
        #expect(response.targets == [#"\ns2\pub"#, #"\ns1\pub"#])
        #expect(response.boundaries == [true, true])
    }

    @Test func `what a server does not host it refuses, each in its own way`() {
        let root = ExampleNamespace.service("ns1")
        #expect(root.status("") == .invalidParameter)
        #expect(root.status(#"\example.test"#) == .invalidParameter)
        #expect(root.status(#"\example.test\SYSVOL"#) == .notFound)
        #expect(root.status(#"\ns1\SYSVOL"#) == .notFound)
        #expect(root.status(#"\ns1\none"#) == .notFound)
        #expect(root.status(#"\ns1\none\x"#) == .notFound)
        #expect(root.status(#"\ns3\pub"#) == .notFound)
        #expect(root.status(#"\example.test\other"#) == .dfsUnavailable)
        #expect(root.status(#"\far.test\pub"#) == .dfsUnavailable)
    }

    @Test func `a controller answers roots of its domain alone, and links of none`() throws {
        let controller = ExampleNamespace.service("dc1")
        let targets = try controller.ask(#"\EXAMPLE\pub"#).targets
        #expect(targets == [#"\ns1\pub"#, #"\ns2\pub"#])
        #expect(controller.status(#"\example.test\other"#) == .noSuchFile)
        #expect(controller.status(#"\far.test\pub"#) == .noSuchFile)
        #expect(controller.status(#"\dc1\pub"#) == .notFound)
        #expect(controller.status(#"\stranger\pub"#) == .notFound)
        #expect(controller.status(#"\example.test\pub\eng"#) == .notFound)
        #expect(controller.status(#"\example.test\SYSVOL\x"#) == .notFound)
    }

    @Test func `a server without namespaces has no Dfs service`() {
        let service = ExampleNamespace.service("fs1")
        #expect(!service.isCapable)
        #expect(ExampleNamespace.service("ns3").isCapable)
        #expect(ExampleNamespace.service("dc1").isCapable)
        #expect(service.status(#"\fs1\eng"#) == .fsDriverRequired)
    }

    @Test func `a request that is none is an invalid parameter`() {
        let service = ExampleNamespace.service("ns1")
        let requests: [([UInt8], Bool)] = [([], false), ([4], false), ([4, 0, 0, 0, 9], true)]
        for (bytes, isExtended) in requests {
            let reply = service.referral(bytes, isExtended: isExtended, outputMax: 4_096)
            #expect(reply == .refused(.invalidParameter))
        }
        #expect(service.status(#"\ns1\pub"#, version: 0) == .invalidParameter)
        #expect(service.status(#"\ns1\pub"#, version: .max) == .success)
    }

    @Test(arguments: UInt64(0)..<200) func `no request traps`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let services = ["ns1", "dc1"].map { ExampleNamespace.service($0) }
        for path in ["", #"\example.test"#, #"\EXAMPLE\SYSVOL"#, #"\ns1\pub\nested\deep\x"#] {
            let request = ReferralRequest(path: path, siteName: "North")
            for isExtended in [false, true] {
                var bytes = isExtended ? request.extendedBytes : request.bytes
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
                bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &random))
                let outputMax = UInt32.random(in: 0...600, using: &random)
                for service in services {
                    let reply = service.referral(
                        bytes,
                        isExtended: isExtended,
                        outputMax: outputMax
                    )
                    guard case .bytes(let answer) = reply else { continue }
                    #expect(answer.count <= Int(outputMax))
                }
            }
        }
    }
}
