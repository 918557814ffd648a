import SambaSupport
import Testing

@Suite(.enabled(if: Samba.isThere, Samba.hint))
struct ResolveTests {
    private func resolve(_ path: String, in namespace: SambaNamespace) throws -> ProgramResult {
        try Program.run(Program.gridlock, ["resolve", path], environment: namespace.environment)
    }

    @Test func `a link of two targets shows root, link, targets, and who won`() throws {
        let result = try resolve(#"\\ns1\dfs\two"#, in: try SambaNamespace.shared.get())
        #expect(result.code == 0, "\(result.errors)")
        let kinds = result.output.split(separator: "\n").map { $0.prefix(13) }
        #expect(kinds.contains("referral  roo") && kinds.contains("referral  lin"))
        #expect(result.output.contains(#"root target \ns1\dfs"#))
        #expect(result.output.contains(#"target \fs1\data  TTL 600 s"#))
        #expect(result.output.contains(#"target \fs2\data  TTL 600 s"#))
        #expect(result.output.hasSuffix("\\\\ns1\\dfs\\two is \\\\fs1\\data\n"))
    }

    @Test func `with the first target's server stopped the second is taken`() throws {
        let namespace = try SambaNamespace()
        try namespace.tell("fs1", to: "stop")
        let result = try resolve(#"\\ns1\dfs\two"#, in: namespace)
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains(#"open      \\fs1\data  STATUS_CONNECTION_REFUSED"#))
        #expect(result.output.hasSuffix("\\\\ns1\\dfs\\two is \\\\fs2\\data\n"))
    }

    @Test(arguments: ["self", "ring"]) func `a circle ends in a clear error`(
        _ link: String
    ) throws {
        let result = try resolve(#"\\ns1\dfs\"# + link, in: try SambaNamespace.shared.get())
        #expect(result.code == 69)
        #expect(result.errors.contains("leads in a circle: after 16 hops"))
    }

    @Test(arguments: [
        ("one", #"\\fs1\data"#), (#"nested\deep"#, #"\\fs1\data"#), ("home", #"\\ns1\data"#),
        ("inter", #"\\ns2\dfs2"#), (#"inter\far"#, #"\\fs2\data"#), ("failover", #"\\fs2\data"#),
        ("sealed", #"\\fs1\enc"#),
    ]) func `every kind of link leads to its target`(_ link: String, _ target: String) throws {
        let path = #"\\ns1\dfs\"# + link
        let result = try resolve(path, in: try SambaNamespace.shared.get())
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.hasSuffix("\(path) is \(target)\n"))
    }

    @Test(arguments: [
        ("broken", "STATUS_CONNECTION_REFUSED"), ("noshare", "STATUS_BAD_NETWORK_NAME"),
        ("nothing", "STATUS_OBJECT_NAME_NOT_FOUND"),
    ]) func `a link that leads nowhere says which status`(
        _ link: String,
        _ status: String
    ) throws {
        let path = #"\\ns1\dfs\"# + link
        let result = try resolve(path, in: try SambaNamespace.shared.get())
        #expect(result.code == 69)
        #expect(result.errors.contains(status))
    }

    @Test func `a wrong password is 77, and names the user`() throws {
        let namespace = try SambaNamespace.shared.get()
        var environment = namespace.environment
        environment["GRIDLOCK_USERS"] = nil
        environment["GRIDLOCK_PASSWORD"] = "not-the-password"
        let result = try Program.run(
            Program.gridlock,
            ["resolve", #"\\ns1\dfs\one"#, "--user", "user01"],
            environment: environment
        )
        #expect(result.code == 77)
        #expect(result.errors.contains("log-on refused: "))
        #expect(result.errors.contains("SESSION_SETUP of “user01” failed: STATUS_LOGON_FAILURE"))
        #expect(!result.errors.contains("not-the-password"))
    }

    @Test func `a server outside the allowed scope is not contacted`() throws {
        let result = try Program.run(
            Program.gridlock,
            ["resolve", #"\\far\dfs"#, "--map", "far=192.0.2.1", "--user", "user01"],
            environment: ["GRIDLOCK_PASSWORD": "x"]
        )
        #expect(result.code == 77)
        #expect(result.errors.contains("far (192.0.2.1) is outside the allowed scope"))
    }
}
