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
        if let refusal = setupFlaw(request, exchange) {
            answer(exchange, refusal, .error(ErrorResponse()), in: &batch)
            return
        }
        let session = exchange.session ?? newSession(on: batch.connection)
        var exchange = exchange
        exchange.session = session
        exchange.request.sessionID = sessions[session].id
        batch.chain.session = sessions[session].id
        var authentication =
            sessions[session].authentication ?? Authentication(self.authentication)
        let isHashed =
            sessions[session].phase == .inProgress
            && connections[batch.connection].dialect == .smb311
        if isHashed { sessions[session].preauthHash.append(Array(batch.bytes[range])) }
        let step = authentication.received(request.token, random: &random, at: now)
        switch step {
        case .more(let token):
            sessions[session].authentication = authentication
            let body = SessionSetupResponse(flags: [], token: token)
            answer(exchange, .moreProcessingRequired, .sessionSetupResponse(body), in: &batch)
            if isHashed { sessions[session].preauthHash.append(batch.reply.last) }
        case .refused(let status):
            refuse(exchange, session, status, in: &batch, at: now, into: &effects)
        case .done(let token, let identity, let key):
            if identity == .guest, settings.requiresSigning {
                refuse(exchange, session, .logonFailure, in: &batch, at: now, into: &effects)
                return
            }
            sessions[session].authentication = nil
            establish(session, identity, key, request, at: now)
            end(request.previousSessionID, for: session, at: now, into: &effects)
            let body = SessionSetupResponse(flags: flags(of: session), token: token)
            answer(exchange, .success, .sessionSetupResponse(body), in: &batch)
        }
    }

    /// What no authentication can mend ([MS-SMB2] 3.3.5.5).
    private func setupFlaw(_ request: SessionSetupRequest, _ exchange: Exchange) -> NTStatus? {
        let connection = exchange.connection
        // Several channels for one SMB session are not spoken here.
        if request.isBinding { return .requestNotAccepted }
        if settings.requiresEncryption, connections[connection].cipher == nil {
            return .accessDenied
        }
        let isFull = connections[connection].sessions.count >= Self.sessionsMax
        return exchange.session == nil && isFull ? .tooManySessions : nil
    }

    /// On one connection; what Windows calls MaxSessionPerConnection.
    private static var sessionsMax: Int { 16_384 }

    /// Its slot is the lower half of its id, the upper half counts: no id is ever used again.
    private mutating func newSession(on slot: Int) -> Int {
        sessionCount += 1
        let place = freeSessions.popLast() ?? sessions.count
        let session = ServerSession(
            id: SMBSessionID(sessionCount << 32 | UInt64(place)),
            connection: slot,
            preauthHash: connections[slot].preauthHash
        )
        if place == sessions.count { sessions.append(session) } else { sessions[place] = session }
        connections[slot].sessions.append(place)
        return place
    }

    /// The slot of an SMB session that lives on a connection.
    func session(of id: SMBSessionID, on slot: Int) -> Int? {
        session(of: id).flatMap { sessions[$0].connection == slot ? $0 : nil }
    }

    /// The slot of an SMB session that lives.
    func session(of id: SMBSessionID) -> Int? {
        let place = Int(truncatingIfNeeded: id.rawValue & 0xFFFF_FFFF)
        guard place < sessions.count, sessions[place].id == id, sessions[place].phase != .ended
        else { return nil }
        return place
    }

    /// Whoever was refused has no SMB session any more, not even the one that was to be renewed.
    private mutating func refuse(
        _ exchange: Exchange,
        _ session: Int,
        _ status: NTStatus,
        in batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
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
        let slot = sessions[session].connection
        let isFirst = sessions[session].phase == .inProgress
        sessions[session].phase = .valid
        sessions[session].identity = identity
        sessions[session].expiresAt = settings.sessionLife.map { now + $0 }
        guard let key, isFirst else { return }
        let dialect = connections[slot].dialect
        let scheme: SessionKeys.Scheme =
            dialect == .smb311
            ? .preauthHash(sessions[session].preauthHash.value)
            : dialect >= .smb300 ? .constants : .sessionKey
        sessions[session].keys = SessionKeys(
            fullKey: key,
            scheme: scheme,
            signing: connections[slot].signingAlgorithm,
            cipher: connections[slot].cipher
        )
        sessions[session].requiresSigning =
            settings.requiresSigning || request.securityMode.contains(.signingRequired)
            || connections[slot].clientSecurityMode.contains(.signingRequired)
        sessions[session].encrypts = settings.requiresEncryption
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
            let old = self.session(of: previous),
            sessions[old].identity == sessions[session].identity
        else { return }
        files.sessionReplaced(previous, at: now, into: &fileEffects)
        forget(old, at: now, into: &effects)
    }

    /// LOGOFF: what the SMB session still waits for is answered first.
    mutating func logOff(
        _ exchange: Exchange,
        in batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        if let session = exchange.session { forget(session, at: now, into: &effects) }
        answer(exchange, .success, .empty(EmptyBody()), in: &batch)
    }

    /// An SMB session ends, and its opens with it.
    ///
    /// Its keys stay until the slot is used again: answers under way need them.
    private mutating func forget(
        _ session: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        let slot = sessions[session].connection
        sessions[session].phase = .ended
        connections[slot].sessions.removeAll { $0 == session }
        files.closeAll(session: sessions[session].id, tree: nil, at: now, into: &fileEffects)
        _ = drain(awaiting: nil, at: now, into: &effects)
        freeSessions.append(session)
    }
}
