internal import Primitives
internal import SMBWire

/// Commands that the file system carries out, as they are asked of it.
extension FileServer {
    /// CREATE: a Dfs name is normalised first ([MS-SMB2] 3.3.5.9, [MS-DFSC] 3.2.5.5).
    mutating func create(
        _ request: CreateRequest,
        _ tree: ServerSession.Tree,
        _ exchange: Exchange,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let share = tree.share, let session = exchange.session else {
            // There are no pipes.
            answer(exchange, .objectNameNotFound, .error(ErrorResponse()), in: &batch)
            return
        }
        var request = request
        switch coverage(of: request.name, exchange.request.flags, share) {
        case .notCovered:
            answer(exchange, .pathNotCovered, .error(ErrorResponse()), in: &batch)
            return
        case .refused(let status):
            answer(exchange, status, .error(ErrorResponse()), in: &batch)
            return
        case .local(_, let path): request.name = path
        }
        let ticket = newTicket()
        files.create(
            ticket,
            share: share,
            request,
            by: owner(exchange, session),
            at: now,
            into: &fileEffects
        )
        settle(ticket, exchange, of: &batch, at: now, into: &effects)
    }

    /// On a share without a namespace the flag means nothing.
    private func coverage(
        of name: String,
        _ flags: Header.Flags,
        _ share: Int
    ) -> NamespaceService.Coverage {
        guard dfsShares[share] else { return .local(share: shares[share].name, path: name) }
        return flags.contains(.dfsOperations)
            ? namespace.coverage(ofDfsName: name, share: shares[share].name)
            : namespace.coverage(ofName: name, share: shares[share].name)
    }

    private func owner(_ exchange: Exchange, _ session: Int) -> OpenOwner {
        OpenOwner(
            connection: connections[exchange.connection].number,
            session: exchange.request.sessionID,
            tree: exchange.request.treeID,
            user: sessions[session].user,
            clientGUID: connections[exchange.connection].clientGUID,
            dialect: connections[exchange.connection].dialect
        )
    }

    /// Every other command on an open; a related one may leave out which.
    mutating func onFile(
        _ exchange: Exchange,
        _ reader: inout ByteReader,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) throws(WireError) {
        let ticket = newTicket()
        let flaw = try submit(ticket, exchange, &reader, in: &batch, at: now)
        if let flaw {
            answer(exchange, flaw, .error(ErrorResponse()), in: &batch)
        } else {
            settle(ticket, exchange, of: &batch, at: now, into: &effects)
        }
    }

    /// Hands a request to the file system; or what is wrong with it.
    private mutating func submit(
        _ ticket: FileTicket,
        _ exchange: Exchange,
        _ reader: inout ByteReader,
        in batch: inout Batch,
        at now: Instant
    ) throws(WireError) -> NTStatus? {
        switch exchange.request.command {
        case .close:
            var body = try CloseRequest(from: &reader)
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.close(ticket, body, at: now, into: &fileEffects)
        case .flush:
            var body = try FlushRequest(from: &reader)
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.flush(ticket, body, at: now, into: &fileEffects)
        case .read:
            var body = try ReadRequest(from: &reader)
            if let flaw = flaw(of: Int(body.length), exchange) { return flaw }
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.read(ticket, body, at: now, into: &fileEffects)
        case .write:
            var body = try WriteRequest(from: &reader)
            if let flaw = flaw(of: body.data.count, exchange) { return flaw }
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.write(ticket, body, at: now, into: &fileEffects)
        case .lock:
            var body = try LockRequest(from: &reader)
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.lock(ticket, body, at: now, into: &fileEffects)
        case .oplockBreak:
            return acknowledge(try OplockBreak(from: &reader), ticket, exchange, at: now)
        default: return try submitQuery(ticket, exchange, &reader, in: &batch, at: now)
        }
        return nil
    }

    private mutating func submitQuery(
        _ ticket: FileTicket,
        _ exchange: Exchange,
        _ reader: inout ByteReader,
        in batch: inout Batch,
        at now: Instant
    ) throws(WireError) -> NTStatus? {
        switch exchange.request.command {
        case .queryDirectory:
            var body = try QueryDirectoryRequest(from: &reader)
            if let flaw = flaw(of: Int(body.outputBufferLength), exchange) { return flaw }
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.queryDirectory(ticket, body, at: now, into: &fileEffects)
        case .changeNotify:
            var body = try ChangeNotifyRequest(from: &reader)
            if let flaw = flaw(of: Int(body.outputBufferLength), exchange) { return flaw }
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.changeNotify(ticket, body, at: now, into: &fileEffects)
        case .queryInfo:
            var body = try QueryInfoRequest(from: &reader)
            let size = max(body.input.count, Int(body.outputBufferLength))
            if let flaw = flaw(of: size, exchange) { return flaw }
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.queryInfo(ticket, body, at: now, into: &fileEffects)
        case .setInfo:
            var body = try SetInfoRequest(from: &reader)
            if let flaw = flaw(of: body.buffer.count, exchange) { return flaw }
            guard use(&body.fileID, exchange, in: &batch) else { return .fileClosed }
            files.setInfo(ticket, body, at: now, into: &fileEffects)
        default: return .invalidParameter
        }
        return nil
    }

    /// OPLOCK_BREAK ([MS-SMB2] 3.3.5.22): an oplock belongs to an open, a lease to a client.
    private mutating func acknowledge(
        _ acknowledgement: OplockBreak,
        _ ticket: FileTicket,
        _ exchange: Exchange,
        at now: Instant
    ) -> NTStatus? {
        guard let session = exchange.session else { return .userSessionDeleted }
        if case .oplock(_, let file) = acknowledgement, !isOpen(file, exchange) {
            return .fileClosed
        }
        files.acknowledgeBreak(
            ticket,
            acknowledgement,
            by: owner(exchange, session),
            at: now,
            into: &fileEffects
        )
        return nil
    }

    /// Fills in a related element's open; false if there is none of that number.
    func use(_ file: inout FileID, _ exchange: Exchange, in batch: inout Batch) -> Bool {
        if exchange.request.flags.contains(.relatedOperations), file == .related,
            let related = batch.chain.file
        {
            file = related
        }
        batch.chain.file = file
        return isOpen(file, exchange)
    }

    private func isOpen(_ file: FileID, _ exchange: Exchange) -> Bool {
        files.isOpen(file, session: exchange.request.sessionID, tree: exchange.request.treeID)
    }

    /// Whether so many bytes may move, and the CreditCharge pays for them ([MS-SMB2] 3.3.5.2.5).
    func flaw(of count: Int, _ exchange: Exchange) -> NTStatus? {
        guard count <= Int(transferMax(on: exchange.connection)) else { return .invalidParameter }
        guard connections[exchange.connection].dialect.isMultiCredit else { return nil }
        let needed = CreditCharge.of(sending: 0, receiving: count)
        return max(1, exchange.request.creditCharge) >= needed ? nil : .invalidParameter
    }

    private mutating func newTicket() -> FileTicket {
        ticketCount += 1
        return FileTicket(ticketCount)
    }
}
