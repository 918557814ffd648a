import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct OplockTests {
    private func breaks(_ effects: [FileEffect]) -> [OplockBreak] {
        effects.compactMap { if case .broke(_, let message) = $0 { message } else { nil } }
    }

    private func openWithOplock(
        _ bench: inout FileBench,
        _ level: OplockLevel,
        by owner: OpenOwner = FileBench.alice,
        access: AccessMask = [.readData, .writeData]
    ) throws -> (FileID, OplockLevel) {
        let ticket = bench.create("f", by: owner, access: access, oplock: level)
        let response = try bench.created(ticket)
        return (response.fileID, response.oplockLevel)
    }

    @Test(arguments: [OplockLevel.levelII, .exclusive, .batch])
    func `alone one gets what one asks for`(level: OplockLevel) throws {
        var bench = FileBench()
        #expect(try openWithOplock(&bench, level).1 == level)
        let directory = bench.create("d", options: .directoryFile, oplock: level)
        #expect(try bench.created(directory).oplockLevel == .none)
    }

    @Test(arguments: [OplockLevel.exclusive, .batch])
    func `a second open breaks to level II, and gets level II`(level: OplockLevel) throws {
        var bench = FileBench()
        let (file, _) = try openWithOplock(&bench, level)
        let ticket = bench.create("f", by: FileBench.bob, oplock: .batch)
        #expect(breaks(bench.effects) == [.oplock(level: .levelII, fileID: file)])
        #expect(bench.isPending(ticket))
        #expect(bench.acknowledge(.oplock(level: .levelII, fileID: file)) == .success)
        #expect(try bench.created(ticket).oplockLevel == .levelII)
        #expect(
            bench.acknowledge(.oplock(level: .levelII, fileID: file)) == .invalidOplockProtocol
        )
    }

    @Test func `beside an open without oplock no more than level II is had`() throws {
        var bench = FileBench()
        _ = try bench.open("f")
        #expect(try openWithOplock(&bench, .exclusive, by: FileBench.bob).1 == .levelII)
    }

    @Test func `overwriting breaks to none`() throws {
        var bench = FileBench()
        let (file, _) = try openWithOplock(&bench, .batch)
        let ticket = bench.create("f", by: FileBench.bob, disposition: .overwriteIf)
        #expect(breaks(bench.effects) == [.oplock(level: .none, fileID: file)])
        #expect(
            bench.acknowledge(.oplock(level: .levelII, fileID: file)) == .invalidOplockProtocol
        )
        #expect(bench.isPending(ticket))
        #expect(bench.acknowledge(.oplock(level: .none, fileID: file)) == .success)
        #expect(bench.answer(ticket)?.status == .success)
    }

    @Test func `a sharing conflict breaks a batch oplock, but no exclusive one`() throws {
        for level in [OplockLevel.batch, .exclusive] {
            var bench = FileBench()
            let ticket = bench.create("f", share: [], oplock: level)
            let file = try bench.created(ticket).fileID
            let other = bench.create("f", by: FileBench.bob)
            if level == .batch {
                #expect(breaks(bench.effects) == [.oplock(level: .levelII, fileID: file)])
                #expect(bench.isPending(other))
                _ = bench.close(file)
                #expect(bench.answer(other)?.status == .success)
            } else {
                #expect(breaks(bench.effects).isEmpty)
                #expect(bench.answer(other)?.status == .sharingViolation)
            }
        }
    }

    @Test func `a write or a lock ends level II for all, the writer included`() throws {
        for locks in [false, true] {
            var bench = FileBench()
            let (first, _) = try openWithOplock(&bench, .levelII)
            let (second, level) = try openWithOplock(&bench, .levelII, by: FileBench.bob)
            #expect(level == .levelII)
            _ = bench.take()
            if locks {
                let range = LockElement(offset: 0, length: 1, flags: .exclusive)
                #expect(bench.status { $0.lock(first, [range]) } == .success)
            } else {
                #expect(bench.write([1], at: 0, to: first) == .success)
            }
            #expect(
                breaks(bench.take()) == [
                    .oplock(level: .none, fileID: first), .oplock(level: .none, fileID: second),
                ]
            )
            #expect(bench.write([1], at: 9, to: second) == .success)
            #expect(breaks(bench.take()).isEmpty)
        }
    }

    @Test func `its own writes leave an exclusive oplock alone`() throws {
        var bench = FileBench()
        let (file, _) = try openWithOplock(&bench, .batch)
        _ = bench.take()
        #expect(bench.write([1], at: 0, to: file) == .success)
        #expect(breaks(bench.take()).isEmpty)
    }

    @Test(
        arguments: [
            (AccessMask.readAttributes, false), (.writeAttributes, false), (.synchronize, false),
            (.readControl, true), (.readData, true), (.delete, true), (.readEA, true),
        ]
    )
    func `what is asked for decides whether an oplock breaks`(
        access: AccessMask,
        does: Bool
    )
        throws
    {
        var bench = FileBench()
        _ = try openWithOplock(&bench, .batch)
        let ticket = bench.create("f", by: FileBench.bob, access: access)
        #expect(bench.isPending(ticket) == does)
        #expect(breaks(bench.effects).isEmpty == !does)
    }

    @Test func `an open for attributes gets nothing beside one that caches writes`() throws {
        var bench = FileBench()
        _ = try openWithOplock(&bench, .exclusive)
        let (_, level) = try openWithOplock(
            &bench,
            .exclusive,
            by: FileBench.bob,
            access: .readAttributes
        )
        #expect(level == .none)
        #expect(breaks(bench.effects).isEmpty)
    }

    @Test func `nobody waits for more than the limit`() throws {
        var bench = FileBench()
        let (file, _) = try openWithOplock(&bench, .batch)
        let ticket = bench.create("f", by: FileBench.bob)
        bench.pass(.seconds(35))
        #expect(bench.answer(ticket)?.status == .success)
        #expect(
            bench.acknowledge(.oplock(level: .levelII, fileID: file)) == .invalidOplockProtocol
        )
    }

    @Test func `a waiting open ends by cancel and by its connection`() throws {
        var bench = FileBench()
        _ = try openWithOplock(&bench, .batch)
        let first = bench.create("f", by: FileBench.bob)
        let second = bench.create("f", by: FileBench.bob)
        bench.files.cancel(first, at: bench.now, into: &bench.effects)
        #expect(bench.answer(first)?.status == .cancelled)
        bench.files.connectionLost(2, at: bench.now, into: &bench.effects)
        #expect(bench.answer(second)?.status == .cancelled)
        #expect(bench.files.waits.isEmpty)
        bench.pass(.seconds(40))
        #expect(bench.files.nextDeadline == nil)
    }

    @Test func `the holder's lost connection lets the others pass`() throws {
        var bench = FileBench()
        _ = try openWithOplock(&bench, .batch)
        let ticket = bench.create("f", by: FileBench.bob)
        bench.files.connectionLost(1, at: bench.now, into: &bench.effects)
        #expect(bench.answer(ticket)?.status == .success)
    }
}
