internal import Crypto
internal import Primitives
internal import SMBWire

/// What goes out: headers, credits, signatures, seals ([MS-SMB2] 3.3.4.1).
extension FileServer {
    /// Answers an element of a batch.
    mutating func answer(
        _ exchange: Exchange,
        _ status: NTStatus,
        _ body: AnyBody,
        in batch: inout Batch
    ) {
        batch.status = status
        append(exchange, status, body, to: &batch.reply)
    }

    /// Appends the last word on a request to a frame.
    mutating func append(
        _ exchange: Exchange,
        _ status: NTStatus,
        _ body: AnyBody,
        to frame: inout ReplyFrame
    ) {
        counters.answered(exchange.request.command)
        var header = self.header(for: exchange, status)
        if exchange.isAsync {
            header.flags.insert(.asyncCommand)
            header.asyncID = AsyncID(exchange.request.asyncID.rawValue)
            header.credits = isVirtualCircuitGrant(exchange)
        } else {
            header.credits = grant(exchange.request, on: exchange.connection)
        }
        frame.append(header, body, signedBy: signingKey(for: exchange, status))
    }

    /// STATUS_PENDING: unsigned, and it brings the credits ([MS-SMB2] 3.3.4.2).
    mutating func interim(_ exchange: Exchange, to frame: inout ReplyFrame) {
        var header = self.header(for: exchange, .pending)
        header.flags.insert(.asyncCommand)
        header.asyncID = exchange.request.asyncID
        // A virtual circuit has one command outstanding, and a pending one is outstanding.
        header.credits =
            settings.isVirtualCircuit ? 0 : grant(exchange.request, on: exchange.connection)
        frame.append(header, .error(ErrorResponse()), signedBy: nil)
    }

    private mutating func isVirtualCircuitGrant(_ exchange: Exchange) -> UInt16 {
        settings.isVirtualCircuit ? grant(exchange.request, on: exchange.connection) : 0
    }

    private func header(for exchange: Exchange, _ status: NTStatus) -> Header {
        var header = exchange.request
        header.status = status
        header.nextCommand = 0
        header.signature = .zero
        header.flags = .serverToRedir
        if exchange.request.flags.contains(.relatedOperations) {
            header.flags.insert(.relatedOperations)
        }
        return header
    }

    /// What the client asks for, as far as its connection may have it; it always keeps one.
    mutating func grant(_ request: Header, on slot: Int) -> UInt16 {
        let available = connections[slot].window.available
        let limit = settings.isVirtualCircuit ? 1 : settings.creditsMax
        var count = min(Int(max(1, request.credits)), max(0, limit - available))
        if behaviour.starvesCredits { count = 0 }
        if available == 0 { count = max(1, count) }
        connections[slot].window.grant(count)
        return UInt16(clamping: count)
    }

    /// A request that was signed is answered so, and so is the end of a log-on.
    private func signingKey(for exchange: Exchange, _ status: NTStatus) -> SigningKey? {
        guard exchange.sealedFor == nil, let session = exchange.session,
            sessions.indices.contains(session), let key = sessions[session].keys?.signing
        else { return nil }
        let isLogonEnd = exchange.request.command == .sessionSetup && status == .success
        return exchange.request.flags.contains(.signed) || isLogonEnd ? key : nil
    }

    /// Sends what is in the frame, if anything is.
    mutating func send(
        _ frame: inout ReplyFrame,
        on slot: Int,
        sealedFor session: Int?,
        into effects: inout [ServerEffect]
    ) {
        guard !frame.isEmpty else { return }
        let number = connections[slot].number
        guard connectionSlots[number] == slot else { return }
        var seal: (key: SealingKey, session: UInt64, nonce: UInt64)?
        if let session, let key = sessions[session].keys?.serverToClient {
            sessions[session].nonce += 1
            seal = (key, sessions[session].id.rawValue, sessions[session].nonce)
        }
        effects.append(.send(number, frame.take(sealedBy: seal)))
    }

    /// A server's own message: a break ([MS-SMB2] 3.3.4.6, 3.3.4.7).
    mutating func notify(
        _ owner: OpenOwner,
        _ body: OplockBreak,
        into effects: inout [ServerEffect]
    ) {
        guard let slot = connectionSlots[owner.connection] else { return }
        var header = Header(command: .oplockBreak, messageID: .unsolicited)
        header.flags = .serverToRedir
        if case .oplock = body { header.sessionID = owner.session }
        var frame = ReplyFrame()
        frame.append(header, .oplockBreak(body), signedBy: nil)
        let session = sessionSlots[owner.session]
        let isSealed = session.map { sessions[$0].encrypts } ?? false
        send(&frame, on: slot, sealedFor: isSealed ? session : nil, into: &effects)
    }
}
