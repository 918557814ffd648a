import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct SetInfoTests {
    private func number(_ value: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.uint64(value)
        return writer.bytes
    }

    @Test func `a file is renamed, also to its own name in other letters`() throws {
        var bench = FileBench([FilePlan(path: "a", size: 1), FilePlan(path: #"d\x"#, size: 1)])
        let file = try bench.open("a")
        #expect(bench.status { $0.set(file, 10, renameBuffer("A")) } == .success)
        #expect(bench.status { $0.set(file, 10, renameBuffer(#"d\b"#)) } == .success)
        #expect(bench.status(opening: "a") == .objectNameNotFound)
        #expect(bench.status(opening: #"d\b"#) == .success)
        #expect(bench.status { $0.set(file, 10, renameBuffer(#"no\b"#)) } == .objectPathNotFound)
        #expect(bench.status { $0.set(file, 10, renameBuffer("b*")) } == .objectNameInvalid)
        let weak = try bench.open(#"d\b"#, access: .readData)
        #expect(bench.status { $0.set(weak, 10, renameBuffer("c")) } == .accessDenied)
    }

    @Test func `a name that is taken is replaced only on request and only when free`() throws {
        var bench = FileBench([FilePlan(path: "a", size: 1), FilePlan(path: "b", size: 2)])
        let file = try bench.open("a")
        #expect(bench.status { $0.set(file, 10, renameBuffer("b")) } == .objectNameCollision)
        let other = try bench.open("b")
        let replacing = renameBuffer("b", replacing: true)
        #expect(bench.status { $0.set(file, 10, replacing) } == .accessDenied)
        _ = bench.close(other)
        #expect(bench.status { $0.set(file, 10, replacing) } == .success)
        let now = try bench.open("b")
        #expect(bench.bytes(9, at: 0, from: now)?.count == 1)
        _ = try bench.open("dir", options: .directoryFile)
        let directory = renameBuffer("dir", replacing: true)
        #expect(bench.status { $0.set(file, 10, directory) } == .accessDenied)
    }

    @Test func `a directory moves with what is in it, unless that is open`() throws {
        var bench = FileBench([FilePlan(path: #"d\a"#, size: 1)])
        let directory = try bench.open("d")
        let child = try bench.open(#"d\a"#)
        #expect(bench.status { $0.set(directory, 10, renameBuffer("e")) } == .accessDenied)
        _ = bench.close(child)
        #expect(bench.status { $0.set(directory, 10, renameBuffer(#"d\e"#)) } == .accessDenied)
        #expect(bench.status { $0.set(directory, 10, renameBuffer("e")) } == .success)
        #expect(bench.status(opening: #"e\a"#) == .success)
    }

    @Test func `nothing moves into a directory that somebody may delete`() throws {
        var bench = FileBench([FilePlan(path: #"d\x"#, size: 1), FilePlan(path: "a", size: 1)])
        let directory = try bench.open("d", access: .delete)
        let file = try bench.open("a")
        #expect(bench.status { $0.set(file, 10, renameBuffer(#"d\b"#)) } == .sharingViolation)
        _ = bench.close(directory)
        #expect(bench.status { $0.set(file, 10, renameBuffer(#"d\b"#)) } == .success)
    }

    @Test func `a rename waits for handles that others cache`() throws {
        var bench = FileBench()
        let file = try bench.open("a")
        let lease = Lease(
            key: GUID(high: 1, low: 1),
            state: [.readCaching, .handleCaching],
            version2: nil
        )
        _ = try bench.open("a", by: FileBench.bob, lease: lease)
        let ticket = bench.set(file, 10, renameBuffer("b"))
        #expect(bench.isPending(ticket))
        #expect(bench.status(opening: "b") == .objectNameNotFound)
        let ack = OplockBreak.leaseAcknowledgement(key: lease.key, state: .readCaching)
        #expect(bench.acknowledge(ack, by: FileBench.bob) == .success)
        #expect(bench.answer(ticket)?.status == .success)
        #expect(bench.status(opening: "b") == .success)
    }

    @Test func `what is to be deleted may be kept again`() throws {
        var bench = FileBench([FilePlan(path: #"d\a"#, size: 1)])
        let file = try bench.open(#"d\a"#)
        let directory = try bench.open("d")
        #expect(bench.status { $0.set(directory, 13, [1]) } == .directoryNotEmpty)
        #expect(bench.status { $0.set(file, 13, [1]) } == .success)
        #expect(bench.status(opening: #"d\a"#) == .deletePending)
        #expect(bench.query(file, 5)?.bytes[20] == 1)
        #expect(bench.status { $0.set(file, 13, [0]) } == .success)
        #expect(bench.status(opening: #"d\a"#) == .success)
        #expect(bench.status { $0.set(file, 64, [1, 0, 0, 0]) } == .success)
        #expect(bench.status(opening: #"d\a"#) == .deletePending)
    }

    @Test func `sizes follow what is set`() throws {
        var bench = FileBench([FilePlan(path: "a", size: 100, seed: 3)])
        let file = try bench.open("a")
        #expect(bench.status { $0.set(file, 20, number(10)) } == .success)
        #expect(bench.bytes(100, at: 0, from: file) == FilePlan.bytes(of: 3, in: 0..<10))
        #expect(bench.status { $0.set(file, 20, number(12)) } == .success)
        #expect(bench.bytes(9, at: 9, from: file)?.dropFirst() == [0, 0])
        #expect(bench.status { $0.set(file, 19, number(5_000)) } == .success)
        #expect(bench.query(file, 5)?.bytes.prefix(16).map { $0 } == number(8_192) + number(12))
        #expect(bench.status { $0.set(file, 19, number(4)) } == .success)
        #expect(bench.bytes(9, at: 0, from: file)?.count == 4)
        #expect(bench.status { $0.set(file, 20, number(1 << 63)) } == .invalidParameter)
        let reader = try bench.open("a", access: .readData)
        #expect(bench.status { $0.set(reader, 20, number(0)) } == .accessDenied)
        #expect(bench.status { $0.set(file, 20, [1]) } == .infoLengthMismatch)
        #expect(bench.status { $0.set(file, 200, [1]) } == .invalidInfoClass)
    }

    @Test func `times and attributes are kept as set, and zeros leave them`() throws {
        var bench = FileBench()
        let file = try bench.open("a")
        var writer = ByteWriter()
        for time in [UInt64(1_000), 0, 3_000, .max] { writer.uint64(time) }
        writer.uint32(FileAttributes.hidden.rawValue)
        writer.uint32(0)
        let before = bench.query(file, 4)?.bytes ?? []
        bench.pass(.seconds(1))
        #expect(bench.status { $0.set(file, 4, writer.bytes) } == .success)
        let after = bench.query(file, 4)?.bytes ?? []
        #expect(after.prefix(8).map { $0 } == number(1_000))
        #expect(after[8..<16] == before[8..<16])
        #expect(after[16..<24].map { $0 } == number(3_000))
        var reader = ByteReader(after)
        try reader.seek(to: 24)
        // -1 stopped the time of change for this open.
        #expect(try reader.uint64() == FileSystem.defaultEpoch)
        #expect(try reader.uint32() == FileAttributes.hidden.rawValue)
        #expect(bench.write([1], at: 0, to: file) == .success)
        #expect((bench.query(file, 4)?.bytes ?? [])[16..<32] == after[16..<32])
        let other = try bench.open("a")
        #expect(bench.write([1], at: 0, to: other) == .success)
        var moved = ByteReader(bench.query(file, 4)?.bytes ?? [])
        try moved.seek(to: 16)
        #expect(try moved.uint64() == FileSystem.defaultEpoch + 10_000_000)
    }
}
