internal import Crypto
package import Primitives
package import SMBWire

/// What comes in ([MS-SMB2] 3.2.5.1): frames, seals, signatures, credits, then the answers.
extension Redirector {
    /// Bytes from the server, in the order of the stream and in pieces of any size.
    package mutating func received(
        _ number: ConnectionNumber,
        _ bytes: [UInt8],
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let slot = connections.index(of: number) else { return }
        connections.elements[slot].traffic.lastReceived = now
        connections.elements[slot].assembler.append(bytes)
        do throws(FrameAssembler.Failure) {
            while let (buffer, range) = try connections.elements[slot].assembler.next() {
                frame(buffer, range, on: slot, at: now, into: &effects)
                // The frame may have ended the connection.
                guard connections.index(of: number) != nil else { return }
            }
            pump(slot, at: now, into: &effects)
        } catch {
            let sentence = "the bytes are no SMB2 frame: \(error)"
            drop(slot, .invalidNetworkResponse, sentence, at: now, into: &effects)
        }
    }

    private mutating func frame(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        switch FrameKind.of(bytes, in: range) {
        case .smb2: messages(bytes, range, sealedFor: nil, on: slot, at: now, into: &effects)
        case .transform:
            var reader = ByteReader(bytes, in: range)
            guard let header = try? TransformHeader(from: &reader),
                let session = session(header.sessionID, on: slot),
                let key = sessions.elements[session].keys?.serverToClient,
                let inner = key.open(bytes, in: range)
            else {
                let sentence = "an encrypted message could not be opened"
                drop(slot, .invalidNetworkResponse, sentence, at: now, into: &effects)
                return
            }
            messages(
                inner,
                0..<inner.count,
                sealedFor: session,
                on: slot,
                at: now,
                into: &effects
            )
        case .compressed, .smb1, .unknown:
            let sentence = "a message begins with bytes that were not negotiated"
            drop(slot, .invalidNetworkResponse, sentence, at: now, into: &effects)
        }
    }

    private func session(_ id: SMBSessionID, on slot: Int) -> Int? {
        sessions.indices { $0.connection == slot && $0.id == id }.first
    }

    private mutating func messages(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        sealedFor session: Int?,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let number = connections.number(at: slot)
        do throws(WireError) {
            guard !Message.isAlone(bytes, in: range) else {
                try message(
                    bytes,
                    range,
                    sealedFor: session,
                    on: slot,
                    at: now,
                    into: &effects
                )
                return
            }
            for element in try Message.elements(of: bytes, in: range) {
                try message(
                    bytes,
                    element,
                    sealedFor: session,
                    on: slot,
                    at: now,
                    into: &effects
                )
                guard connections.index(of: number) != nil else { return }
            }
        } catch {
            let sentence = "a message is malformed: \(error)"
            drop(slot, .invalidNetworkResponse, sentence, at: now, into: &effects)
        }
    }

    private mutating func message(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        sealedFor session: Int?,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) throws(WireError) {
        var reader = ByteReader(bytes, in: range)
        let header = try Header(from: &reader)
        guard header.isResponse else { throw .malformed(field: "Flags") }
        if header.messageID == .unsolicited {
            guard header.command == .oplockBreak else { throw .malformed(field: "MessageId") }
            let notice = try OplockBreak(from: &reader)
            broken(notice, on: slot, into: &effects)
            return
        }
        let id = header.messageID.rawValue
        guard let place = connections.elements[slot].sent.place(of: id),
            connections.elements[slot].sent.command(at: place) == header.command
        else {
            // An answer to nothing we asked: [MS-SMB2] 3.2.5.1.2 discards it.
            connections.elements[slot].strayAnswers += 1
            return
        }
        let pending = connections.elements[slot].sent.lift(at: place)
        if let objection = objection(
            to: header,
            bytes,
            range,
            of: pending,
            sealedFor: session,
            on: slot
        ) {
            connections.elements[slot].sent.putBack(pending, at: place)
            drop(slot, .accessDenied, objection, at: now, into: &effects)
            return
        }
        connections.elements[slot].window.grant(header.credits)
        if header.status == .pending {
            var waiting = pending
            waiting.times.interim = pending.times.interim ?? now
            waiting.asyncID = header.asyncID
            waiting.credits -= min(pending.credits, Int(header.credits))
            connections.elements[slot].sent.putBack(waiting, at: place)
            return
        }
        connections.elements[slot].sent.close(place)
        connections.elements[slot].window.answered()
        let sentAt = pending.times.sent
        connections.elements[slot].traffic.answered(sentAt: sentAt)
        answered(
            pending,
            header,
            &reader,
            message: { Array(bytes[range]) },
            on: slot,
            at: now,
            into: &effects
        )
    }

    /// Why a response must not be believed; nil if it may ([MS-SMB2] 3.2.5.1.3).
    private func objection(
        to header: Header,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        of pending: Pending,
        sealedFor session: Int?,
        on slot: Int
    ) -> String? {
        let isInterim = header.status == .pending
        if let session {
            let isRelated = header.sessionID == .related
            return pending.session == session || isRelated
                ? nil : "an encrypted response belongs to another SMB session"
        }
        guard pending.isSealed || pending.isSigned, pending.session >= 0,
            let keys = sessions.elements[pending.session].keys
        else { return nil }
        // Servers answer so before they know whose keys to use (Samba echoes the flags).
        let isBeforeSession =
            header.status == .userSessionDeleted
            || header.status == .networkSessionExpired
        if pending.isSealed {
            return isBeforeSession ? nil : "\(pending.name) was answered without encryption"
        }
        guard pending.isSigned, !isInterim else { return nil }
        let isSigned = header.flags.contains(.signed) && keys.signing.verifies(bytes, in: range)
        return isSigned || isBeforeSession ? nil : "the signature of \(pending.name) is wrong"
    }

    /// TCP has ended.
    package mutating func transportClosed(
        _ number: ConnectionNumber,
        _ status: NTStatus,
        sentence: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let slot = connections.index(of: number) else { return }
        lose(slot, status, sentence, at: now, into: &effects)
    }
}
