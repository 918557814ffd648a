import Emulator
import Primitives
import SMBWire
import Testing

/// A file system with two clients at it; asks with tickets that count up and keeps all effects.
struct FileBench {
    var files: FileSystem
    var now = Instant.zero
    var lastTicket: UInt64 = 0
    /// All effects since `take` was last called.
    var effects: [FileEffect] = []

    static let alice = owner(1)
    static let bob = owner(2)

    static func owner(_ number: Int, connection: Int? = nil, user: Int? = nil) -> OpenOwner {
        OpenOwner(
            connection: connection ?? number,
            session: SMBSessionID(UInt64(number)),
            tree: TreeID(1),
            user: user ?? number,
            clientGUID: GUID(high: 0, low: UInt64(number)),
            dialect: .smb311
        )
    }

    init(_ planned: [FilePlan] = [], isReadOnly: Bool = false) {
        var share = SharePlan(name: "data", files: planned)
        share.isReadOnly = isReadOnly
        files = FileSystem(shares: [share], breakLimit: .seconds(35), seed: 1)
    }

    /// Asks; the ticket can be looked up in the effects.
    mutating func ask(
        _ request: (inout FileSystem, FileTicket, Instant, inout [FileEffect]) -> Void
    ) -> FileTicket {
        lastTicket += 1
        let ticket = FileTicket(lastTicket)
        request(&files, ticket, now, &effects)
        return ticket
    }

    mutating func take() -> [FileEffect] {
        defer { effects = [] }
        return effects
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
        files.timerFired(at: now, into: &effects)
    }

    /// The answer that the ticket has, if any.
    func answer(_ ticket: FileTicket) -> (status: NTStatus, answer: FileAnswer)? {
        for case .answered(ticket, let status, let answer) in effects { return (status, answer) }
        return nil
    }

    /// The status of what is asked, if it is answered at once.
    mutating func status(_ asked: (inout FileBench) -> FileTicket) -> NTStatus? {
        let ticket = asked(&self)
        return answer(ticket)?.status
    }

    func isPending(_ ticket: FileTicket) -> Bool {
        effects.contains(.pending(ticket)) && answer(ticket) == nil
    }

    mutating func create(
        _ name: String,
        by owner: OpenOwner = Self.alice,
        access: AccessMask = [.readData, .writeData, .delete, .readAttributes, .writeAttributes],
        share: ShareAccess = .all,
        disposition: CreateDisposition = .openIf,
        options: CreateOptions = [],
        oplock: OplockLevel = .none,
        lease: Lease? = nil,
        attributes: FileAttributes = [],
        contexts: [CreateContext] = []
    ) -> FileTicket {
        let request = CreateRequest(
            oplockLevel: lease == nil ? oplock : .lease,
            desiredAccess: access,
            fileAttributes: attributes,
            shareAccess: share,
            disposition: disposition,
            options: options,
            name: name,
            contexts: (lease.map { [.lease($0)] } ?? []) + contexts
        )
        return ask { files, ticket, now, effects in
            files.create(ticket, share: 0, request, by: owner, at: now, into: &effects)
        }
    }

    /// The response to a CREATE that must have succeeded at once or meanwhile.
    func created(_ ticket: FileTicket) throws -> CreateResponse {
        let (status, answer) = try #require(self.answer(ticket))
        #expect(status == .success)
        guard case .created(let response) = answer else {
            throw Unexpected(answer: answer)
        }
        return response
    }

    struct Unexpected: Error { var answer: FileAnswer }

    mutating func open(
        _ name: String,
        by owner: OpenOwner = Self.alice,
        access: AccessMask = [.readData, .writeData, .delete, .readAttributes, .writeAttributes],
        share: ShareAccess = .all,
        options: CreateOptions = [],
        oplock: OplockLevel = .none,
        lease: Lease? = nil
    ) throws -> FileID {
        let ticket = create(
            name,
            by: owner,
            access: access,
            share: share,
            options: options,
            oplock: oplock,
            lease: lease
        )
        return try created(ticket).fileID
    }

    /// The status of a CREATE that is answered at once.
    mutating func status(
        opening name: String,
        by owner: OpenOwner = Self.alice,
        access: AccessMask = .readData,
        share: ShareAccess = .all,
        disposition: CreateDisposition = .open,
        options: CreateOptions = [],
        attributes: FileAttributes = []
    ) -> NTStatus? {
        let ticket = create(
            name,
            by: owner,
            access: access,
            share: share,
            disposition: disposition,
            options: options,
            attributes: attributes
        )
        return answer(ticket)?.status
    }

    mutating func close(_ file: FileID, queriesAttributes: Bool = false) -> FileTicket {
        ask { files, ticket, now, effects in
            let request = CloseRequest(queriesAttributes: queriesAttributes, fileID: file)
            files.close(ticket, request, at: now, into: &effects)
        }
    }

    mutating func write(_ data: [UInt8], at offset: UInt64, to file: FileID) -> NTStatus? {
        let ticket = ask { files, ticket, now, effects in
            let request = WriteRequest(offset: offset, fileID: file, data: data)
            files.write(ticket, request, at: now, into: &effects)
        }
        return answer(ticket)?.status
    }

    mutating func read(
        _ count: UInt32,
        at offset: UInt64,
        from file: FileID
    ) -> (status: NTStatus, answer: FileAnswer)? {
        let ticket = ask { files, ticket, now, effects in
            let request = ReadRequest(length: count, offset: offset, fileID: file)
            files.read(ticket, request, at: now, into: &effects)
        }
        return answer(ticket)
    }

    mutating func bytes(_ count: UInt32, at offset: UInt64, from file: FileID) -> [UInt8]? {
        guard case .read(let bytes) = read(count, at: offset, from: file)?.answer else {
            return nil
        }
        return bytes
    }

    mutating func lock(
        _ file: FileID,
        _ elements: [LockElement],
        sequence: UInt32 = 0
    ) -> FileTicket {
        ask { files, ticket, now, effects in
            let request = LockRequest(lockSequence: sequence, fileID: file, elements: elements)
            files.lock(ticket, request, at: now, into: &effects)
        }
    }

    mutating func set(_ file: FileID, _ information: UInt8, _ buffer: [UInt8]) -> FileTicket {
        ask { files, ticket, now, effects in
            let request = SetInfoRequest(
                infoType: .file,
                informationClass: information,
                fileID: file,
                buffer: buffer
            )
            files.setInfo(ticket, request, at: now, into: &effects)
        }
    }

    mutating func watch(
        _ file: FileID,
        _ filter: ChangeNotifyRequest.Filter = [.fileName, .directoryName],
        isDeep: Bool = false,
        limit: UInt32 = 1_000
    ) -> FileTicket {
        ask { files, ticket, now, effects in
            let request = ChangeNotifyRequest(
                watchesTree: isDeep,
                outputBufferLength: limit,
                fileID: file,
                filter: filter
            )
            files.changeNotify(ticket, request, at: now, into: &effects)
        }
    }

    mutating func query(
        _ file: FileID,
        _ information: UInt8,
        of type: InfoType = .file,
        limit: UInt32 = 4_096,
        additional: UInt32 = 0
    ) -> (status: NTStatus, bytes: [UInt8])? {
        let ticket = ask { files, ticket, now, effects in
            let request = QueryInfoRequest(
                infoType: type,
                informationClass: information,
                outputBufferLength: limit,
                additionalInformation: additional,
                fileID: file
            )
            files.queryInfo(ticket, request, at: now, into: &effects)
        }
        guard let (status, answer) = answer(ticket) else { return nil }
        if case .buffer(let bytes) = answer { return (status, bytes) }
        return (status, [])
    }

    mutating func acknowledge(
        _ acknowledgement: OplockBreak,
        by owner: OpenOwner = Self.alice
    ) -> NTStatus? {
        let ticket = ask { files, ticket, now, effects in
            files.acknowledgeBreak(ticket, acknowledgement, by: owner, at: now, into: &effects)
        }
        return answer(ticket)?.status
    }
}

/// RenameInformation as a client sends it.
func renameBuffer(_ name: String, replacing: Bool = false) -> [UInt8] {
    var writer = ByteWriter()
    writer.uint8(replacing ? 1 : 0)
    writer.zeros(15)
    writer.uint32(UInt32(name.utf16.count * 2))
    writer.utf16(name)
    return writer.bytes
}
