import Primitives
import Testing

@Suite struct UNCPathTests {
    @Test func `server, share and the rest come apart`() throws {
        let path = try UNCPath(parsing: #"\\srv1\dfs\dir\file.txt"#)
        #expect(path.server == "srv1")
        #expect(path.share == "dfs")
        #expect(path.relativePath == #"dir\file.txt"#)
        #expect(path.referralText == #"\srv1\dfs\dir\file.txt"#)
        #expect(path.createText == #"srv1\dfs\dir\file.txt"#)
        #expect(path.text == #"\\srv1\dfs\dir\file.txt"#)
    }

    @Test func `forward slashes count as backslashes`() throws {
        #expect(try UNCPath(parsing: "//srv1/dfs").text == #"\\srv1\dfs"#)
    }

    @Test func `a prefix is whole components, whatever the case`() throws {
        let path = try UNCPath(parsing: #"\\srv1\dfs\linkage"#)
        #expect(path.starts(with: try UNCPath(parsing: #"\\SRV1\Dfs"#)))
        #expect(!path.starts(with: try UNCPath(parsing: #"\\srv1\dfs\link"#)))
    }

    @Test func `a target replaces the prefix and keeps the rest`() throws {
        let path = try UNCPath(parsing: #"\\srv1\dfs\link\a\b"#)
        let target = try UNCPath(parsing: #"\\fs2\data\sub"#)
        #expect(path.replacingPrefix(of: 3, with: target).text == #"\\fs2\data\sub\a\b"#)
    }

    @Test(arguments: ["", "srv1\\dfs", "\\\\", "\\\\a\0b\\c"])
    func `what is no UNC path is refused`(_ text: String) {
        #expect(throws: PathError.self) { try UNCPath(parsing: text) }
    }
}
