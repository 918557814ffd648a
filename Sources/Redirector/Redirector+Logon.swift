internal import Crypto
package import Primitives
internal import SMBWire

/// Authentication ([MS-SMB2] 3.2.4.2.3, 3.2.5.3): tokens go out to the credentials and come back.
extension Redirector {
    mutating func logon(
        user: Int,
        on number: ConnectionNumber,
        tag: Int,
        times: RequestTimes,
        into effects: inout [Effect]
    ) {
        let opener = Pending(
            tag: tag,
            work: .request(.logon(number, user: user)),
            command: .sessionSetup,
            session: -1,
            times: times
        )
        guard let slot = connections.index(of: number), connections.elements[slot].phase == .ready
        else {
            let sentence = "SESSION_SETUP has no connection any more"
            complete(
                opener,
                .connectionDisconnected,
                .nothing,
                sentence,
                at: times.created,
                into: &effects
            )
            return
        }
        var session = SMBSession(
            connection: slot,
            user: user,
            opener: opener,
            preauthHash: connections.elements[slot].preauthHash
        )
        session.deadline = times.created + settings.logonLimit
        let (_, sessionNumber) = sessions.insert(session)
        timed.append(.session(sessionNumber))
        effects.append(
            .token(
                sessionNumber,
                user: user,
                server: connections.elements[slot].server,
                input: connections.elements[slot].securityBuffer
            )
        )
    }

    /// The credentials have worked out the next token.
    package mutating func tokenReady(
        _ number: SMBSessionNumber,
        _ answer: TokenAnswer,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let slot = sessions.index(of: number) else { return }
        let output: [UInt8]
        switch answer {
        case .failed(let status, let sentence):
            refuse(slot, status, sentence, at: now, into: &effects)
            return
        case .output(let token, let isComplete, let key):
            output = token
            sessions.elements[slot].isTokenComplete = isComplete
            if isComplete, sessions.elements[slot].keys == nil {
                sessions.elements[slot].fullKey = key
            }
        }
        switch sessions.elements[slot].phase {
        case .awaitingToken:
            sessions.elements[slot].phase = .awaitingResponse
            let setup = Pending(
                tag: -1,
                work: .sessionSetup,
                command: .sessionSetup,
                session: slot,
                times: RequestTimes(created: now)
            )
            sessions.elements[slot].token = output
            send(setup, on: sessions.elements[slot].connection, at: now, into: &effects)
        case .verifying(let message, let response):
            verified(slot, message: message, response, at: now, into: &effects)
        case .awaitingResponse, .valid, .ended:
            // The exchange was given up meanwhile.
            break
        }
    }

    mutating func sessionSetupAnswered(
        _ header: Header,
        _ response: SessionSetupResponse?,
        message: [UInt8],
        session slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let response else {
            let server = connections.elements[sessions.elements[slot].connection].server
            let name = name(ofUser: sessions.elements[slot].user)
            let sentence = "\(server): SESSION_SETUP of \(name) failed: \(header.status)"
            refuse(slot, header.status, sentence, at: now, into: &effects)
            return
        }
        sessions.elements[slot].id = header.sessionID
        if header.status == .moreProcessingRequired {
            sessions.elements[slot].preauthHash.append(message)
            sessions.elements[slot].phase = .awaitingToken
        } else {
            sessions.elements[slot].phase = .verifying(response: message, response)
            if response.token.isEmpty, sessions.elements[slot].isTokenComplete {
                verified(slot, message: message, response, at: now, into: &effects)
                return
            }
        }
        let user = sessions.elements[slot].user
        let server = connections.elements[sessions.elements[slot].connection].server
        effects.append(
            .token(sessions.number(at: slot), user: user, server: server, input: response.token)
        )
    }

    /// The exchange is complete on both sides: keys, policy, and the proof of the last message.
    private mutating func verified(
        _ slot: Int,
        message: [UInt8],
        _ response: SessionSetupResponse,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let connection = sessions.elements[slot].connection
        let server = connections.elements[connection].server
        guard sessions.elements[slot].isTokenComplete else {
            let sentence = "\(server): the server ended the log-on before it was proved"
            refuse(slot, .logonFailure, sentence, at: now, into: &effects)
            return
        }
        if sessions.elements[slot].isRenewal {
            becameValid(slot, at: now, into: &effects)
            return
        }
        let isGuest =
            !response.flags.isDisjoint(with: [.isGuest, .isNull])
            || sessions.elements[slot].fullKey == nil
        if isGuest {
            guard settings.allowsGuest, settings.signing != .required,
                settings.encryption != .required
            else {
                let sentence =
                    "\(server): the server logged the user on as a guest; "
                    + "allow that with smb.allow-guest, or check the name and the password"
                refuse(slot, .logonFailure, sentence, at: now, into: &effects)
                return
            }
            becameValid(slot, at: now, into: &effects)
            return
        }
        if let sentence = protect(slot, message: message, response) {
            drop(connection, .accessDenied, sentence, at: now, into: &effects)
            return
        }
        becameValid(slot, at: now, into: &effects)
    }

    /// Makes the keys; nil, or why this session must not be used.
    private mutating func protect(
        _ slot: Int,
        message: [UInt8],
        _ response: SessionSetupResponse
    ) -> String? {
        let connection = connections.elements[sessions.elements[slot].connection]
        let fullKey = sessions.elements[slot].fullKey ?? []
        let scheme: SessionKeys.Scheme =
            switch connection.dialect {
            case .smb311: .preauthHash(sessions.elements[slot].preauthHash.value)
            case .smb300, .smb302: .constants
            default: .sessionKey
            }
        // Peers disagree about the length of the signing key beside a 256-bit cipher.
        let choices: [UInt32] = connection.cipher?.keyLength == 32 ? [128, 256] : [128]
        let range = 0..<message.count
        var keys: SessionKeys?
        var isSigned = false
        for bits in choices where !isSigned {
            let candidate = SessionKeys(
                fullKey: fullKey,
                scheme: scheme,
                signing: connection.signingAlgorithm,
                cipher: connection.cipher,
                signingBits: bits
            )
            isSigned = candidate.signing.verifies(message, in: range)
            if keys == nil || isSigned { keys = candidate }
        }
        let mustSign =
            settings.signing == .required
            || connection.serverSecurityMode.contains(.signingRequired)
        if !isSigned, connection.dialect == .smb311 || mustSign {
            return "the final SESSION_SETUP response is not signed as it must be"
        }
        sessions.elements[slot].keys = keys
        sessions.elements[slot].signs = mustSign
        let wantsEncryption =
            settings.encryption == .required
            || response.flags.contains(.encryptData)
        if wantsEncryption, keys?.clientToServer == nil {
            return "the session must be encrypted, and no cipher was negotiated"
        }
        sessions.elements[slot].encrypts = wantsEncryption
        return nil
    }

    private mutating func becameValid(
        _ slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let number = sessions.number(at: slot)
        let connection = sessions.elements[slot].connection
        sessions.elements[slot].phase = .valid
        sessions.elements[slot].deadline = nil
        untime()
        effects.append(.tokenEnd(number))
        previousSessions[userOnServer(slot)] = nil
        if let opener = sessions.elements[slot].opener {
            sessions.elements[slot].opener = nil
            complete(opener, .success, .smbSession(number), nil, at: now, into: &effects)
        }
        let waiting = sessions.elements[slot].awaitingRenewal
        sessions.elements[slot].awaitingRenewal = []
        for pending in waiting { send(pending, on: connection, at: now, into: &effects) }
    }

    /// Whom a sentence is about.
    func name(ofUser user: Int) -> String {
        settings.userNames.indices.contains(user)
            ? "“\(settings.userNames[user])”" : "user \(user)"
    }

    func userOnServer(_ slot: Int) -> UserOnServer {
        let server = connections.elements[sessions.elements[slot].connection].server
        return UserOnServer(user: sessions.elements[slot].user, server: server)
    }

    /// The log-on, or the renewal, failed: the session is dead, the connection is not.
    private mutating func refuse(
        _ slot: Int,
        _ status: NTStatus,
        _ sentence: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let number = sessions.number(at: slot)
        effects.append(.tokenEnd(number))
        if let opener = sessions.elements[slot].opener {
            complete(opener, status, .nothing, sentence, at: now, into: &effects)
        }
        end(session: slot, status, sentence, at: now, into: &effects)
    }

    /// STATUS_NETWORK_SESSION_EXPIRED: authenticate again, then send the request once more.
    mutating func renew(
        _ slot: Int,
        retrying pending: Pending,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        var again = pending
        again.isRetry = true
        sessions.elements[slot].awaitingRenewal.append(again)
        guard sessions.elements[slot].phase == .valid else { return }
        sessions.elements[slot].phase = .awaitingToken
        sessions.elements[slot].isTokenComplete = false
        sessions.elements[slot].deadline = now + settings.logonLimit
        let number = sessions.number(at: slot)
        timed.append(.session(number))
        let connection = connections.elements[sessions.elements[slot].connection]
        effects.append(
            .token(
                number,
                user: sessions.elements[slot].user,
                server: connection.server,
                input: connection.securityBuffer
            )
        )
    }
}
