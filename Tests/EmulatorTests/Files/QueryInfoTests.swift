import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct QueryInfoTests {
    private static let fixed: [(UInt8, Int)] = [
        (4, 40), (5, 24), (6, 8), (7, 4), (8, 4), (14, 8), (16, 4), (17, 4), (28, 16), (34, 56),
        (35, 8),
    ]

    @Test(arguments: fixed) func `a class has its length, and less is a mismatch`(
        information: UInt8,
        count: Int
    ) throws {
        var bench = FileBench([FilePlan(path: #"d\a"#, size: 5)])
        let file = try bench.open(#"d\a"#)
        #expect(bench.query(file, information)?.bytes.count == count)
        let less = bench.query(file, information, limit: UInt32(count - 1))
        #expect(less?.status == .infoLengthMismatch)
    }

    @Test func `names are cut where the buffer ends`() throws {
        var bench = FileBench([FilePlan(path: #"d\abc"#, size: 5)])
        let file = try bench.open(#"d\abc"#)
        let whole = bench.query(file, 9)
        #expect(whole?.status == .success)
        var reader = ByteReader(whole?.bytes ?? [])
        #expect(try reader.uint32() == 12)
        #expect(try reader.utf16(byteCount: 12) == #"\d\abc"#)
        let cut = bench.query(file, 9, limit: 10)
        #expect(cut?.status == .bufferOverflow)
        #expect(cut?.bytes == whole?.bytes.prefix(10).map { $0 })
        #expect(bench.query(file, 18)?.bytes.count == 112)
        #expect(bench.query(file, 21)?.status == .objectNameNotFound)
        #expect(bench.query(file, 200)?.status == .invalidInfoClass)
    }

    @Test(arguments: [(UInt8(1), 26), (3, 24), (4, 8), (5, 20), (7, 32), (8, 64), (11, 28)])
    func `a volume tells of itself`(information: UInt8, count: Int) throws {
        var bench = FileBench()
        let root = try bench.open("")
        let answer = bench.query(root, information, of: .fileSystem)
        #expect(answer?.status == .success)
        #expect(answer?.bytes.count == count)
    }

    @Test func `too small a buffer for the descriptor is told what is needed`() throws {
        var bench = FileBench()
        let file = try bench.open("a", access: .genericAll)
        let whole = bench.query(file, 0, of: .security, additional: 7)
        #expect(whole?.status == .success)
        let small = bench.query(file, 0, of: .security, limit: 10, additional: 7)
        #expect(small?.status == .bufferTooSmall)
        #expect(small?.bytes.first.map { Int($0) } == whole?.bytes.count)
        let blind = try bench.open("a", access: .readData)
        #expect(bench.query(blind, 0, of: .security)?.status == .accessDenied)
        #expect(bench.query(blind, 4)?.status == .accessDenied)
    }
}
