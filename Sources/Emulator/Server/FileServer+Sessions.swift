internal import Crypto
internal import Primitives
internal import SMBWire

/// SESSION_SETUP and LOGOFF ([MS-SMB2] 3.3.5.5, 3.3.5.6).
extension FileServer {
    mutating func setUp(
        _ request: SessionSetupRequest,
        _ exchange: Exchange,
        _ range: Range<Int>,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        // Several channels for one SMB session are not spoken here.
        guard !request.isBinding else {
            answer(exchange, .requestNotAccepted, .error(ErrorResponse()), in: &batch)
            return
        }
        let session = exchange.session ?? newSession(on: batch.connection)
        var exchange = exchange
        exchange.session = session
        exchange.request.sessionID = sessions[session].id
        batch.session = sessions[session].id
        var authentication =
            sessions[session].authentication ?? Authentication(self.authentication)
        if sessions[session].keys == nil {
            sessions[session].preauthHash.append(Array(batch.bytes[range]))
        }
        let step = authentication.received(request.token, random: &random, at: now)
        switch step {
        case .more(let token):
            sessions[session].authentication = authentication
            let body = SessionSetupResponse(flags: [], token: token)
            answer(exchange, .moreProcessingRequired, .sessionSetupResponse(body), in: &batch)
            if sessions[session].keys == nil {
                sessions[session].preauthHash.append(batch.reply.last)
            }
        case .refused(let status): refuse(exchange, session, status, &batch, at: now, &effects)
        case .done(let token, let identity, let key):
            if identity == .guest, settings.requiresSigning {
                refuse(exchange, session, .logonFailure, &batch, at: now, &effects)
                return
            }
            sessions[session].authentication = nil
            establish(session, identity, key, request, at: now)
            end(request.previousSessionID, for: session, at: now, into: &effects)
            let body = SessionSetupResponse(flags: flags(of: session), token: token)
            answer(exchange, .success, .sessionSetupResponse(body), in: &batch)
        }
    }

    private mutating func newSession(on slot: Int) -> Int {
        // Ids are no secret, but they must not repeat: the upper half counts.
        let id = SMBSessionID(
            UInt64(sessionSlots.count + freeSessions.count + 1) << 32
                | random.next() & 0xFFFF_FFFF
        )
        let session = ServerSession(
            id: id,
            connection: slot,
            preauthHash: connections[slot].preauthHash
        )
        if let free = freeSessions.popLast() {
            sessions[free] = session
            sessionSlots[id] = free
            return free
        }
        sessions.append(session)
        sessionSlots[id] = sessions.count - 1
        return sessions.count - 1
    }

    /// Whoever was refused has no SMB session any more, not even the one that was to be renewed.
    private mutating func refuse(
        _ exchange: Exchange,
        _ session: Int,
        _ status: NTStatus,
        _ batch: inout Batch,
        at now: Instant,
        _ effects: inout [ServerEffect]
    ) {
        answer(exchange, status, .error(ErrorResponse()), in: &batch)
        forget(session, at: now, into: &effects)
    }

    /// Keys are made once; later authentications prove the user again and change nothing else.
    private mutating func establish(
        _ session: Int,
        _ identity: Authentication.Identity,
        _ key: [UInt8]?,
        _ request: SessionSetupRequest,
        at now: Instant
    ) {
        let connection = connections[sessions[session].connection]
        sessions[session].phase = .valid
        sessions[session].identity = identity
        sessions[session].expiresAt = settings.sessionLife.map { (now + $0).nanoseconds }
        guard let key, sessions[session].keys == nil else { return }
        let scheme: SessionKeys.Scheme =
            connection.dialect == .smb311
            ? .preauthHash(sessions[session].preauthHash.value)
            : connection.dialect >= .smb300 ? .constants : .sessionKey
        sessions[session].keys = SessionKeys(
            fullKey: key,
            scheme: scheme,
            signing: connection.signingAlgorithm,
            cipher: connection.cipher
        )
        sessions[session].requiresSigning =
            settings.requiresSigning || request.securityMode.contains(.signingRequired)
        sessions[session].encrypts = settings.requiresEncryption && connection.cipher != nil
    }

    private func flags(of session: Int) -> SessionSetupResponse.Flags {
        var flags: SessionSetupResponse.Flags = sessions[session].encrypts ? .encryptData : []
        switch sessions[session].identity {
        case .user: break
        case .guest: flags.insert(.isGuest)
        case .anonymous: flags.insert(.isNull)
        }
        return flags
    }

    /// A user who lost a connection names the SMB session that he had on it.
    private mutating func end(
        _ previous: SMBSessionID,
        for session: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        guard previous != .none, previous != sessions[session].id,
            let old = sessionSlots[previous],
            sessions[old].identity == sessions[session].identity
        else { return }
        forget(old, at: now, into: &effects)
    }

    mutating func logOff(
        _ exchange: Exchange,
        in batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        answer(exchange, .success, .empty(EmptyBody()), in: &batch)
        guard let session = exchange.session else { return }
        // The answer is sealed with the keys of the session that ends with it.
        send(&batch.reply, on: batch.connection, sealedFor: batch.sealedFor, into: &effects)
        forget(session, at: now, into: &effects)
    }

    /// An SMB session ends, and its opens with it.
    private mutating func forget(
        _ session: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        let id = sessions[session].id
        files.closeAll(session: id, tree: nil, at: now, into: &fileEffects)
        _ = drain(awaiting: nil, at: now, into: &effects)
        sessionSlots[id] = nil
        freeSessions.append(session)
    }
}
