internal import Primitives
internal import SMBWire

enum CompoundKind {}

/// The answers of a compound, as they come in.
struct CompoundGroup: Hashable, Sendable {
    let pending: Pending
    var answers: [Answer?]
}

/// Related compounds ([MS-SMB2] 3.2.4.1.4): CREATE and what is done with the open, in one frame.
extension Redirector {
    /// Sends all elements, each with an id of its own.
    mutating func transmit(
        compound pending: Pending,
        _ tree: TreeNumber,
        _ parameters: CreateParameters,
        _ related: [RelatedRequest],
        from first: MessageID,
        on slot: Int,
        into effects: inout [Effect]
    ) {
        let count = related.count + 1
        guard let treeSlot = trees.index(of: tree) else {
            preconditionFailure("what is sent has its tree")
        }
        let group = CompoundGroup(
            pending: pending,
            answers: Array(repeating: nil, count: count)
        )
        let (groupSlot, _) = groups.insert(group)
        var sent = pending
        var writer = writer(on: slot, behind: &effects)
        let frame = writer.count
        writer.zeros(DirectTCP.prefixSize)
        var ranges: [Range<Int>] = []
        for place in 0..<count {
            let start = writer.count
            let request = place == 0 ? nil : related[place - 1]
            var header = Header(
                command: request?.command ?? .create,
                messageID: MessageID(first.rawValue + UInt64(place))
            )
            header.creditCharge = connections.elements[slot].dialect == .smb202 ? 0 : 1
            header.credits = connections.elements[slot].window.wish(
                charge: 1,
                target: creditTarget(on: slot)
            )
            header.sessionID = sessions.elements[pending.session].id
            header.treeID = trees.elements[treeSlot].id
            if place == 0, trees.elements[treeSlot].isDfs { header.flags.insert(.dfsOperations) }
            if place > 0 { header.flags.insert(.relatedOperations) }
            writer.beginMessage()
            header.encode(into: &writer)
            encode(request, parameters, tree, into: &writer)
            if place + 1 < count { Message.chain(&writer) }
            ranges.append(start..<writer.count)
        }
        var bytes = writer.take()
        protect(&bytes, ranges, for: &sent, in: treeSlot, on: slot)
        for place in 0..<count {
            var element = sent
            let request = place == 0 ? nil : related[place - 1]
            element.command = request?.command ?? .create
            element.work = .element(group: groupSlot, place: place, request)
            record(element, id: MessageID(first.rawValue + UInt64(place)), on: slot)
        }
        emit(&bytes, from: frame, on: slot, into: &effects)
    }

    private mutating func encode(
        _ request: RelatedRequest?,
        _ parameters: CreateParameters,
        _ tree: TreeNumber,
        into writer: inout ByteWriter
    ) {
        switch request {
        case nil:
            createRequest(parameters, on: tree).encode(into: &writer)
        case .read(let offset, let count):
            ReadRequest(length: count, offset: offset, fileID: .related).encode(into: &writer)
        case .write(let offset, let bytes):
            WriteRequest(offset: offset, fileID: .related, data: bytes).encode(into: &writer)
        case .queryInfo(let type, let informationClass):
            QueryInfoRequest(
                infoType: type,
                informationClass: informationClass,
                outputBufferLength: 65_536,
                fileID: .related
            ).encode(into: &writer)
        case .close: CloseRequest(fileID: .related).encode(into: &writer)
        }
    }

    /// One element is answered; the last one answers the compound.
    mutating func finish(
        element place: Int,
        of group: Int,
        _ answer: Answer,
        into effects: inout [Effect]
    ) {
        groups.elements[group].answers[place] = answer
        let answers = groups.elements[group].answers.compactMap { $0 }
        guard answers.count == groups.elements[group].answers.count else { return }
        let pending = groups.elements[group].pending
        groups.remove(at: group)
        let failed = answers.first { !$0.isSuccess }
        var times = answers.last?.times ?? pending.times
        times.created = pending.times.created
        let whole = Answer(
            status: failed?.status ?? .success,
            result: .compound(answers),
            sentence: failed?.sentence,
            times: times
        )
        effects.append(.answered(tag: pending.tag, whole))
    }
}

extension RelatedRequest {
    var command: Command {
        switch self {
        case .read: .read
        case .write: .write
        case .queryInfo: .queryInfo
        case .close: .close
        }
    }
}
