import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct CreateTests {
    private static let planned = [FilePlan(path: #"dir\a.txt"#, size: 10)]

    @Test func `what is not there is told apart from where it would be`() {
        var bench = FileBench(Self.planned)
        #expect(bench.status(opening: "missing") == .objectNameNotFound)
        #expect(bench.status(opening: #"missing\a.txt"#) == .objectPathNotFound)
        #expect(bench.status(opening: #"dir\a.txt\b"#) == .objectPathNotFound)
        #expect(bench.status(opening: #"DIR\A.TXT"#) == .success)
    }

    @Test(arguments: ["a*", "a?", "a:b:c", "a|b", #"dir\\a"#, ".", "a\u{1}"])
    func `names that cannot be are refused`(name: String) {
        var bench = FileBench()
        #expect(bench.status(opening: name, disposition: .create) == .objectNameInvalid)
    }

    @Test func `two dots lead upwards, but not out of the share`() {
        var bench = FileBench(Self.planned)
        #expect(bench.status(opening: #"dir\..\dir\a.txt"#) == .success)
        #expect(bench.status(opening: #"dir\..\.."#) == .objectPathSyntaxBad)
    }

    @Test func `there are no earlier versions`() {
        var bench = FileBench(Self.planned)
        let earlier = CreateContext.other(
            name: Array("TWrp".utf8),
            data: Array(repeating: 0, count: 8)
        )
        let strange = CreateContext.other(name: Array("Abcd".utf8), data: [])
        #expect(bench.status { $0.create("dir", contexts: [earlier]) } == .objectNameNotFound)
        #expect(bench.status { $0.create("dir", contexts: [strange]) } == .success)
    }

    @Test func `a leading backslash is no name of a share`() {
        var bench = FileBench(Self.planned)
        #expect(bench.status(opening: #"\dir"#) == .invalidParameter)
    }

    @Test(
        arguments: [
            (CreateDisposition.supersede, UInt32(0), true), (.open, 1, true), (.openIf, 1, true),
            (.overwrite, 3, true), (.overwriteIf, 3, true), (.create, 0, false),
        ]
    )
    func `each disposition does its own to a file that is there`(
        disposition: CreateDisposition,
        action: UInt32,
        succeeds: Bool
    ) throws {
        var bench = FileBench(Self.planned)
        let ticket = bench.create(#"dir\a.txt"#, disposition: disposition)
        guard succeeds else {
            #expect(bench.answer(ticket)?.status == .objectNameCollision)
            return
        }
        let response = try bench.created(ticket)
        #expect(response.action == action)
        #expect(response.facts.endOfFile == (action == 1 ? 10 : 0))
    }

    @Test(
        arguments: [
            (CreateDisposition.supersede, true), (.open, false), (.openIf, true),
            (.overwrite, false), (.overwriteIf, true), (.create, true),
        ]
    )
    func `each disposition does its own where nothing is`(
        disposition: CreateDisposition,
        creates: Bool
    ) throws {
        var bench = FileBench()
        let ticket = bench.create("new", disposition: disposition)
        guard creates else {
            #expect(bench.answer(ticket)?.status == .objectNameNotFound)
            return
        }
        let response = try bench.created(ticket)
        #expect(response.action == 2)
        #expect(response.facts.attributes == .archive)
    }

    @Test func `directories and files are not taken for each other`() {
        var bench = FileBench(Self.planned)
        #expect(bench.status(opening: "dir", options: .nonDirectoryFile) == .fileIsADirectory)
        #expect(bench.status(opening: #"dir\a.txt"#, options: .directoryFile) == .notADirectory)
        let both: CreateOptions = [.directoryFile, .nonDirectoryFile]
        #expect(bench.status(opening: "dir", options: both) == .invalidParameter)
        #expect(
            bench.status(opening: "dir", disposition: .overwriteIf, options: .directoryFile)
                == .invalidParameter
        )
        #expect(bench.status(opening: "dir", options: .directoryFile) == .success)
    }

    @Test func `a read-only share lets nothing be written`() {
        var bench = FileBench(Self.planned, isReadOnly: true)
        #expect(bench.status(opening: #"dir\a.txt"#) == .success)
        #expect(bench.status(opening: #"dir\a.txt"#, access: .writeData) == .accessDenied)
        #expect(bench.status(opening: #"dir\a.txt"#, access: .genericAll) == .accessDenied)
        #expect(bench.status(opening: #"dir\a.txt"#, access: .maximumAllowed) == .success)
        #expect(bench.status(opening: "new", disposition: .openIf) == .accessDenied)
        #expect(bench.status(opening: #"dir\a.txt"#, disposition: .overwrite) == .accessDenied)
    }

    @Test func `a read-only file is neither written nor deleted`() throws {
        var bench = FileBench()
        let create = bench.create("a", disposition: .create, attributes: .readOnly)
        let first = try bench.created(create).fileID
        #expect(bench.write([1], at: 0, to: first) == .success)
        #expect(bench.status(opening: "a", access: .writeData) == .accessDenied)
        #expect(bench.status(opening: "a", disposition: .overwrite) == .accessDenied)
        #expect(
            bench.status(opening: "a", access: [.readData, .delete], options: .deleteOnClose)
                == .cannotDelete
        )
    }

    @Test func `generic bits become what they mean`() throws {
        var bench = FileBench(Self.planned)
        let ticket = bench.create(
            #"dir\a.txt"#,
            access: .genericRead,
            contexts: [.queryMaximalAccess, .queryOnDiskID]
        )
        let response = try bench.created(ticket)
        #expect(bench.query(response.fileID, 8)?.bytes == [0x89, 0, 0x12, 0])
        let all = AccessMask(rawValue: 0x1F_01FF)
        #expect(response.contexts.first == .maximalAccess(status: .success, access: all))
        guard case .onDiskID(let file, _) = response.contexts.last else {
            Issue.record("no QFid")
            return
        }
        var reader = ByteReader(bench.query(response.fileID, 6)?.bytes ?? [])
        #expect(try reader.uint64() == file)
    }

    @Test func `share modes are checked both ways`() throws {
        var bench = FileBench(Self.planned)
        let name = #"dir\a.txt"#
        let reader = try bench.open(name, access: .readData, share: .read)
        #expect(bench.status(opening: name, access: .writeData) == .sharingViolation)
        #expect(bench.status(opening: name, share: .write) == .sharingViolation)
        #expect(bench.status(opening: name, access: .delete) == .sharingViolation)
        #expect(bench.status(opening: name, share: .read) == .success)
        #expect(bench.status(opening: name, access: .readAttributes, share: []) == .success)
        _ = bench.close(reader)
    }

    @Test func `the last close deletes, and until then nobody opens it`() throws {
        var bench = FileBench(Self.planned)
        let name = #"dir\a.txt"#
        let first = try bench.open(name, options: .deleteOnClose)
        let second = try bench.open(name)
        _ = bench.close(first)
        #expect(bench.status(opening: name) == .deletePending)
        _ = bench.close(second)
        #expect(bench.status(opening: name) == .objectNameNotFound)
        #expect(bench.status(opening: "dir", access: .readData) == .success)
        #expect(
            bench.status(opening: "dir", access: .readData, options: .deleteOnClose)
                == .invalidParameter
        )
    }

    @Test func `the reserved size shows until the file is longer`() throws {
        var bench = FileBench()
        let ticket = bench.create("a", contexts: [.allocationSize(10_000)])
        let response = try bench.created(ticket)
        #expect(response.facts.allocationSize == 12_288)
        #expect(response.facts.endOfFile == 0)
    }
}
