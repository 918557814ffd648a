internal import Crypto
internal import Primitives
internal import SMBWire

/// What goes out: headers, credits, signatures, seals ([MS-SMB2] 3.3.4.1).
extension FileServer {
    /// Answers an element of a batch, and notes what it brings for those that follow.
    mutating func answer(
        _ exchange: Exchange,
        _ status: NTStatus,
        _ body: AnyBody,
        in batch: inout Batch
    ) {
        if let brought = exchange.request.command.broughtPart {
            if status.isError {
                batch.chain.failure = .init(missing: brought, status: status)
            } else if batch.chain.failure?.missing == brought {
                batch.chain.failure = nil
            }
        }
        counters.answered(exchange.request.command)
        var header = self.header(for: exchange, status)
        if exchange.isAsync {
            header.flags.insert(.asyncCommand)
            header.asyncID = exchange.request.asyncID
        }
        // A request that waited got its credits when that was said; but a virtual circuit has one
        // command outstanding, and one that waits is.
        if !exchange.isAsync || settings.isVirtualCircuit {
            header.credits = grant(exchange.request, on: exchange.connection)
        } else {
            header.credits = 0
        }
        var body = body
        if header.hasErrorBody {
            if case .error = body {} else { body = .error(ErrorResponse()) }
        }
        batch.reply.append(header, body, signedBy: signingKey(for: exchange, status))
    }

    /// STATUS_PENDING: unsigned, and it brings the credits ([MS-SMB2] 3.3.4.2).
    mutating func interim(_ exchange: Exchange, to frame: inout ReplyFrame) {
        var header = self.header(for: exchange, .pending)
        header.flags.insert(.asyncCommand)
        header.asyncID = exchange.request.asyncID
        header.credits =
            settings.isVirtualCircuit ? 0 : grant(exchange.request, on: exchange.connection)
        frame.append(header, .error(ErrorResponse()), signedBy: nil)
    }

    /// The request's header turned round ([MS-SMB2] 3.3.4.1).
    private func header(for exchange: Exchange, _ status: NTStatus) -> Header {
        var header = exchange.request
        header.status = status
        header.nextCommand = 0
        header.signature = .zero
        header.flags = header.flags.intersection(.repeatedInResponses).union(.serverToRedir)
        return header
    }

    /// What the client asks for, as far as its connection may have it; it always keeps one.
    ///
    /// An id that is held back for long stops what it may have ([MS-SMB2] 3.3.1.1 and its note).
    mutating func grant(_ request: Header, on slot: Int) -> UInt16 {
        let available = connections[slot].window.available
        let limit = settings.isVirtualCircuit ? 1 : settings.creditsMax
        let room = min(limit - available, 2 * limit - connections[slot].window.span)
        var count = min(Int(max(1, request.credits)), max(0, room))
        if behaviour.starvesCredits { count = 0 }
        if available == 0 { count = max(1, count) }
        connections[slot].window.grant(count)
        return UInt16(clamping: count)
    }

    /// A request that was signed is answered so, and so is the end of a log-on.
    private func signingKey(for exchange: Exchange, _ status: NTStatus) -> SigningKey? {
        guard exchange.sealedFor == nil, let session = exchange.session,
            let key = sessions[session].keys?.signing
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
        guard !frame.isEmpty, connections[slot].phase != .closed else { return }
        var seal: (key: SealingKey, session: UInt64, nonce: UInt64)?
        if let session, let key = sessions[session].keys?.serverToClient {
            sessions[session].nonce += 1
            seal = (key, sessions[session].id.rawValue, sessions[session].nonce)
        }
        effects.append(.send(connections[slot].number, frame.take(sealedBy: seal)))
    }

    /// A server's own message: a break ([MS-SMB2] 3.3.4.6, 3.3.4.7).
    ///
    /// It is sealed where the open's requests have to be.
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
        var sealedFor: Int?
        if let session = session(of: owner.session, on: slot) {
            let share = sessions[session].tree(owner.tree)?.share
            let isShareEncrypted = share.map { shares[$0].isEncrypted } ?? false
            if sessions[session].encrypts || isShareEncrypted { sealedFor = session }
        }
        send(&frame, on: slot, sealedFor: sealedFor, into: &effects)
    }
}

extension Header.Flags {
    /// Everything but what the server says itself.
    static let repeatedInResponses: Self = [
        .relatedOperations, .priorityMask, .dfsOperations, .replayOperation,
    ]
}
