import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct LeaseTests {
    private static let none = LeaseState()
    private static let h: LeaseState = .handleCaching
    private static let w: LeaseState = .writeCaching
    private static let hw: LeaseState = [.handleCaching, .writeCaching]
    private static let r: LeaseState = .readCaching
    private static let rh: LeaseState = [.readCaching, .handleCaching]
    private static let rw: LeaseState = [.readCaching, .writeCaching]
    private static let rwh: LeaseState = [.readCaching, .writeCaching, .handleCaching]
    private static let one = GUID(high: 1, low: 1)
    private static let two = GUID(high: 2, low: 2)

    private func lease(_ key: GUID, _ state: LeaseState, epoch: UInt16? = nil) -> Lease {
        Lease(
            key: key,
            state: state,
            version2: epoch.map { Lease.Version2(parentKey: nil, epoch: $0) }
        )
    }

    private func granted(_ response: CreateResponse) -> Lease? {
        for case .lease(let lease) in response.contexts { return lease }
        return nil
    }

    private func breaks(_ effects: [FileEffect]) -> [OplockBreak] {
        effects.compactMap { if case .broke(_, let message) = $0 { message } else { nil } }
    }

    private func notification(
        _ key: GUID,
        _ old: LeaseState,
        _ new: LeaseState,
        epoch: UInt16 = 0
    ) -> OplockBreak {
        .leaseNotification(
            LeaseBreakNotification(
                newEpoch: epoch,
                requiresAcknowledgement: old != .readCaching,
                key: key,
                currentState: old,
                newState: new
            )
        )
    }

    @Test(
        arguments: [
            (none, none), (r, r), (h, none), (w, none), (rh, rh), (rw, rw),
            (hw, none), (rwh, rwh),
        ] as [(LeaseState, LeaseState)]
    )
    func `only states that exist are granted`(asked: LeaseState, expected: LeaseState) throws {
        var bench = FileBench()
        let response = try bench.createdAtOnce("f", lease: lease(Self.one, asked))
        #expect(response.oplockLevel == .lease)
        #expect(granted(response)?.state == expected)
    }

    @Test(
        arguments: [
            (r, r, r, r), (r, rh, r, rh), (r, rw, r, r), (r, rwh, r, rh),
            (rh, r, rh, r), (rh, rh, rh, rh), (rh, rw, rh, r), (rh, rwh, rh, rh),
            (rw, r, r, r), (rw, rh, r, rh), (rw, rw, r, r), (rw, rwh, r, rh),
            (rwh, r, rh, r), (rwh, rh, rh, rh), (rwh, rw, rh, r), (rwh, rwh, rh, rh),
        ] as [(LeaseState, LeaseState, LeaseState, LeaseState)]
    )
    func `another key breaks writing, and gets what is left`(
        held: LeaseState,
        asked: LeaseState,
        brokenTo: LeaseState,
        left: LeaseState
    ) throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, held))
        _ = bench.take()
        let ticket = bench.create("f", by: FileBench.bob, lease: lease(Self.two, asked))
        if held != brokenTo {
            #expect(breaks(bench.effects) == [notification(Self.one, held, brokenTo)])
            #expect(bench.isPending(ticket))
            let status = bench.acknowledge(.leaseAcknowledgement(key: Self.one, state: brokenTo))
            #expect(status == .success)
        } else {
            #expect(breaks(bench.effects).isEmpty)
        }
        #expect(granted(try bench.created(ticket))?.state == left)
        let again = try bench.createdAtOnce("f", lease: lease(Self.one, Self.rwh))
        #expect(granted(again)?.state == brokenTo)
    }

    @Test(
        arguments: [
            (r, r, none, r), (r, r, rw, r), (r, r, rh, rh), (r, r, rwh, r), (r, rh, rh, rh),
            (r, rh, rwh, r), (rh, r, rw, rh), (rh, rh, rwh, rh), (rh, rh, none, rh),
        ] as [(LeaseState, LeaseState, LeaseState, LeaseState)]
    )
    func `a lease grows only as a whole beside others`(
        first: LeaseState,
        second: LeaseState,
        asked: LeaseState,
        becomes: LeaseState
    ) throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, first))
        _ = try bench.open("f", lease: lease(Self.two, second))
        let response = try bench.createdAtOnce("f", lease: lease(Self.one, asked))
        #expect(granted(response)?.state == becomes)
        #expect(breaks(bench.effects).isEmpty)
    }

    @Test func `a key belongs to one file`() throws {
        var bench = FileBench([FilePlan(path: "g", size: 1)])
        _ = try bench.open("f", lease: lease(Self.one, Self.r))
        for name in ["g", "new"] {
            let ticket = bench.create(name, lease: lease(Self.one, Self.r))
            #expect(bench.answer(ticket)?.status == .invalidParameter)
        }
        #expect(bench.status(opening: "new") == .objectNameNotFound)
        // Another client may use the same key.
        let ticket = bench.create("g", by: FileBench.bob, lease: lease(Self.one, Self.r))
        #expect(bench.answer(ticket)?.status == .success)
    }

    @Test func `the same key goes on while it breaks, and is told so`() throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, Self.rwh))
        let other = bench.create("f", by: FileBench.bob)
        let response = try bench.createdAtOnce("f", lease: lease(Self.one, Self.rwh))
        #expect(granted(response)?.isBreaking == true)
        #expect(granted(response)?.state == Self.rwh)
        #expect(bench.isPending(other))
    }

    @Test func `more asked while it breaks is taken step by step`() throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, Self.rwh, epoch: 0x10))
        let reader = bench.create("f", by: FileBench.bob)
        let truncater = bench.create("f", by: FileBench.bob, disposition: .overwrite)
        #expect(
            breaks(bench.take()) == [notification(Self.one, Self.rwh, Self.rh, epoch: 0x12)]
        )
        #expect(
            bench.acknowledge(.leaseAcknowledgement(key: Self.one, state: Self.rh)) == .success
        )
        #expect(breaks(bench.effects) == [notification(Self.one, Self.rh, Self.r, epoch: 0x12)])
        #expect(bench.answer(reader) == nil && bench.answer(truncater) == nil)
        _ = bench.take()
        #expect(
            bench.acknowledge(.leaseAcknowledgement(key: Self.one, state: Self.r)) == .success
        )
        #expect(breaks(bench.effects) == [notification(Self.one, Self.r, [], epoch: 0x12)])
        #expect(try bench.created(reader).action == 1)
        #expect(try bench.created(truncater).action == 3)
    }

    @Test func `an acknowledgement keeps no more than was offered`() throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, Self.rwh))
        let unasked = OplockBreak.leaseAcknowledgement(key: Self.one, state: Self.r)
        #expect(bench.acknowledge(unasked) == .unsuccessful)
        let truncater = bench.create("f", by: FileBench.bob, disposition: .overwrite)
        for state in [Self.rwh, Self.rw, Self.rh, Self.r] {
            let kept = OplockBreak.leaseAcknowledgement(key: Self.one, state: state)
            #expect(bench.acknowledge(kept) == .requestNotAccepted)
        }
        #expect(bench.isPending(truncater))
        let none = OplockBreak.leaseAcknowledgement(key: Self.one, state: [])
        #expect(bench.acknowledge(none, by: FileBench.bob) == .objectNameNotFound)
        #expect(bench.acknowledge(none) == .success)
        #expect(bench.answer(truncater)?.status == .success)
        #expect(bench.acknowledge(none) == .unsuccessful)
    }

    @Test func `without an acknowledgement the limit decides`() throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, Self.rwh))
        bench.pass(.seconds(1))
        let ticket = bench.create("f", by: FileBench.bob, lease: lease(Self.two, Self.rwh))
        let deadline = Instant.zero + .seconds(36)
        #expect(bench.files.nextDeadline == deadline)
        let cause = FileWait.Cause.breaks(
            path: #"data\f"#,
            owners: [FileBench.alice],
            deadline: deadline
        )
        #expect(bench.files.waits == [FileWait(ticket: ticket, since: bench.now, cause: cause)])
        bench.pass(.seconds(34))
        #expect(bench.isPending(ticket))
        bench.pass(.seconds(1))
        #expect(granted(try bench.created(ticket))?.state == Self.rh)
        let late = OplockBreak.leaseAcknowledgement(key: Self.one, state: Self.rh)
        #expect(bench.acknowledge(late) == .unsuccessful)
        let response = try bench.createdAtOnce("f", lease: lease(Self.one, []))
        #expect(granted(response)?.state == [])
        #expect(bench.files.nextDeadline == nil)
    }

    @Test func `a sharing conflict takes cached handles first`() throws {
        var bench = FileBench()
        let first = try bench.open("f", lease: lease(Self.one, Self.rwh))
        let ticket = bench.create("f", by: FileBench.bob, share: .read)
        #expect(breaks(bench.take()) == [notification(Self.one, Self.rwh, Self.rw)])
        let ack = OplockBreak.leaseAcknowledgement(key: Self.one, state: Self.rw)
        #expect(bench.acknowledge(ack) == .success)
        #expect(bench.answer(ticket)?.status == .sharingViolation)
        let second = bench.create("f", by: FileBench.bob, share: .read)
        #expect(bench.answer(second)?.status == .sharingViolation)
        _ = bench.close(first)
        #expect(bench.status(opening: "f", by: FileBench.bob, share: .read) == .success)
    }

    @Test func `a close gives the lease back as an acknowledgement does`() throws {
        var bench = FileBench()
        let first = try bench.open("f", lease: lease(Self.one, Self.rwh))
        let ticket = bench.create("f", by: FileBench.bob)
        #expect(bench.isPending(ticket))
        _ = bench.close(first)
        #expect(bench.answer(ticket)?.status == .success)
    }

    @Test func `writing takes reading from the others, and nobody waits for it`() throws {
        var bench = FileBench()
        let first = try bench.open("f", lease: lease(Self.one, Self.r))
        let second = try bench.open("f", lease: lease(Self.two, Self.rh))
        _ = bench.take()
        #expect(bench.write([1], at: 0, to: first) == .success)
        #expect(breaks(bench.take()) == [notification(Self.two, Self.rh, [])])
        #expect(bench.write([1], at: 0, to: second) == .success)
        #expect(breaks(bench.take()) == [notification(Self.one, Self.r, [])])
    }

    @Test func `a delete tells who caches a handle, and does not wait`() throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, Self.rh))
        let deleter = try bench.open("f", by: FileBench.bob, options: .deleteOnClose)
        #expect(breaks(bench.take()).isEmpty)
        #expect(bench.status { $0.close(deleter) } == .success)
        #expect(breaks(bench.take()) == [notification(Self.one, Self.rh, Self.r)])
        #expect(bench.status(opening: "f") == .deletePending)
    }

    @Test func `who has waited lets later breaks end as well`() throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, Self.rwh))
        let reader = bench.create("f", by: FileBench.bob)
        let truncater = bench.create("f", by: FileBench.bob, disposition: .overwrite)
        let ack = OplockBreak.leaseAcknowledgement(key: Self.one, state: Self.rh)
        #expect(bench.acknowledge(ack) == .success)
        // The same key comes and goes: that is no reason to go on.
        let same = try bench.open("f", lease: lease(Self.one, Self.rwh))
        _ = bench.close(same)
        #expect(bench.answer(reader) == nil && bench.answer(truncater) == nil)
    }

    @Test func `asking for attributes alone breaks nothing`() throws {
        var bench = FileBench()
        _ = try bench.open("f", lease: lease(Self.one, Self.rwh))
        _ = bench.take()
        let access: AccessMask = [.readAttributes, .synchronize, .readControl]
        _ = try bench.open("f", by: FileBench.bob, access: access)
        #expect(breaks(bench.effects).isEmpty)
    }

    @Test func `a directory lease ends with the next change but for its own key`() throws {
        var bench = FileBench()
        let directory = lease(Self.one, Self.rwh, epoch: 1)
        let ticket = bench.create("d", options: .directoryFile, lease: directory)
        #expect(granted(try bench.created(ticket))?.state == Self.rh)
        var child = lease(Self.two, Self.rwh, epoch: 1)
        child.version2?.parentKey = Self.one
        _ = try bench.open(#"d\own"#, lease: child)
        #expect(breaks(bench.take()).isEmpty)
        _ = try bench.open(#"d\other"#, by: FileBench.bob)
        #expect(breaks(bench.take()) == [notification(Self.one, Self.rh, [], epoch: 3)])
        let first = bench.create("e", options: .directoryFile, lease: lease(Self.two, Self.r))
        #expect(bench.answer(first)?.status == .invalidParameter)
    }
}

extension FileBench {
    mutating func createdAtOnce(_ name: String, lease: Lease) throws -> CreateResponse {
        let ticket = create(name, lease: lease)
        return try created(ticket)
    }
}
