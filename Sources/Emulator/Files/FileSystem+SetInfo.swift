package import Primitives
package import SMBWire

/// The file classes of SET_INFO ([MS-FSCC] 2.4).
enum SettableInformation: UInt8, Hashable, Sendable {
    case basic = 4
    case rename = 10
    case disposition = 13
    case position = 14
    case fullEA = 15
    case mode = 16
    case allocation = 19
    case endOfFile = 20
    case dispositionEx = 64
}

extension FileSystem {
    package mutating func setInfo(
        _ ticket: FileTicket,
        _ request: SetInfoRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let waiting = WaitingRequest(
            ticket: ticket,
            request: .setInfo(request),
            node: 0,
            since: now
        )
        start(waiting, at: now, into: &effects)
    }

    /// The whole of a SET_INFO ([MS-SMB2] 3.3.5.21); called again when breaks have let it pass.
    mutating func set(
        _ request: SetInfoRequest,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome {
        guard let open = index(of: request.fileID) else { return .status(.fileClosed) }
        switch request.infoType {
        case .file: break
        case .security: return .status(securityFlaw(request, open) ?? .success)
        case .fileSystem, .quota: return .status(.notSupported)
        }
        guard let information = SettableInformation(rawValue: request.informationClass) else {
            return .status(.invalidInfoClass)
        }
        var reader = ByteReader(request.buffer)
        do {
            return try set(information, from: &reader, open, at: now, into: &effects)
        } catch {
            return .status(.infoLengthMismatch)
        }
    }

    private func securityFlaw(_ request: SetInfoRequest, _ open: Int) -> NTStatus? {
        var needed: AccessMask = []
        if request.additionalInformation & 3 != 0 { needed.insert(.writeOwner) }
        if request.additionalInformation & 4 != 0 { needed.insert(.writeDAC) }
        return needed.isSubset(of: opens[open].access) ? nil : .accessDenied
    }

    private mutating func set(
        _ information: SettableInformation,
        from reader: inout ByteReader,
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) throws(WireError) -> Outcome {
        switch information {
        case .basic:
            let basic = try BasicInformation(from: &reader)
            return .status(set(basic, open, at: now, into: &effects))
        case .rename:
            let rename = try RenameInformation(from: &reader)
            return self.rename(rename, open, at: now, into: &effects)
        case .disposition:
            let deletes = try reader.uint8() != 0
            return dispose(open, deletes: deletes, ignoresReadOnly: false, at: now, into: &effects)
        case .dispositionEx:
            let flags = try reader.uint32()
            return dispose(
                open,
                deletes: flags & 1 != 0,
                ignoresReadOnly: flags & 0x10 != 0,
                at: now,
                into: &effects
            )
        case .position:
            opens[open].position = try reader.uint64()
            return .status(.success)
        case .mode:
            let mode = try reader.uint32()
            return .status(mode & ~0x103E == 0 ? .success : .invalidParameter)
        case .fullEA: return .status(.easNotSupported)
        case .allocation:
            let size = try reader.uint64()
            return .status(setAllocation(size, open, at: now, into: &effects))
        case .endOfFile:
            let end = try reader.uint64()
            return .status(setEndOfFile(end, open, at: now, into: &effects))
        }
    }

    /// Why the size of an open's file cannot become that ([MS-FSA] 2.1.5.15.1, 2.1.5.15.5).
    private func sizeFlaw(_ size: UInt64, _ open: Int) -> NTStatus? {
        guard !tree.nodes[opens[open].node].isDirectory else { return .invalidParameter }
        guard opens[open].access.contains(.writeData) else { return .accessDenied }
        return Self.flaw(ofSize: size)
    }

    private mutating func setEndOfFile(
        _ end: UInt64,
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> NTStatus {
        if let flaw = sizeFlaw(end, open) { return flaw }
        let node = opens[open].node
        loseReaders(of: node, to: open, at: now, into: &effects)
        tree.nodes[node].content.setEndOfFile(end)
        written(node, by: open, hasNewSize: true, at: now, into: &effects)
        return .success
    }

    private mutating func setAllocation(
        _ size: UInt64,
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> NTStatus {
        if let flaw = sizeFlaw(size, open) { return flaw }
        let node = opens[open].node
        loseReaders(of: node, to: open, at: now, into: &effects)
        tree.nodes[node].reserved = size
        if size < tree.nodes[node].content.endOfFile {
            tree.nodes[node].content.setEndOfFile(size)
            written(node, by: open, hasNewSize: true, at: now, into: &effects)
        }
        return .success
    }

    /// [MS-FSA] 2.1.5.15.3; whoever caches the handle must let it go first.
    private mutating func dispose(
        _ open: Int,
        deletes: Bool,
        ignoresReadOnly: Bool,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome {
        guard opens[open].access.contains(.delete) else { return .status(.accessDenied) }
        let node = opens[open].node
        guard deletes else {
            tree.nodes[node].isDeletePending = false
            return .status(.success)
        }
        let file = tree.nodes[node]
        if file.attributes.contains(.readOnly), !ignoresReadOnly { return .status(.cannotDelete) }
        guard file.parent != nil else { return .status(.cannotDelete) }
        guard file.children.isEmpty else { return .status(.directoryNotEmpty) }
        if loseHandles(of: node, to: open, at: now, into: &effects) { return .wait(node: node) }
        markDeleted(node, into: &effects)
        return .status(.success)
    }

    /// A name goes: cached handles of others are asked back, and waited for.
    mutating func loseHandles(
        of node: Int,
        to open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Bool {
        let contention = Contention(
            lost: .handleCaching,
            waitsFor: .handleCaching,
            asker: asker(open)
        )
        return contend(contention, for: node, at: now, into: &effects)
    }

    private mutating func set(
        _ basic: BasicInformation,
        _ open: Int,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> NTStatus {
        guard opens[open].access.contains(.writeAttributes) else { return .accessDenied }
        let node = opens[open].node
        let misplaced: FileAttributes = tree.nodes[node].isDirectory ? .temporary : .directory
        guard basic.attributes.isDisjoint(with: misplaced) else { return .invalidParameter }
        let (times, changed) = basic.applied(to: tree.nodes[node].times)
        var filter = changed
        tree.nodes[node].times = times
        if let keeps = basic.lastWrite.keeps { opens[open].keepsWriteTime = keeps }
        if let keeps = basic.change.keeps { opens[open].keepsChangeTime = keeps }
        if case .set(let change) = basic.change {
            tree.nodes[node].times.change = change
        } else if !opens[open].keepsChangeTime {
            tree.nodes[node].times.change = time(now)
        }
        if !basic.attributes.isEmpty {
            tree.nodes[node].attributes = basic.attributes.settable
            filter.insert(.attributes)
        }
        noteModified(node, as: filter, &effects)
        if let parent = tree.nodes[node].parent {
            breakDirectory(parent, for: asker(open), at: now, into: &effects)
        }
        return .success
    }
}

/// FileBasicInformation as SET_INFO carries it ([MS-FSCC] 2.4.7).
struct BasicInformation: Hashable, Sendable {
    /// What becomes of a time.
    enum Time: Hashable, Sendable {
        case unchanged
        /// FILETIME.
        case set(UInt64)
        /// The server moves it no longer for this open, or does again.
        case stop
        case resume

        init(_ value: UInt64) {
            self =
                switch Int64(bitPattern: value) {
                case 0: .unchanged
                case -1: .stop
                case -2: .resume
                case ..<0: .unchanged
                default: .set(value)
                }
        }

        /// Whether the open keeps it from now on; nil where nothing is said.
        var keeps: Bool? {
            switch self {
            case .unchanged: nil
            case .set, .stop: true
            case .resume: false
            }
        }
    }

    var creation: Time
    var lastAccess: Time
    var lastWrite: Time
    var change: Time
    /// Empty leaves them as they are.
    var attributes: FileAttributes

    init(from reader: inout ByteReader) throws(WireError) {
        creation = Time(try reader.uint64())
        lastAccess = Time(try reader.uint64())
        lastWrite = Time(try reader.uint64())
        change = Time(try reader.uint64())
        attributes = FileAttributes(rawValue: try reader.uint32())
    }

    /// The times as they become, and what watchers learn of.
    func applied(to old: FileTimes) -> (FileTimes, ChangeNotifyRequest.Filter) {
        var times = old
        var filter: ChangeNotifyRequest.Filter = []
        if case .set(let time) = creation {
            times.creation = time
            filter.insert(.creation)
        }
        if case .set(let time) = lastAccess {
            times.lastAccess = time
            filter.insert(.lastAccess)
        }
        if case .set(let time) = lastWrite {
            times.lastWrite = time
            filter.insert(.lastWrite)
        }
        return (times, filter)
    }
}
