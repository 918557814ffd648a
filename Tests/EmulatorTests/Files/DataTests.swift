import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct DataTests {
    @Test func `a planned file has the bytes of its seed`() throws {
        var bench = FileBench([FilePlan(path: #"dir\a.bin"#, size: 100_000, seed: 7)])
        let file = try bench.open(#"DIR\A.BIN"#)
        let all = FilePlan.bytes(of: 7, in: 0..<100_000)
        #expect(bench.bytes(200_000, at: 0, from: file) == all)
        #expect(bench.bytes(11, at: 65_531, from: file) == Array(all[65_531..<65_542]))
        var words = SplitMix64(seed: 7)
        let first = words.next()
        #expect(all.prefix(8).enumerated().allSatisfy { $1 == UInt8(first >> ($0 * 8) & 0xFF) })
    }

    @Test func `what is read is what was written, and zeros between`() throws {
        var bench = FileBench()
        let file = try bench.open("a.txt")
        #expect(bench.write([1, 2, 3], at: 70_000, to: file) == .success)
        #expect(bench.bytes(5, at: 69_999, from: file) == [0, 1, 2, 3])
        #expect(bench.bytes(4, at: 0, from: file) == [0, 0, 0, 0])
        #expect(bench.read(1, at: 70_003, from: file)?.status == .endOfFile)
        #expect(bench.bytes(0, at: 90_000, from: file) == [])
    }

    @Test func `a write far out takes no memory for what lies before it`() throws {
        var bench = FileBench()
        let file = try bench.open("sparse")
        let far = UInt64(1) << 38
        #expect(bench.write([9], at: far, to: file) == .success)
        #expect(bench.bytes(2, at: far - 1, from: file) == [0, 9])
        #expect(bench.write([9], at: 1 << 40, to: file) == .diskFull)
        #expect(bench.write([9], at: 0xFFF_FFFF_0000, to: file) == .invalidParameter)
        #expect(bench.write([], at: UInt64(Int64.max), to: file) == .success)
        #expect(bench.write([], at: 1 << 63, to: file) == .invalidParameter)
        #expect(bench.read(1, at: UInt64(Int64.max) - 1, from: file)?.status == .endOfFile)
        #expect(bench.read(1, at: UInt64(Int64.max), from: file)?.status == .invalidParameter)
    }

    @Test func `reading and writing need their access`() throws {
        var bench = FileBench([FilePlan(path: "a", size: 4)])
        let reader = try bench.open("a", access: .readData)
        let writer = try bench.open("a", access: .writeData)
        let appender = try bench.open("a", access: .appendData)
        #expect(bench.write([1], at: 0, to: reader) == .accessDenied)
        #expect(bench.read(1, at: 0, from: writer)?.status == .accessDenied)
        #expect(bench.write([1], at: 0, to: appender) == .accessDenied)
        #expect(bench.write([1], at: 4, to: appender) == .success)
        let directory = try bench.open("d", options: .directoryFile)
        #expect(bench.read(1, at: 0, from: directory)?.status == .invalidDeviceRequest)
    }

    @Test func `a closed open is closed for everything`() throws {
        var bench = FileBench()
        let file = try bench.open("a")
        #expect(bench.status { $0.close(file) } == .success)
        #expect(bench.write([1], at: 0, to: file) == .fileClosed)
        #expect(bench.read(1, at: 0, from: file)?.status == .fileClosed)
        #expect(bench.status { $0.close(file) } == .fileClosed)
        let owner = FileBench.alice
        #expect(!bench.files.isOpen(file, session: owner.session, tree: owner.tree))
        let next = try bench.open("a")
        #expect(next != file)
        #expect(bench.files.isOpen(next, session: owner.session, tree: owner.tree))
        #expect(!bench.files.isOpen(next, session: FileBench.bob.session, tree: owner.tree))
    }

    @Test func `a close may tell what became of the file`() throws {
        var bench = FileBench()
        let file = try bench.open("a")
        #expect(bench.write([1, 2], at: 0, to: file) == .success)
        let ticket = bench.close(file, queriesAttributes: true)
        guard case .closed(let response) = bench.answer(ticket)?.answer else {
            Issue.record("no response")
            return
        }
        #expect(response.facts?.endOfFile == 2)
        #expect(response.facts?.allocationSize == 4_096)
        #expect(response.facts?.attributes == .archive)
    }

    @Test(arguments: UInt64(0)..<16) func `any reads and writes agree with a plain array`(
        seed: UInt64
    ) throws {
        var dice = SplitMix64(seed: seed)
        let size = Int.random(in: 0...200_000, using: &dice)
        var bench = FileBench([FilePlan(path: "f", size: size, seed: seed)])
        var model = FilePlan.bytes(of: seed, in: 0..<UInt64(size))
        let file = try bench.open("f")
        for _ in 0..<40 {
            let offset = Int.random(in: 0...200_000, using: &dice)
            let count = Int.random(in: 1...100_000, using: &dice)
            switch Int.random(in: 0..<5, using: &dice) {
            case 0, 1:
                let byte = UInt8.random(in: 0...255, using: &dice)
                let data = Array(repeating: byte, count: count)
                #expect(bench.write(data, at: UInt64(offset), to: file) == .success)
                if model.count < offset + count {
                    model += Array(repeating: 0, count: offset + count - model.count)
                }
                model.replaceSubrange(offset..<offset + count, with: data)
            case 2:
                var writer = ByteWriter()
                writer.uint64(UInt64(offset))
                #expect(bench.status { $0.set(file, 20, writer.bytes) } == .success)
                if offset < model.count {
                    model.removeSubrange(offset...)
                } else {
                    model += Array(repeating: 0, count: offset - model.count)
                }
            default:
                let expected =
                    offset < model.count
                    ? Array(model[offset..<min(model.count, offset + count)]) : nil
                let found = bench.bytes(UInt32(count), at: UInt64(offset), from: file)
                #expect(found == expected, "seed \(seed)")
            }
            _ = bench.take()
        }
    }
}
