internal import Crypto
package import Primitives
internal import SMBWire

/// What comes in ([MS-SMB2] 3.3.5.2): frames, seals, compounds, MessageIds.
extension FileServer {
    /// Bytes came, in any pieces.
    package mutating func received(
        _ connection: Int,
        _ bytes: [UInt8],
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let slot = connectionSlots[connection] else { return }
        connections[slot].assembler.append(bytes)
        do throws(FrameAssembler.Failure) {
            while let (buffer, range) = try connections[slot].assembler.next() {
                frame(buffer, range, on: slot, at: now, into: &effects)
                // The frame may have ended the connection.
                guard connections[slot].phase != .closed else { return }
            }
        } catch { disconnect(slot, "the bytes are no frame: \(error)", at: now, into: &effects) }
    }

    private mutating func frame(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        on slot: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        switch FrameKind.of(bytes, in: range) {
        case .smb2:
            run(
                Batch(bytes, in: range, connection: slot, sealedFor: nil),
                at: now,
                into: &effects
            )
        case .transform:
            var reader = ByteReader(bytes, in: range)
            guard let header = try? TransformHeader(from: &reader),
                let session = session(of: header.sessionID, on: slot),
                let inner = sessions[session].keys?.clientToServer?.open(bytes, in: range)
            else {
                let reason = "an encrypted message could not be opened"
                disconnect(slot, reason, at: now, into: &effects)
                return
            }
            run(
                Batch(inner, in: 0..<inner.count, connection: slot, sealedFor: session),
                at: now,
                into: &effects
            )
        case .smb1: negotiateSMB1(bytes, range, on: slot, at: now, into: &effects)
        case .compressed, .unknown:
            disconnect(slot, "a frame begins with unknown bytes", at: now, into: &effects)
        }
    }

    /// What became of an element of a batch.
    enum Progress {
        case goesOn
        /// The connection must end.
        case broken(String)
    }

    /// Takes a batch to its end; a related chain whose element has to wait leaves it.
    mutating func run(
        _ batch: consuming Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        let slot = batch.connection
        var flaw: String?
        while flaw == nil, !batch.isAtEnd, connections[slot].phase != .closed {
            guard let range = batch.next() else {
                flaw = "a message is too short, or leads outside of its frame"
                break
            }
            if case .broken(let reason) = element(range, of: &batch, at: now, into: &effects) {
                flaw = reason
            }
        }
        send(&batch.reply, on: slot, sealedFor: batch.sealedFor, into: &effects)
        _ = drain(awaiting: nil, at: now, into: &effects)
        if let flaw, connections[slot].phase != .closed {
            disconnect(slot, flaw, at: now, into: &effects)
        }
    }

    private mutating func element(
        _ range: Range<Int>,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) -> Progress {
        var reader = ByteReader(batch.bytes, in: range)
        guard let header = try? Header(from: &reader), !header.isResponse else {
            return .broken("a message is no request")
        }
        let slot = batch.connection
        counters.requested(header.command)
        var exchange = Exchange(
            request: header,
            connection: slot,
            session: nil,
            sealedFor: batch.sealedFor
        )
        if header.command == .cancel {
            cancel(exchange, batch.bytes, range, at: now, into: &effects)
            return .goesOn
        }
        // Without several credits a charge means nothing ([MS-SMB2] 3.3.5.2.3).
        let charge = connections[slot].dialect.isMultiCredit ? Int(max(1, header.creditCharge)) : 1
        guard connections[slot].window.take(header.messageID.rawValue, count: charge) else {
            return .broken("MessageId \(header.messageID.rawValue) is used or was not granted")
        }
        guard connections[slot].phase == .negotiated || header.command == .negotiate else {
            return .broken("\(header.command.name) came before NEGOTIATE")
        }
        if let refusal = inherit(&exchange, in: &batch) {
            answer(exchange, refusal, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        switch admit(&exchange, batch.bytes, range, at: now) {
        case .admitted:
            return dispatch(exchange, reader, range, of: &batch, at: now, into: &effects)
        case .refused(let status):
            answer(exchange, status, .error(ErrorResponse()), in: &batch)
            return .goesOn
        case .broken(let reason): return .broken(reason)
        }
    }

    /// A related element belongs to the session, tree and open of the one before it, and fails if
    /// that one failed to bring them ([MS-SMB2] 3.3.5.2.7.2).
    ///
    /// Like Windows, an element without the flag begins a new chain wherever it stands.
    private func inherit(_ exchange: inout Exchange, in batch: inout Batch) -> NTStatus? {
        let header = exchange.request
        guard header.flags.contains(.relatedOperations) else {
            batch.chain = Batch.Chain()
            batch.chain.isEmpty = false
            batch.chain.session = header.sessionID
            batch.chain.tree = header.treeID
            return nil
        }
        if batch.chain.isEmpty {
            batch.chain.isEmpty = false
            batch.chain.failure = .init(missing: .session, status: .invalidParameter)
            return .invalidParameter
        }
        exchange.request.sessionID = batch.chain.session
        exchange.request.treeID = batch.chain.tree
        guard let needed = header.command.neededPart else { return nil }
        if let failure = batch.chain.failure, needed >= failure.missing { return failure.status }
        return batch.chain.session == .none ? .invalidParameter : nil
    }
}
