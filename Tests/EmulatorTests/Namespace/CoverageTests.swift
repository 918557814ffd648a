import Emulator
import SMBWire
import Testing

@Suite struct CoverageTests {
    private let service = ExampleNamespace.service("ns1")

    @Test(arguments: [
        #"ns1\pub\eng"#, #"EXAMPLE\PUB\ENG\a"#, #"x\pub\eng"#, #"\\ns1\pub\nested\deep\x"#,
        #"example.test\pub\dark"#,
    ])
    func `a Dfs path on which a link lies is not covered`(name: String) {
        #expect(service.coverage(ofDfsName: name, share: "pub") == .notCovered)
    }

    @Test(arguments: [
        (#"ns1\pub"#, ""), (#"ns1\pub\"#, ""), (#"example.test\Pub\nested"#, "nested"),
        (#"ns1\PUB\Engine\x.txt"#, #"Engine\x.txt"#),
        (#"\ns1\pub\nested\deeper"#, #"nested\deeper"#),
    ])
    func `any other Dfs path loses its first two components`(name: String, path: String) {
        let local = NamespaceService.Coverage.local(share: "pub", path: path)
        #expect(service.coverage(ofDfsName: name, share: "pub") == local)
    }

    @Test func `on a tree connect the two components are not looked at`() {
        let coverage = service.coverage(ofDfsName: #"a\b\c"#, share: "pub")
        #expect(coverage == .local(share: "pub", path: "c"))
        let root = service.coverage(ofDfsName: "ns1", share: "pub")
        #expect(root == .local(share: "pub", path: ""))
        #expect(service.coverage(ofDfsName: #"a\b\eng"#, share: "pub") == .notCovered)
        let invalid = NamespaceService.Coverage.refused(.objectNameInvalid)
        #expect(service.coverage(ofDfsName: #"a\b:c"#, share: "pub") == invalid)
        let empty = NamespaceService.Coverage.refused(.invalidParameter)
        #expect(service.coverage(ofDfsName: "", share: "pub") == empty)
    }

    @Test func `links cover names relative to the share as well`() {
        #expect(service.coverage(ofName: #"ENG\a"#, share: "PUB") == .notCovered)
        #expect(
            service.coverage(ofName: "engine", share: "pub") == .local(share: "pub", path: "engine")
        )
        #expect(service.coverage(ofName: "", share: "pub") == .local(share: "pub", path: ""))
        #expect(
            service.coverage(ofName: "eng", share: "none") == .local(share: "none", path: "eng")
        )
    }

    @Test func `shares that are root targets are Dfs, and show their links`() {
        #expect(service.isDfs(share: "Pub"))
        #expect(!service.isDfs(share: "other"))
        #expect(!ExampleNamespace.service("fs1").isDfs(share: "eng"))
        let links = ["eng", #"nested\deep"#, "away", "home", "dark", "ranked"]
        #expect(service.linkPaths(share: "PUB") == links)
        #expect(service.linkPaths(share: "x") == [])
    }
}
