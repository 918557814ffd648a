import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct LockTests {
    private func element(
        _ offset: UInt64,
        _ length: UInt64,
        _ flags: LockElement.Flags
    ) -> LockElement {
        LockElement(offset: offset, length: length, flags: flags)
    }

    private let exclusive: LockElement.Flags = [.exclusive, .failImmediately]
    private let shared: LockElement.Flags = [.shared, .failImmediately]

    private func bench() throws -> (FileBench, FileID, FileID) {
        var bench = FileBench([FilePlan(path: "f", size: 100)])
        let first = try bench.open("f")
        let second = try bench.open("f", by: FileBench.bob)
        return (bench, first, second)
    }

    @Test func `an exclusive lock keeps others out, also from reading and writing`() throws {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(first, [element(10, 10, exclusive)]) } == .success)
        #expect(bench.status { $0.lock(second, [element(19, 1, shared)]) } == .lockNotGranted)
        #expect(bench.status { $0.lock(second, [element(20, 1, shared)]) } == .success)
        #expect(bench.read(1, at: 15, from: second)?.status == .fileLockConflict)
        #expect(bench.write([1], at: 15, to: second) == .fileLockConflict)
        #expect(bench.bytes(0, at: 15, from: second) == [])
        #expect(bench.read(1, at: 15, from: first)?.status == .success)
        #expect(bench.write([1], at: 15, to: first) == .success)
    }

    @Test func `a shared lock lets everybody read and nobody write`() throws {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(first, [element(0, 10, shared)]) } == .success)
        #expect(bench.status { $0.lock(second, [element(5, 10, shared)]) } == .success)
        #expect(bench.read(1, at: 7, from: second)?.status == .success)
        #expect(bench.write([1], at: 2, to: first) == .fileLockConflict)
        #expect(bench.write([1], at: 2, to: second) == .fileLockConflict)
        #expect(bench.status { $0.lock(second, [element(0, 1, exclusive)]) } == .lockNotGranted)
    }

    @Test func `an open may lay a shared lock over its exclusive one, and takes that off first`()
        throws
    {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(first, [element(10, 10, exclusive)]) } == .success)
        #expect(bench.status { $0.lock(first, [element(10, 10, exclusive)]) } == .lockNotGranted)
        #expect(bench.status { $0.lock(first, [element(10, 10, shared)]) } == .success)
        #expect(bench.status { $0.lock(second, [element(5, 10, shared)]) } == .lockNotGranted)
        #expect(bench.status { $0.lock(first, [element(10, 10, .unlock)]) } == .success)
        #expect(bench.status { $0.lock(second, [element(5, 10, shared)]) } == .success)
        #expect(bench.status { $0.lock(first, [element(10, 10, .unlock)]) } == .success)
        #expect(bench.status { $0.lock(first, [element(10, 10, .unlock)]) } == .rangeNotLocked)
    }

    @Test(
        arguments: [
            (UInt64(10), UInt64(0), true), (9, 1, true), (10, 1, true), (11, 1, true),
            (9, 2, false), (10, 2, true), (9, 3, false),
        ]
    )
    func `an empty range meets only what it lies within`(
        offset: UInt64,
        length: UInt64,
        fits: Bool
    ) throws {
        for swapped in [false, true] {
            var (bench, first, second) = try bench()
            let ranges = [element(10, 0, exclusive), element(offset, length, exclusive)]
            let one = swapped ? ranges[1] : ranges[0]
            let other = swapped ? ranges[0] : ranges[1]
            #expect(bench.status { $0.lock(first, [one]) } == .success)
            #expect(
                bench.status { $0.lock(second, [other]) } == (fits ? .success : .lockNotGranted)
            )
        }
    }

    @Test func `the end of the number line is the end of ranges`() throws {
        var (bench, first, _) = try bench()
        #expect(bench.status { $0.lock(first, [element(.max, 0, exclusive)]) } == .success)
        #expect(bench.status { $0.lock(first, [element(.max, 1, exclusive)]) } == .success)
        #expect(
            bench.status { $0.lock(first, [element(.max, 2, exclusive)]) } == .invalidLockRange
        )
        #expect(bench.status { $0.lock(first, [element(0, .max, shared)]) } == .success)
    }

    @Test func `several ranges are had together or not at all`() throws {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(second, [element(50, 1, exclusive)]) } == .success)
        let both = [element(0, 10, exclusive), element(50, 10, exclusive)]
        #expect(bench.status { $0.lock(first, both) } == .lockNotGranted)
        #expect(bench.status { $0.lock(second, [element(0, 10, exclusive)]) } == .success)
        let patient = [element(60, 1, .exclusive), element(70, 1, .exclusive)]
        #expect(bench.status { $0.lock(first, patient) } == .invalidParameter)
    }

    @Test func `locks and unlocks do not mix, but what came first was done`() throws {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(first, [element(0, 10, exclusive)]) } == .success)
        let unlockFirst = [element(0, 10, .unlock), element(20, 1, exclusive)]
        #expect(bench.status { $0.lock(first, unlockFirst) } == .invalidParameter)
        #expect(bench.status { $0.lock(second, [element(0, 10, exclusive)]) } == .success)
        let lockFirst = [element(30, 1, exclusive), element(0, 10, .unlock)]
        #expect(bench.status { $0.lock(second, lockFirst) } == .invalidParameter)
        #expect(bench.status { $0.lock(first, [element(30, 1, exclusive)]) } == .success)
        let odd = element(0, 10, [.unlock, .shared])
        #expect(bench.status { $0.lock(second, [odd]) } == .invalidParameter)
        #expect(bench.status { $0.lock(second, []) } == .invalidParameter)
    }

    @Test func `who waits is granted in the order of coming`() throws {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(first, [element(0, 10, exclusive)]) } == .success)
        let one = bench.lock(second, [element(0, 5, .exclusive)])
        let two = bench.lock(second, [element(0, 6, .exclusive)])
        let three = bench.lock(second, [element(6, 4, .shared)])
        #expect([one, two, three].allSatisfy { bench.isPending($0) })
        _ = bench.take()
        let unlock = bench.lock(first, [element(0, 10, .unlock)])
        #expect(
            bench.take() == [
                .answered(unlock, .success, .nothing), .answered(one, .success, .nothing),
                .answered(three, .success, .nothing),
            ]
        )
        let next = bench.lock(second, [element(0, 5, .unlock)])
        #expect(
            bench.take() == [
                .answered(next, .success, .nothing), .answered(two, .success, .nothing),
            ]
        )
    }

    @Test func `a wait shows who is in its way`() throws {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(first, [element(0, 10, exclusive)]) } == .success)
        bench.pass(.seconds(2))
        let ticket = bench.lock(second, [element(5, 10, .exclusive)])
        let cause = FileWait.Cause.range(
            path: #"data\f"#,
            offset: 5,
            length: 10,
            holders: [FileBench.alice]
        )
        #expect(
            bench.files.waits == [FileWait(ticket: ticket, since: bench.now, cause: cause)]
        )
    }

    @Test func `a waiting lock ends by cancel, by its close, and by the holder's close`() throws {
        var (bench, first, second) = try bench()
        #expect(bench.status { $0.lock(first, [element(0, 10, exclusive)]) } == .success)
        let cancelled = bench.lock(second, [element(0, 10, .exclusive)])
        bench.files.cancel(cancelled, at: bench.now, into: &bench.effects)
        #expect(bench.answer(cancelled)?.status == .cancelled)
        let third = try bench.open("f")
        let closed = bench.lock(third, [element(0, 10, .exclusive)])
        _ = bench.close(third)
        #expect(bench.answer(closed)?.status == .rangeNotLocked)
        let granted = bench.lock(second, [element(0, 10, .exclusive)])
        _ = bench.close(first)
        #expect(bench.answer(granted)?.status == .success)
        #expect(bench.files.waits.isEmpty)
    }

    @Test(arguments: UInt64(0)..<50)
    func `any locks agree with a model that knows bytes only`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var bench = FileBench([FilePlan(path: "f", size: 20)])
        let files = try (0..<3).map { _ in try bench.open("f") }
        var model = ByteLocks()
        for _ in 0..<150 {
            let who = Int.random(in: 0..<3, using: &dice)
            let offset = Int.random(in: 0..<12, using: &dice)
            let length = Int.random(in: 1...6, using: &dice)
            switch Int.random(in: 0..<6, using: &dice) {
            case 0, 1, 2:
                let isExclusive = Bool.random(using: &dice)
                let expected = model.lock(who, offset, length, isExclusive)
                let range = element(
                    UInt64(offset),
                    UInt64(length),
                    isExclusive ? exclusive : shared
                )
                let status = bench.status { $0.lock(files[who], [range]) }
                #expect(status == (expected ? .success : .lockNotGranted), "seed \(seed)")
            case 3:
                let range = element(UInt64(offset), UInt64(length), .unlock)
                let status = bench.status { $0.lock(files[who], [range]) }
                let expected = model.unlock(who, offset, length)
                #expect(status == (expected ? .success : .rangeNotLocked), "seed \(seed)")
            case 4:
                let status = bench.read(UInt32(length), at: UInt64(offset), from: files[who])
                let mayRead = model.mayRead(who, offset, length)
                #expect(status?.status == (mayRead ? .success : .fileLockConflict))
            default:
                let data = Array(repeating: UInt8(0), count: length)
                let status = bench.write(data, at: UInt64(offset), to: files[who])
                let mayWrite = model.mayWrite(who, offset, length)
                #expect(status == (mayWrite ? .success : .fileLockConflict))
            }
            _ = bench.take()
        }
    }
}

/// Who has which byte: the naive picture of byte-range locks.
private struct ByteLocks {
    private struct Lock: Equatable {
        var who: Int
        var bytes: [Int]
        var isExclusive: Bool
    }

    private var locks: [Lock] = []

    private func meeting(_ offset: Int, _ length: Int) -> [Lock] {
        let bytes = Array(offset..<offset + length)
        return locks.filter { lock in lock.bytes.contains { bytes.contains($0) } }
    }

    mutating func lock(_ who: Int, _ offset: Int, _ length: Int, _ isExclusive: Bool) -> Bool {
        let free = meeting(offset, length).allSatisfy { lock in
            isExclusive ? false : !lock.isExclusive || lock.who == who
        }
        let bytes = Array(offset..<offset + length)
        if free { locks.append(Lock(who: who, bytes: bytes, isExclusive: isExclusive)) }
        return free
    }

    mutating func unlock(_ who: Int, _ offset: Int, _ length: Int) -> Bool {
        let bytes = Array(offset..<offset + length)
        for isExclusive in [true, false] {
            let wanted = Lock(who: who, bytes: bytes, isExclusive: isExclusive)
            if let index = locks.firstIndex(of: wanted) {
                locks.remove(at: index)
                return true
            }
        }
        return false
    }

    func mayRead(_ who: Int, _ offset: Int, _ length: Int) -> Bool {
        meeting(offset, length).allSatisfy { !$0.isExclusive || $0.who == who }
    }

    func mayWrite(_ who: Int, _ offset: Int, _ length: Int) -> Bool {
        meeting(offset, length).allSatisfy { $0.isExclusive && $0.who == who }
    }
}
