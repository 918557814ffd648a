import Emulator
import Primitives
import SMBWire
import Testing

@Suite struct DurableTests {
    private static let key = GUID(high: 5, low: 5)
    private static let rh: LeaseState = [.readCaching, .handleCaching]
    private static let again = FileBench.owner(1, connection: 9)

    private func durable(
        _ bench: inout FileBench,
        oplock: OplockLevel = .batch,
        context: CreateContext = .durableRequest
    ) throws -> CreateResponse {
        let ticket = bench.create("f", oplock: oplock, contexts: [context])
        return try bench.created(ticket)
    }

    private func lose(_ bench: inout FileBench) {
        bench.files.connectionLost(1, at: bench.now, into: &bench.effects)
    }

    @Test func `only who caches handles is durable`() throws {
        var bench = FileBench()
        #expect(try durable(&bench).contexts == [.durableGranted])
        var other = FileBench()
        #expect(try durable(&other, oplock: .exclusive).contexts.isEmpty)
    }

    @Test func `a durable open is taken up again, with its locks`() throws {
        var bench = FileBench()
        let file = try durable(&bench).fileID
        let range = LockElement(offset: 0, length: 1, flags: [.exclusive, .failImmediately])
        #expect(bench.status { $0.lock(file, [range]) } == .success)
        lose(&bench)
        let owner = FileBench.alice
        #expect(!bench.files.isOpen(file, session: owner.session, tree: owner.tree))
        let ticket = bench.create("f", by: Self.again, contexts: [.durableReconnect(file)])
        let response = try bench.created(ticket)
        #expect(response.fileID == file)
        #expect(response.oplockLevel == .batch)
        #expect(bench.files.isOpen(file, session: owner.session, tree: owner.tree))
        #expect(bench.status { $0.lock(file, [range]) } == .lockNotGranted)
        #expect(bench.files.nextDeadline == nil)
    }

    @Test func `others and other keys do not take it up`() throws {
        var bench = FileBench()
        let guid = GUID(high: 1, low: 2)
        let request = CreateContext.durableRequestV2(
            timeoutMilliseconds: 10_000,
            flags: 0,
            createGUID: guid
        )
        let first = try durable(&bench, context: request)
        #expect(
            first.contexts == [.durableGrantedV2(timeoutMilliseconds: 10_000, flags: 0)]
        )
        lose(&bench)
        let right = CreateContext.durableReconnectV2(first.fileID, createGUID: guid, flags: 0)
        let wrong = CreateContext.durableReconnectV2(first.fileID, createGUID: .zero, flags: 0)
        let mallory = FileBench.owner(1, connection: 8, user: 7)
        let old = CreateContext.durableReconnect(first.fileID)
        for (owner, context, status) in [
            (Self.again, wrong, NTStatus.objectNameNotFound),
            (Self.again, old, .objectNameNotFound), (mallory, right, .accessDenied),
            (Self.again, right, .success), (Self.again, right, .objectNameNotFound),
        ] {
            let ticket = bench.create("f", by: owner, contexts: [context])
            #expect(bench.answer(ticket)?.status == status)
        }
        let both = bench.create("f", contexts: [.durableRequest, request])
        #expect(bench.answer(both)?.status == .invalidParameter)
    }

    @Test func `it waits no longer than its time`() throws {
        var bench = FileBench()
        let file = try durable(&bench).fileID
        lose(&bench)
        #expect(bench.files.nextDeadline == bench.now + .seconds(60))
        bench.pass(.seconds(60))
        let ticket = bench.create("f", by: Self.again, contexts: [.durableReconnect(file)])
        #expect(bench.answer(ticket)?.status == .objectNameNotFound)
        #expect(bench.files.nextDeadline == nil)
    }

    @Test func `whom it would hold up ends it`() throws {
        var bench = FileBench()
        let file = try durable(&bench).fileID
        lose(&bench)
        _ = bench.take()
        let other = bench.create("f", by: FileBench.bob)
        #expect(bench.answer(other)?.status == .success)
        let ticket = bench.create("f", by: Self.again, contexts: [.durableReconnect(file)])
        #expect(bench.answer(ticket)?.status == .objectNameNotFound)
    }

    @Test func `a lease is named again when its open is taken up`() throws {
        var bench = FileBench()
        let lease = Lease(key: Self.key, state: Self.rh, version2: nil)
        let create = bench.create("f", lease: lease, contexts: [.durableRequest])
        let file = try bench.created(create).fileID
        lose(&bench)
        let bare = bench.create("f", by: Self.again, contexts: [.durableReconnect(file)])
        #expect(bench.answer(bare)?.status == .objectNameNotFound)
        let wrongName = bench.create(
            "g",
            by: Self.again,
            lease: lease,
            contexts: [.durableReconnect(file)]
        )
        #expect(bench.answer(wrongName)?.status == .invalidParameter)
        let right = bench.create(
            "f",
            by: Self.again,
            lease: lease,
            contexts: [.durableReconnect(file)]
        )
        let response = try bench.created(right)
        #expect(response.contexts == [.lease(lease)])
    }

    @Test func `a lock that was done is not done again`() throws {
        var bench = FileBench()
        let file = try durable(&bench).fileID
        let range = LockElement(offset: 0, length: 1, flags: [.exclusive, .failImmediately])
        let unlock = LockElement(offset: 0, length: 1, flags: .unlock)
        #expect(bench.status { $0.lock(file, [range], sequence: 0x11) } == .success)
        #expect(bench.status { $0.lock(file, [range], sequence: 0x11) } == .success)
        #expect(bench.status { $0.lock(file, [range], sequence: 0x12) } == .lockNotGranted)
        #expect(bench.status { $0.lock(file, [unlock], sequence: 0x13) } == .success)
        #expect(bench.status { $0.lock(file, [unlock], sequence: 0x13) } == .success)
        #expect(bench.status { $0.lock(file, [unlock]) } == .rangeNotLocked)
    }

    @Test func `a session in another's place leaves it the durable opens`() throws {
        var bench = FileBench()
        let file = try durable(&bench).fileID
        let plain = try bench.open("g")
        let session = FileBench.alice.session
        bench.files.sessionReplaced(session, at: bench.now, into: &bench.effects)
        #expect(bench.write([1], at: 0, to: plain) == .fileClosed)
        // Whatever else the request says counts for nothing.
        let ticket = bench.create(
            "?",
            by: Self.again,
            share: ShareAccess(rawValue: 0x100),
            contexts: [.durableReconnect(file)]
        )
        #expect(try bench.created(ticket).fileID == file)
    }

    @Test func `a log-off closes what a lost connection would have kept`() throws {
        var bench = FileBench()
        let file = try durable(&bench).fileID
        let owner = FileBench.alice
        bench.files.closeAll(
            session: owner.session,
            tree: TreeID(2),
            at: bench.now,
            into: &bench.effects
        )
        #expect(bench.files.isOpen(file, session: owner.session, tree: owner.tree))
        bench.files.closeAll(
            session: owner.session,
            tree: nil,
            at: bench.now,
            into: &bench.effects
        )
        #expect(!bench.files.isOpen(file, session: owner.session, tree: owner.tree))
    }
}
