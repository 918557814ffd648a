import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct NotifyTests {
    private struct Change: Equatable {
        var action: UInt32
        var name: String
    }

    private func changes(_ answer: FileAnswer?) throws -> [Change] {
        guard case .buffer(let bytes) = answer else { return [] }
        var found: [Change] = []
        var start = 0
        while start < bytes.count {
            var reader = ByteReader(bytes, in: start..<bytes.count)
            let next = Int(try reader.uint32())
            let action = try reader.uint32()
            let name = try reader.utf16(byteCount: Int(try reader.uint32()))
            found.append(Change(action: action, name: name))
            guard next > 0 else { break }
            start += next
        }
        return found
    }

    @Test func `a watch is answered by the first change of its kind`() throws {
        var bench = FileBench()
        let root = try bench.open("")
        let ticket = bench.watch(root, .directoryName)
        #expect(bench.isPending(ticket))
        #expect(bench.files.waits.map(\.cause) == [.change(path: "data")])
        _ = try bench.open("file")
        #expect(bench.isPending(ticket))
        _ = try bench.open("dir", options: .directoryFile)
        #expect(bench.answer(ticket)?.status == .success)
        #expect(try changes(bench.answer(ticket)?.answer) == [Change(action: 1, name: "dir")])
    }

    @Test func `what happens between two requests is kept for the next`() throws {
        var bench = FileBench()
        let root = try bench.open("")
        _ = bench.watch(root, [.fileName, .size])
        let file = try bench.open("a", options: .deleteOnClose)
        #expect(bench.write([1], at: 0, to: file) == .success)
        _ = bench.close(file)
        let ticket = bench.watch(root)
        #expect(
            try changes(bench.answer(ticket)?.answer) == [
                Change(action: 3, name: "a"), Change(action: 2, name: "a"),
            ]
        )
    }

    @Test func `a rename is one report of two names`() throws {
        var bench = FileBench([FilePlan(path: #"d\a"#, size: 0)])
        let root = try bench.open("")
        let file = try bench.open(#"d\a"#)
        let shallow = bench.watch(root)
        let deep = bench.watch(try bench.open(""), isDeep: true)
        #expect(bench.status { $0.set(file, 10, renameBuffer(#"d\b"#)) } == .success)
        #expect(bench.isPending(shallow))
        #expect(
            try changes(bench.answer(deep)?.answer) == [
                Change(action: 4, name: #"d\a"#), Change(action: 5, name: #"d\b"#),
            ]
        )
    }

    @Test func `a renamed file has changed as well, a renamed directory has not`() throws {
        var bench = FileBench([FilePlan(path: "a", size: 0), FilePlan(path: #"d\x"#, size: 0)])
        let root = try bench.open("", access: .readData)
        let ticket = bench.watch(root, .attributes)
        let directory = try bench.open("d")
        #expect(bench.status { $0.set(directory, 10, renameBuffer("e")) } == .success)
        #expect(bench.isPending(ticket))
        let file = try bench.open("a")
        #expect(bench.status { $0.set(file, 10, renameBuffer("b")) } == .success)
        #expect(try changes(bench.answer(ticket)?.answer) == [Change(action: 3, name: "b")])
    }

    @Test func `what does not fit is not told, only that there was something`() throws {
        var bench = FileBench()
        let root = try bench.open("")
        let small = bench.watch(root, limit: 12)
        _ = try bench.open("a")
        #expect(bench.answer(small)?.status == .notifyEnumDir)
        #expect(bench.answer(small)?.answer == .buffer([]))
        // The buffer of the first request is also what may gather meanwhile.
        _ = try bench.open("b")
        let next = bench.watch(root)
        #expect(bench.answer(next)?.status == .notifyEnumDir)
        let last = bench.watch(root)
        #expect(bench.isPending(last))
    }

    @Test func `a watch ends with its open, by cancel, or with its directory`() throws {
        var bench = FileBench()
        let directory = try bench.open("d", options: .directoryFile)
        let cleanup = bench.watch(directory)
        let close = bench.close(directory)
        #expect(
            bench.effects.suffix(2) == [
                .answered(cleanup, .notifyCleanup, .nothing),
                .answered(close, .success, .closed(CloseResponse(facts: nil))),
            ]
        )
        let again = try bench.open("d")
        let cancelled = bench.watch(again)
        bench.files.cancel(cancelled, at: bench.now, into: &bench.effects)
        #expect(bench.answer(cancelled)?.status == .cancelled)
        let deleted = bench.watch(again)
        let deleter = try bench.open("d", options: .deleteOnClose)
        _ = bench.close(deleter)
        #expect(bench.answer(deleted)?.status == .deletePending)
        #expect(bench.status { $0.watch(again) } == .deletePending)
    }

    @Test func `only directories that one may list are watched`() throws {
        var bench = FileBench()
        let file = try bench.open("f")
        #expect(bench.status { $0.watch(file) } == .invalidParameter)
        let blind = try bench.open("", access: .readAttributes)
        #expect(bench.status { $0.watch(blind) } == .accessDenied)
    }
}
