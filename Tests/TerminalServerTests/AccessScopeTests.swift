import Primitives
import TerminalServer
import Testing

@Suite struct AccessScopeTests {
    @Test(arguments: ["127.0.0.1", "127.61.3.9", "::1"])
    func `loopback needs no leave`(_ address: String) {
        #expect(AccessScope().allows(name: "fs1", address: address))
    }

    @Test(arguments: ["10.0.0.1", "126.255.255.255", "128.0.0.1", "::2", "fe80::1", "nonsense"])
    func `everything else does`(_ address: String) {
        #expect(!AccessScope().allows(name: "fs1", address: address))
    }

    @Test(arguments: [
        ("FS1", "fs1", "10.9.9.9"), ("10.1.0.0/16", "x", "10.1.200.3"),
        ("10.1.2.3", "x", "10.1.2.3"),
        ("fd00::/8", "x", "fdab::1"), ("10.1.2.0/23", "x", "10.1.3.255"),
        ("0.0.0.0/0", "x", "9.9.9.9"),
    ]) func `what was allowed is allowed`(_ rule: String, _ name: String, _ address: String) {
        var scope = AccessScope()
        let isRule = scope.allow(rule)
        #expect(isRule)
        #expect(scope.allows(name: name, address: address))
    }

    @Test(arguments: [
        ("10.1.0.0/16", "10.2.0.1"), ("10.1.2.0/23", "10.1.4.0"), ("fd00::/8", "fe00::1"),
        ("10.1.2.3", "10.1.2.4"),
    ]) func `what lies beside it is not`(_ rule: String, _ address: String) {
        var scope = AccessScope()
        let isRule = scope.allow(rule)
        #expect(isRule)
        #expect(!scope.allows(name: "x", address: address))
    }

    @Test(arguments: [
        "", "10.1.2", "10.1.2.3/33", "10.1.2.300", "fd00::/129", "a b", "1.2.3.4.5", "::1::",
    ])
    func `what is no rule is refused`(_ rule: String) {
        var scope = AccessScope()
        let isRule = scope.allow(rule)
        #expect(!isRule)
    }

    @Test func `a map gives address and port, and an address is its own`() {
        var map = HostMap()
        let added = ["ns1=127.0.0.5:4450", "v6=[::1]:446", "w6=::1"].map { map.add($0) }
        #expect(added == [true, true, true])
        #expect(map.place(of: "NS1") == .init(address: "127.0.0.5", port: 4_450))
        #expect(map.place(of: "v6") == .init(address: "::1", port: 446))
        #expect(map.place(of: "w6") == .init(address: "::1"))
        #expect(map.place(of: "10.1.2.3") == .init(address: "10.1.2.3"))
        #expect(map.place(of: "unknown") == nil)
        for wrong in ["", "=1.2.3.4", "a=", "a=b", "a=1.2.3.4:0", "a=1.2.3.4:70000", "a=[::1"] {
            let isAdded = map.add(wrong)
            #expect(!isAdded, "\(wrong)")
        }
    }
}

@Suite struct ManifestTests {
    @Test func `a line is read back as it was written`() throws {
        for text in [#"\\ns1\dfs\gridlock-1\a.dat"#, #"\\ns1\dfs\ä "quoted"\x"#] {
            let entry = ManifestEntry(kind: .file, path: try UNCPath(parsing: text))
            #expect(ManifestEntry(line: entry.line)?.path.text == text)
            #expect(ManifestEntry(line: entry.line)?.kind == .file)
        }
    }

    @Test func `a torn or foreign line is none`() throws {
        let path = try UNCPath(parsing: #"\\ns1\dfs\a"#)
        let line = ManifestEntry(kind: .directory, path: path).line
        for length in 0..<line.count { #expect(ManifestEntry(line: line.prefix(length)) == nil) }
        #expect(ManifestEntry(line: "{\"kind\":\"link\",\"path\":\"\\\\\\\\a\\\\b\"}") == nil)
    }
}
