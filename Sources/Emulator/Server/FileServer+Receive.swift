internal import Crypto
package import Primitives
internal import SMBWire

/// What comes in ([MS-SMB2] 3.3.5.2): frames, seals, MessageIds, signatures, sessions, trees.
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
                guard connectionSlots[connection] != nil else { return }
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
        switch FrameKind(bytes, in: range) {
        case .smb2: begin(bytes, range, sealedFor: nil, on: slot, at: now, into: &effects)
        case .transform:
            var reader = ByteReader(bytes, in: range)
            guard let header = try? TransformHeader(from: &reader),
                let session = sessionSlots[header.sessionID],
                sessions[session].connection == slot,
                let inner = sessions[session].keys?.clientToServer?.open(bytes, in: range)
            else {
                let reason = "an encrypted message could not be opened"
                disconnect(slot, reason, at: now, into: &effects)
                return
            }
            let all = 0..<inner.count
            begin(inner, all, sealedFor: session, on: slot, at: now, into: &effects)
        case .smb1: negotiateSMB1(bytes, range, on: slot, at: now, into: &effects)
        case .compressed, .unknown:
            disconnect(slot, "a frame begins with unknown bytes", at: now, into: &effects)
        }
    }

    private mutating func begin(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        sealedFor session: Int?,
        on slot: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard let elements = try? Message.elements(of: bytes, in: range) else {
            disconnect(slot, "a compound is malformed", at: now, into: &effects)
            return
        }
        let batch = Batch(
            bytes: bytes,
            elements: elements,
            connection: slot,
            sealedFor: session
        )
        run(batch, at: now, into: &effects)
    }

    /// Takes a batch as far as it goes: to its end, or to an element that has to wait.
    mutating func run(
        _ batch: Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        var batch = batch
        let number = connections[batch.connection].number
        while batch.next < batch.elements.count {
            let range = batch.elements[batch.next]
            batch.next += 1
            switch element(range, of: &batch, at: now, into: &effects) {
            case .goesOn: continue
            case .waits: return
            case .broken(let reason):
                if connectionSlots[number] == batch.connection {
                    disconnect(batch.connection, reason, at: now, into: &effects)
                }
                return
            }
        }
        send(&batch.reply, on: batch.connection, sealedFor: batch.sealedFor, into: &effects)
    }

    /// What became of an element of a batch.
    enum Progress {
        case goesOn
        /// The batch was put aside.
        case waits
        /// The connection must end.
        case broken(String)
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
        if header.command == .cancel {
            cancel(header, on: slot, at: now, into: &effects)
            return .goesOn
        }
        let charge = Int(max(1, header.creditCharge))
        guard connections[slot].window.take(header.messageID.rawValue, count: charge) else {
            return .broken("MessageId \(header.messageID.rawValue) is used or was not granted")
        }
        guard connections[slot].phase == .negotiated || header.command == .negotiate else {
            return .broken("\(header.command.name) came before NEGOTIATE")
        }
        var exchange = Exchange(
            request: header,
            connection: slot,
            session: nil,
            sealedFor: batch.sealedFor
        )
        if let refusal = inherit(&exchange, from: batch, isFirst: batch.next == 1) {
            answer(exchange, refusal, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        if let refusal = admit(&exchange, batch.bytes, range, at: now) {
            answer(exchange, refusal, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        return dispatch(exchange, reader, range, of: &batch, at: now, into: &effects)
    }

    /// A related element belongs to the session, tree and open of the one before it, and fails if
    /// that one failed ([MS-SMB2] 3.3.5.2.7.2).
    private func inherit(
        _ exchange: inout Exchange,
        from batch: Batch,
        isFirst: Bool
    ) -> NTStatus? {
        guard exchange.request.flags.contains(.relatedOperations) else { return nil }
        guard !isFirst else { return .invalidParameter }
        exchange.request.sessionID = batch.session
        exchange.request.treeID = batch.tree
        return nil
    }

    /// Looks up the SMB session, and refuses what it does not allow ([MS-SMB2] 3.3.5.2.9 and on).
    private mutating func admit(
        _ exchange: inout Exchange,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        at now: Instant
    ) -> NTStatus? {
        let header = exchange.request
        if let forced = behaviour.forcedStatus, header.command != .negotiate {
            exchange.session = sessionSlots[header.sessionID]
            return forced
        }
        let session = sessionSlots[header.sessionID].flatMap { index in
            sessions[index].connection == exchange.connection ? index : nil
        }
        exchange.session = session
        switch header.command {
        case .negotiate: return nil
        case .sessionSetup: return setupRefusal(session, bytes, range, header)
        case .echo where header.sessionID == .none: return nil
        default: break
        }
        guard let session, sessions[session].phase != .inProgress else {
            return .userSessionDeleted
        }
        if let sealed = exchange.sealedFor {
            guard sealed == session else { return .accessDenied }
        } else if let refusal = proofRefusal(session, bytes, range, header) {
            return refusal
        }
        return expiryRefusal(session, header.command, at: now)
    }

    /// A message that says it is signed has to be.
    private func proofRefusal(
        _ session: Int,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ header: Header
    ) -> NTStatus? {
        if sessions[session].encrypts { return .accessDenied }
        guard let key = sessions[session].keys?.signing else { return nil }
        if header.flags.contains(.signed) {
            return key.verifies(bytes, in: range) ? nil : .accessDenied
        }
        return sessions[session].requiresSigning ? .accessDenied : nil
    }

    private func setupRefusal(
        _ session: Int?,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ header: Header
    ) -> NTStatus? {
        guard header.sessionID != .none else { return nil }
        guard let session else { return .userSessionDeleted }
        guard header.flags.contains(.signed), let key = sessions[session].keys?.signing else {
            return nil
        }
        return key.verifies(bytes, in: range) ? nil : .accessDenied
    }

    private mutating func expiryRefusal(
        _ session: Int,
        _ command: Command,
        at now: Instant
    ) -> NTStatus? {
        let isOver = sessions[session].expiresAt.map { $0 <= now.nanoseconds } ?? false
        if isOver || behaviour.expiresSession { sessions[session].phase = .expired }
        guard sessions[session].phase == .expired else { return nil }
        switch command {
        case .logoff, .close, .lock: return nil
        default: return .networkSessionExpired
        }
    }
}
