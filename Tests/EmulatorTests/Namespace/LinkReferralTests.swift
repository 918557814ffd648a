import Dfs
import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct LinkReferralTests {
    private let service = ExampleNamespace.service("ns1")

    @Test(arguments: [
        (#"\ns1\pub\eng"#, 24), (#"\ns1\pub\eng\a\b.txt"#, 24), (#"\NS1\PUB\ENG\x"#, 24),
        (#"\example.test\Pub\eng"#, 42), (#"\EXAMPLE\pub\eng"#, 32), (#"\127.0.0.1\pub\eng\"#, 36),
        (#"\\ns1\pub\eng"#, 26), (#"ns1\pub\eng\a"#, 22), (#"\ns1\pub\nested\deep\x"#, 40),
    ])
    func `PathConsumed ends where the link ends, in the request's own bytes`(
        path: String,
        bytes: UInt16
    ) throws {
        let response = try service.ask(path)
        #expect(response.pathConsumed == bytes)
        #expect(response.flags == [.storageServers, .targetFailback])
        #expect(response.entries.allSatisfy { !$0.isRoot && $0.timeToLive == 1_800 })
    }

    @Test func `the entries repeat the request's spelling of the link`() throws {
        let response = try service.ask(#"\Example\PUB\Eng\File"#)
        for entry in response.entries {
            guard case .target(let dfsPath, let alternate, _) = entry.content else { continue }
            #expect(dfsPath == #"\Example\PUB\Eng"#)
            #expect(alternate == dfsPath)
        }
        #expect(response.targets == [#"\fs1\eng"#, #"\fs2\eng"#])
    }

    @Test(arguments: [#"\ns1\pub\engine"#, #"\ns1\pub\nested"#, #"\ns1\pub\x\eng"#])
    func `a path on which no link lies gets the root`(path: String) throws {
        let response = try service.ask(path)
        #expect(response.pathConsumed == 16)
        #expect(response.flags == [.referralServers, .storageServers, .targetFailback])
        #expect(response.entries.allSatisfy { $0.isRoot && $0.timeToLive == 300 })
        #expect(response.targets == [#"\ns1\pub"#, #"\ns2\pub"#])
    }

    @Test func `of two links on a path the longer counts`() throws {
        var plan = ExampleNamespace.plan
        plan.roots[0].links.append(
            ExampleNamespace.link(#"eng\more"#, ExampleNamespace.target(#"\fs1\more"#))
        )
        let service = ExampleNamespace.service("ns1", plan)
        #expect(try service.ask(#"\ns1\pub\eng\more\x"#).targets == [#"\fs1\more"#])
        #expect(try service.ask(#"\ns1\pub\eng\mor"#).targets.first == #"\fs1\eng"#)
    }

    @Test(arguments: ["away", "home"]) func `a link into a namespace is an interlink`(
        link: String
    ) throws {
        let response = try service.ask(#"\ns1\pub\"# + link)
        #expect(response.flags == [.referralServers, .targetFailback])
        #expect(response.entries.allSatisfy { !$0.isRoot })
        let old = try service.ask(#"\ns1\pub\"# + link, version: 1)
        #expect(old.flags == [.referralServers, .storageServers])
    }

    @Test func `targets are put in sets by priority, and those offline are left out`() throws {
        let response = try service.ask(#"\ns1\pub\ranked"#)
        #expect(response.targets == [#"\fs2\first"#, #"\fs1\first"#, #"\fs1\low"#])
        #expect(response.boundaries == [true, false, true])
        let third = try service.ask(#"\ns1\pub\ranked"#, version: 3)
        #expect(third.targets == response.targets)
        #expect(third.boundaries == [false, false, false])
    }

    @Test func `targets of the client's site come first, in a set of their own`() throws {
        let north = try service.ask(#"\ns1\pub\ranked"#, site: "NORTH")
        #expect(north.targets == [#"\fs1\first"#, #"\fs1\low"#, #"\fs2\first"#])
        #expect(north.boundaries == [true, true, true])
        let south = try service.ask(#"\ns1\pub\eng"#, site: "South")
        #expect(south.targets == [#"\fs2\eng"#, #"\fs1\eng"#])
        let nowhere = try service.ask(#"\ns1\pub\eng"#, site: "Elsewhere")
        #expect(nowhere.boundaries == [true, false])
    }

    @Test func `a link without a target that is online gets a header alone`() throws {
        let response = try service.ask(#"\ns1\pub\dark\x"#)
        #expect(response.entries == [])
        #expect(response.pathConsumed == 26)
        #expect(throws: NamespaceService.Refused(status: .bufferOverflow)) {
            try service.ask(#"\ns1\pub\dark"#, outputMax: 7)
        }
    }

    @Test(arguments: UInt16(1)...4) func `what does not fit is dropped, and nothing is an overflow`(
        version: UInt16
    ) throws {
        let whole = try service.ask(#"\ns1\pub\ranked"#, version: version)
        let size = whole.bytes.count
        var seen: Set<Int> = []
        for outputMax in 0...size {
            do {
                let response = try service.ask(
                    #"\ns1\pub\ranked"#,
                    version: version,
                    outputMax: UInt32(outputMax)
                )
                #expect(response.bytes.count <= outputMax)
                #expect(response.entries[...] == whole.entries.prefix(response.entries.count))
                seen.insert(response.entries.count)
            } catch {
                #expect(error as? NamespaceService.Refused == .init(status: .bufferOverflow))
                seen.insert(0)
            }
        }
        #expect(seen == [0, 1, 2, 3])
    }

    @Test func `hundreds of targets stay within 56 KiB, whatever the client takes`() throws {
        var plan = ExampleNamespace.plan
        let targets = (0..<800).map { ExampleNamespace.target(#"\fs1\share-"# + String($0)) }
        plan.roots[0].links.append(LinkPlan(path: "many", targets: targets))
        let response = try ExampleNamespace.service("ns1", plan)
            .ask(#"\ns1\pub\many"#, outputMax: 1_000_000)
        #expect((400..<800).contains(response.entries.count))
        #expect(response.targets.last == #"\fs1\share-"# + String(response.entries.count - 1))
    }

    @Test func `a server that knows less answers with what it knows`() throws {
        var plan = ExampleNamespace.plan
        plan.servers[2].referralVersionMax = 2
        let response = try ExampleNamespace.service("ns1", plan).ask(#"\ns1\pub\eng"#)
        #expect(response.entries.map(\.version) == [2, 2])
        #expect(response.flags == .storageServers)
    }
}
