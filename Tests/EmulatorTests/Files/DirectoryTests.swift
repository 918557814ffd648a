import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct DirectoryTests {
    private static let planned = ["b.txt", "A.txt", "c.dat", #"sub\inner.txt"#].map {
        FilePlan(path: $0, size: 3)
    }

    private func list(
        _ bench: inout FileBench,
        _ directory: FileID,
        _ pattern: String = "*",
        information: UInt8 = 37,
        flags: QueryDirectoryRequest.Flags = [],
        limit: UInt32 = 65_536
    ) -> (status: NTStatus, bytes: [UInt8])? {
        let ticket = bench.ask { files, ticket, now, effects in
            let request = QueryDirectoryRequest(
                informationClass: information,
                flags: flags,
                fileID: directory,
                outputBufferLength: limit,
                pattern: pattern
            )
            files.queryDirectory(ticket, request, at: now, into: &effects)
        }
        guard let (status, answer) = bench.answer(ticket) else { return nil }
        if case .buffer(let bytes) = answer { return (status, bytes) }
        return (status, [])
    }

    private func names(_ bytes: [UInt8]?) throws -> [String] {
        try DirectoryEntry.list(from: bytes ?? []).map(\.name)
    }

    @Test func `entries come in the order of their names, dots first`() throws {
        var bench = FileBench(Self.planned)
        let root = try bench.open("")
        let first = list(&bench, root)
        #expect(first?.status == .success)
        #expect(try names(first?.bytes) == [".", "..", "A.txt", "b.txt", "c.dat", "sub"])
        #expect(list(&bench, root)?.status == .noMoreFiles)
        #expect(list(&bench, root, flags: .restartScans)?.status == .success)
    }

    @Test func `a small buffer is filled, and the next query goes on`() throws {
        var bench = FileBench(Self.planned)
        let root = try bench.open("")
        var seen: [String] = []
        for _ in 0..<10 {
            guard let answer = list(&bench, root, limit: 250), answer.status == .success else {
                break
            }
            #expect(answer.bytes.count <= 250)
            seen += try names(answer.bytes)
        }
        #expect(seen == [".", "..", "A.txt", "b.txt", "c.dat", "sub"])
        #expect(list(&bench, root, flags: .reopen, limit: 103)?.status == .infoLengthMismatch)
        #expect(list(&bench, root, flags: .reopen, limit: 105)?.status == .bufferOverflow)
    }

    @Test func `one entry at a time on request, and an entry that goes is passed over`() throws {
        var bench = FileBench(Self.planned)
        let root = try bench.open("")
        let one = list(&bench, root, "?.txt", flags: .returnSingleEntry)
        #expect(try names(one?.bytes) == ["A.txt"])
        let file = try bench.open("b.txt", options: .deleteOnClose)
        _ = bench.close(file)
        #expect(list(&bench, root)?.status == .noMoreFiles)
    }

    @Test(
        arguments: [
            ("", [".", "..", "A.txt", "ab.txt", "abc.dat", "noext", "x.tar.gz", "über.txt"]),
            ("*.*", [".", "..", "A.txt", "ab.txt", "abc.dat", "x.tar.gz", "über.txt"]),
            ("a*", ["A.txt", "ab.txt", "abc.dat"]),
            ("a?.txt", ["ab.txt"]),
            ("a*b*.?a*", ["abc.dat"]),
            ("Ü*.txt", ["über.txt"]),
            ("NOEXT", ["noext"]),
            ("noex", []),
            ("noext?", []),
            // A file's end is where these three also match nothing.
            (#"noext""#, ["noext"]),
            (#"noext"*"#, ["noext"]),
            ("noext>>", ["noext"]),
            ("a>>.txt", ["A.txt", "ab.txt"]),
            ("x<.gz", ["x.tar.gz"]),
            ("x<.tar", []),
            (#"x"tar"gz"#, ["x.tar.gz"]),
        ] as [(String, [String])]
    )
    func `a pattern fits the names that it should`(pattern: String, expected: [String]) throws {
        let planned = ["A.txt", "ab.txt", "abc.dat", "noext", "x.tar.gz", "über.txt"]
        var bench = FileBench(planned.map { FilePlan(path: $0, size: 3) })
        let answer = list(&bench, try bench.open(""), pattern)
        #expect(try names(answer?.bytes) == expected)
    }

    @Test func `nothing that fits is no such file the first time`() throws {
        var bench = FileBench(Self.planned)
        let root = try bench.open("")
        #expect(list(&bench, root, "nothing")?.status == .noSuchFile)
        #expect(list(&bench, root, "nothing", flags: .restartScans)?.status == .noMoreFiles)
        #expect(list(&bench, root, "nothing", flags: .reopen)?.status == .noSuchFile)
        let file = try bench.open("b.txt")
        #expect(list(&bench, file)?.status == .invalidParameter)
        #expect(list(&bench, root, information: 99)?.status == .invalidInfoClass)
        let blind = try bench.open("", access: .readAttributes)
        #expect(list(&bench, blind)?.status == .accessDenied)
    }

    @Test(arguments: [UInt8(1), 2, 3, 12, 37, 38])
    func `every class has its names where it should`(information: UInt8) throws {
        var bench = FileBench([FilePlan(path: "hello", size: 5)])
        let root = try bench.open("")
        let answer = list(&bench, root, "hello", information: information)
        let bytes = answer?.bytes ?? []
        let start = [1: 64, 2: 68, 3: 94, 12: 12, 37: 104, 38: 80][information] ?? 0
        #expect(bytes.count == start + 10)
        var reader = ByteReader(bytes)
        try reader.seek(to: start)
        #expect(try reader.utf16(byteCount: 10) == "hello")
        if information != 12 {
            try reader.seek(to: 40)
            #expect(try reader.uint64() == 5)
        }
    }
}
