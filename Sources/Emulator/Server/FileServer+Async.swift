internal import Primitives
internal import SMBWire

/// What the file system says of its requests, at once or behind a STATUS_PENDING, and CANCEL
/// ([MS-SMB2] 3.3.4.2, 3.3.4.4, 3.3.5.16).
extension FileServer {
    /// An answer that the file system had before its request was known to wait.
    struct EarlyAnswer: Hashable, Sendable {
        let ticket: FileTicket
        let status: NTStatus
        let content: FileAnswer
    }

    /// Takes the file system's answer if it is there, else lets the request wait.
    mutating func settle(
        _ ticket: FileTicket,
        _ exchange: Exchange,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        if let (status, content) = drain(awaiting: ticket, at: now, into: &effects) {
            if case .created(let response) = content { batch.chain.file = response.fileID }
            answer(exchange, status, body(of: content, exchange, status), in: &batch)
            return
        }
        let rest = batch.takeRelated()
        if let refusal = waitRefusal(exchange, hasRest: rest != nil) {
            files.cancel(ticket, at: now, into: &fileEffects)
            _ = drain(awaiting: ticket, at: now, into: &effects)
            answer(exchange, refusal, .error(ErrorResponse()), in: &batch)
            if let rest { batch.putBack(rest) }
            return
        }
        // What was answered before must not wait for it.
        send(&batch.reply, on: batch.connection, sealedFor: batch.sealedFor, into: &effects)
        var request = FileRequest(exchange: exchange, rest: rest)
        request.exchange.isAsync = true
        request.exchange.request.asyncID = AsyncID(ticket.rawValue)
        requests[ticket] = request
        connections[exchange.connection].tickets.append(ticket)
        interim(request.exchange, to: &batch.reply)
        send(&batch.reply, on: batch.connection, sealedFor: batch.sealedFor, into: &effects)
    }

    /// Like Windows: only so many may wait, and in front of related elements only what waits for
    /// a break ([MS-SMB2] 3.3.4.2 and its notes).
    private func waitRefusal(_ exchange: Exchange, hasRest: Bool) -> NTStatus? {
        guard connections[exchange.connection].tickets.count < settings.asyncMax else {
            return .insufficientResources
        }
        let canLead = exchange.request.command == .create || exchange.request.command == .setInfo
        return hasRest && !canLead ? .internalError : nil
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
        case .acknowledged(let response): return .oplockBreak(response)
        case .buffer(let output):
            guard status.isError else { return .buffer(BufferResponse(output: output)) }
            var reader = ByteReader(output)
            let needed = (try? reader.uint32()) ?? 0
            let dialect = connections[exchange.connection].dialect
            return .error(.bufferTooSmall(needs: needed, dialect: dialect))
        case .nothing:
            switch exchange.request.command {
            case .setInfo: return .setInfoResponse(SetInfoResponse())
            case .changeNotify, .queryDirectory, .queryInfo:
                return .buffer(BufferResponse(output: []))
            default: return .empty(EmptyBody())
            }
        }
    }

    /// Carries out what the file system wants, up to the answer to `awaited`, which is handed back.
    ///
    /// Answers to requests that waited go out as frames of their own. What comes behind the
    /// awaited answer is left until that one is sent.
    mutating func drain(
        awaiting awaited: FileTicket?,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) -> (NTStatus, FileAnswer)? {
        if let awaited {
            // Nearly always there is nothing else.
            if case .answered(awaited, let status, let content)? = fileEffects.first {
                fileEffects.removeFirst()
                return (status, content)
            }
            awaitedTickets.append(awaited)
        }
        while !fileEffects.isEmpty {
            let seen = fileEffects
            fileEffects.removeAll()
            for (index, effect) in seen.enumerated() {
                switch effect {
                case .pending: break
                case .broke(let owner, let notice): notify(owner, notice, into: &effects)
                case .answered(let ticket, let status, let content):
                    guard ticket == awaited else {
                        answerLate(ticket, status, content, at: now, into: &effects)
                        continue
                    }
                    fileEffects.insert(contentsOf: seen[(index + 1)...], at: 0)
                    awaitedTickets.removeLast()
                    return (status, content)
                }
            }
        }
        guard let awaited else { return nil }
        awaitedTickets.removeLast()
        guard let place = earlyAnswers.firstIndex(where: { $0.ticket == awaited }) else {
            return nil
        }
        let early = earlyAnswers.remove(at: place)
        return (early.status, early.content)
    }

    private mutating func answerLate(
        _ ticket: FileTicket,
        _ status: NTStatus,
        _ content: FileAnswer,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let request = requests.removeValue(forKey: ticket) else {
            // Of a connection that is gone; or of a request for which this is too soon.
            guard awaitedTickets.contains(ticket) else { return }
            earlyAnswers.append(EarlyAnswer(ticket: ticket, status: status, content: content))
            return
        }
        let exchange = request.exchange
        connections[exchange.connection].tickets.removeAll { $0 == ticket }
        var batch =
            request.rest
            ?? Batch([], in: 0..<0, connection: exchange.connection, sealedFor: exchange.sealedFor)
        if case .created(let response) = content { batch.chain.file = response.fileID }
        answer(exchange, status, body(of: content, exchange, status), in: &batch)
        run(batch, at: now, into: &effects)
    }

    /// CANCEL by AsyncId or by MessageId; it is never answered ([MS-SMB2] 3.3.5.16).
    mutating func cancel(
        _ exchange: Exchange,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        let header = exchange.request
        let slot = exchange.connection
        guard let session = session(of: header.sessionID, on: slot) else { return }
        if let sealed = exchange.sealedFor {
            guard sealed == session else { return }
        } else {
            guard proofRefusal(session, bytes, range, header) == nil else { return }
        }
        let ticket = connections[slot].tickets.first { ticket in
            guard let waiting = requests[ticket]?.exchange, waiting.session == session else {
                return false
            }
            return header.isAsync
                ? waiting.request.asyncID == header.asyncID
                : waiting.request.messageID == header.messageID
        }
        guard let ticket else { return }
        files.cancel(ticket, at: now, into: &fileEffects)
        _ = drain(awaiting: nil, at: now, into: &effects)
    }
}
