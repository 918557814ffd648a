internal import Primitives
internal import SMBWire

/// Commands that the file system carries out, at once or later, and what it says of them.
extension FileServer {
    /// CREATE: a Dfs name is normalised first ([MS-SMB2] 3.3.5.9, [MS-DFSC] 3.2.5.5).
    mutating func create(
        _ request: CreateRequest,
        _ tree: ServerSession.Tree,
        _ exchange: Exchange,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) -> Progress {
        guard let share = tree.share, let session = exchange.session else {
            // There are no pipes.
            answer(exchange, .objectNameNotFound, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        var request = request
        let name = shares[share].name
        let isDfsName = exchange.request.flags.contains(.dfsOperations)
        let coverage =
            isDfsName && namespace.isDfs(share: name)
            ? namespace.coverage(ofDfsName: request.name)
            : namespace.coverage(ofName: request.name, share: name)
        switch coverage {
        case .notCovered:
            answer(exchange, .pathNotCovered, .error(ErrorResponse()), in: &batch)
            return .goesOn
        case .refused(let status):
            answer(exchange, status, .error(ErrorResponse()), in: &batch)
            return .goesOn
        case .local(_, let path): request.name = path
        }
        let connection = connections[batch.connection]
        let owner = OpenOwner(
            connection: connection.number,
            session: exchange.request.sessionID,
            tree: exchange.request.treeID,
            user: sessions[session].user,
            clientGUID: connection.clientGUID,
            dialect: connection.dialect
        )
        let ticket = newTicket(exchange)
        files.create(ticket, share: share, request, by: owner, at: now, into: &fileEffects)
        return settle(ticket, of: &batch, at: now, into: &effects)
    }

    /// Every other command on an open; a related one may leave out which.
    mutating func onFile(
        _ exchange: Exchange,
        _ reader: inout ByteReader,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) throws(WireError) -> Progress {
        let ticket = newTicket(exchange)
        let isAllowed = try submit(ticket, exchange, &reader, of: &batch, at: now)
        guard isAllowed == .success else {
            requests[ticket] = nil
            connections[batch.connection].tickets.removeAll { $0 == ticket }
            answer(exchange, isAllowed, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        return settle(ticket, of: &batch, at: now, into: &effects)
    }

    private mutating func submit(
        _ ticket: FileTicket,
        _ exchange: Exchange,
        _ reader: inout ByteReader,
        of batch: inout Batch,
        at now: Instant
    ) throws(WireError) -> NTStatus {
        switch exchange.request.command {
        case .close:
            var body = try CloseRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            files.close(ticket, body, at: now, into: &fileEffects)
        case .flush:
            var body = try FlushRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            files.flush(ticket, body, at: now, into: &fileEffects)
        case .read:
            var body = try ReadRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            guard isPaid(exchange, Int(body.length)) else { return .invalidParameter }
            files.read(ticket, body, at: now, into: &fileEffects)
        case .write:
            var body = try WriteRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            guard isPaid(exchange, body.data.count) else { return .invalidParameter }
            files.write(ticket, body, at: now, into: &fileEffects)
        case .lock:
            var body = try LockRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            files.lock(ticket, body, at: now, into: &fileEffects)
        default: return try submitQuery(ticket, exchange, &reader, of: &batch, at: now)
        }
        return .success
    }

    private mutating func submitQuery(
        _ ticket: FileTicket,
        _ exchange: Exchange,
        _ reader: inout ByteReader,
        of batch: inout Batch,
        at now: Instant
    ) throws(WireError) -> NTStatus {
        switch exchange.request.command {
        case .queryDirectory:
            var body = try QueryDirectoryRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            guard isPaid(exchange, Int(body.outputBufferLength)) else { return .invalidParameter }
            files.queryDirectory(ticket, body, at: now, into: &fileEffects)
        case .changeNotify:
            var body = try ChangeNotifyRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            files.changeNotify(ticket, body, at: now, into: &fileEffects)
        case .queryInfo:
            var body = try QueryInfoRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            files.queryInfo(ticket, body, at: now, into: &fileEffects)
        case .setInfo:
            var body = try SetInfoRequest(from: &reader)
            guard use(&body.fileID, exchange, of: &batch) else { return .fileClosed }
            files.setInfo(ticket, body, at: now, into: &fileEffects)
        case .oplockBreak:
            let body = try OplockBreak(from: &reader)
            guard let session = exchange.session else { return .userSessionDeleted }
            let connection = connections[batch.connection]
            let owner = OpenOwner(
                connection: connection.number,
                session: exchange.request.sessionID,
                tree: exchange.request.treeID,
                user: sessions[session].user,
                clientGUID: connection.clientGUID,
                dialect: connection.dialect
            )
            files.acknowledgeBreak(ticket, body, by: owner, at: now, into: &fileEffects)
        default: return .invalidParameter
        }
        return .success
    }

    /// Fills in a related element's open; false if there is none of that number.
    private func use(_ file: inout FileID, _ exchange: Exchange, of batch: inout Batch) -> Bool {
        if exchange.request.flags.contains(.relatedOperations), file == .related,
            let related = batch.file
        {
            file = related
        }
        batch.file = file
        return files.isOpen(
            file,
            session: exchange.request.sessionID,
            tree: exchange.request.treeID
        )
    }

    /// Whether the CreditCharge covers what moves ([MS-SMB2] 3.3.5.2.5).
    private func isPaid(_ exchange: Exchange, _ count: Int) -> Bool {
        guard connections[exchange.connection].isMultiCredit else { return true }
        let needed = CreditCharge.of(sending: 0, receiving: count)
        return max(1, exchange.request.creditCharge) >= needed
    }

    private mutating func newTicket(_ exchange: Exchange) -> FileTicket {
        ticketCount += 1
        let ticket = FileTicket(ticketCount)
        requests[ticket] = FileRequest(exchange: exchange, rest: nil)
        connections[exchange.connection].tickets.append(ticket)
        return ticket
    }

    /// Takes the file system's answer if it is there; else the client hears STATUS_PENDING, and the
    /// rest of the compound waits with the request.
    private mutating func settle(
        _ ticket: FileTicket,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) -> Progress {
        let answered = drain(awaiting: ticket, at: now, into: &effects)
        guard var request = requests[ticket] else { return .waits }
        if let (status, content) = answered {
            finish(ticket)
            take(content, request.exchange, status, in: &batch)
            return .goesOn
        }
        let slot = batch.connection
        guard connections[slot].asyncCount < settings.asyncMax else {
            finish(ticket)
            files.cancel(ticket, at: now, into: &fileEffects)
            _ = drain(awaiting: ticket, at: now, into: &effects)
            answer(request.exchange, .insufficientResources, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        connections[slot].asyncCount += 1
        request.exchange.isAsync = true
        request.exchange.request.asyncID = AsyncID(ticket.rawValue)
        interim(request.exchange, to: &batch.reply)
        send(&batch.reply, on: slot, sealedFor: batch.sealedFor, into: &effects)
        if batch.next < batch.elements.count { request.rest = batch }
        requests[ticket] = request
        return request.rest == nil ? .goesOn : .waits
    }

    /// The request is over: it counts no more.
    private mutating func finish(_ ticket: FileTicket) {
        guard let request = requests.removeValue(forKey: ticket) else { return }
        let slot = request.exchange.connection
        connections[slot].tickets.removeAll { $0 == ticket }
        if request.exchange.isAsync { connections[slot].asyncCount -= 1 }
    }

    private mutating func take(
        _ content: FileAnswer,
        _ exchange: Exchange,
        _ status: NTStatus,
        in batch: inout Batch
    ) {
        if case .created(let response) = content { batch.file = response.fileID }
        answer(exchange, status, body(of: content, exchange, status), in: &batch)
    }

    private func body(
        of content: FileAnswer,
        _ exchange: Exchange,
        _ status: NTStatus
    ) -> AnyBody {
        switch content {
        case .created(let response): return .createResponse(response)
        case .closed(let response): return .closeResponse(response)
        case .read(let data): return .readResponse(ReadResponse(data: data))
        case .written(let count): return .writeResponse(WriteResponse(count: count))
        case .buffer(let output): return .buffer(BufferResponse(output: output))
        case .acknowledged(let response): return .oplockBreak(response)
        case .nothing:
            if status.severity >= 2 { return .error(ErrorResponse()) }
            switch exchange.request.command {
            case .setInfo: return .setInfoResponse(SetInfoResponse())
            case .changeNotify, .queryDirectory, .queryInfo:
                return .buffer(BufferResponse(output: []))
            default: return .empty(EmptyBody())
            }
        }
    }

    /// Carries out what the file system wants; the answer to `awaited` is handed back, answers to
    /// requests that waited go out as frames of their own.
    mutating func drain(
        awaiting awaited: FileTicket?,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) -> (NTStatus, FileAnswer)? {
        var found: (NTStatus, FileAnswer)?
        while !fileEffects.isEmpty {
            let batch = fileEffects
            fileEffects.removeAll(keepingCapacity: true)
            for effect in batch {
                switch effect {
                case .pending: break
                case .broke(let owner, let notice): notify(owner, notice, into: &effects)
                case .answered(let ticket, let status, let content):
                    if ticket == awaited {
                        found = (status, content)
                    } else {
                        answerLate(ticket, status, content, at: now, into: &effects)
                    }
                }
            }
        }
        return found
    }

    private mutating func answerLate(
        _ ticket: FileTicket,
        _ status: NTStatus,
        _ content: FileAnswer,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let request = requests[ticket] else { return }
        finish(ticket)
        var rest = request.rest
        let exchange = request.exchange
        if case .created(let response) = content { rest?.file = response.fileID }
        rest?.status = status
        var frame = ReplyFrame()
        append(exchange, status, body(of: content, exchange, status), to: &frame)
        let slot = exchange.connection
        send(&frame, on: slot, sealedFor: exchange.sealedFor, into: &effects)
        if let rest { run(rest, at: now, into: &effects) }
    }

    /// CANCEL by AsyncId or by MessageId; it is never answered ([MS-SMB2] 3.3.5.16).
    mutating func cancel(
        _ header: Header,
        on slot: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        let ticket = connections[slot].tickets.first { ticket in
            guard let request = requests[ticket]?.exchange.request else { return false }
            return header.isAsync
                ? request.asyncID == header.asyncID : request.messageID == header.messageID
        }
        guard let ticket else { return }
        files.cancel(ticket, at: now, into: &fileEffects)
        _ = drain(awaiting: nil, at: now, into: &effects)
    }
}
