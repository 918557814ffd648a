internal import Crypto
internal import Primitives
internal import SMBWire

/// Final responses, by what they answer ([MS-SMB2] 3.2.5).
extension Redirector {
    mutating func answered(
        _ pending: Pending,
        _ header: Header,
        _ body: inout ByteReader,
        message: () -> [UInt8],
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let isExpired = header.status == .networkSessionExpired
        if isExpired, !pending.isRetry, pending.isRequest, pending.session >= 0 {
            guard case .element = pending.work else {
                renew(pending.session, retrying: pending, at: now, into: &effects)
                return
            }
        }
        do throws(WireError) {
            try deliver(
                pending,
                header,
                &body,
                message: message,
                on: slot,
                at: now,
                into: &effects
            )
        } catch {
            let sentence = "the answer to \(pending.name) is malformed: \(error)"
            // NEGOTIATE and SESSION_SETUP answer to whoever opened the connection or the session.
            if pending.isAwaited {
                fail(pending, .invalidNetworkResponse, sentence, on: slot, at: now, into: &effects)
            }
            drop(slot, .invalidNetworkResponse, sentence, at: now, into: &effects)
        }
    }

    private mutating func deliver(
        _ pending: Pending,
        _ header: Header,
        _ body: inout ByteReader,
        message: () -> [UInt8],
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) throws(WireError) {
        // Not in place: that would copy all of the request beside it.
        let work = pending.work
        switch work {
        case .negotiate:
            try negotiateAnswered(
                header,
                &body,
                message: message(),
                on: slot,
                at: now,
                into: &effects
            )
        case .sessionSetup:
            let isGood = header.status == .success || header.status == .moreProcessingRequired
            let response = isGood ? try SessionSetupResponse(from: &body) : nil
            sessionSetupAnswered(
                header,
                response,
                message: message(),
                session: pending.session,
                at: now,
                into: &effects
            )
        case .windowGrowth(let before):
            windowGrown(from: before, on: slot, at: now, into: &effects)
        case .validateNegotiate(let tree, let response):
            validated(pending, tree, response, header, &body, on: slot, at: now, into: &effects)
        case .element(_, _, let related):
            let result = try self.result(of: related, header, &body)
            finish(pending, header.status, result, on: slot, at: now, into: &effects)
        case .request(let request):
            try requestAnswered(
                pending,
                request,
                header,
                &body,
                on: slot,
                at: now,
                into: &effects
            )
        }
    }

    private mutating func negotiateAnswered(
        _ header: Header,
        _ body: inout ByteReader,
        message: [UInt8],
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) throws(WireError) {
        guard header.status == .success else {
            let sentence = "NEGOTIATE was refused with \(header.status)"
            drop(slot, header.status, sentence, at: now, into: &effects)
            return
        }
        let response = try NegotiateResponse(from: &body)
        negotiated(response, message: message, on: slot, at: now, into: &effects)
    }

    /// Completes with a sentence where the status is a failure.
    private mutating func finish(
        _ pending: borrowing Pending,
        _ status: NTStatus,
        _ result: consuming Answer.Result,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        var sentence: String?
        if status != .success {
            sentence = "\(connections.elements[slot].server): \(pending.name) failed: \(status)"
        }
        complete(pending, status, result, sentence, at: now, into: &effects)
    }

    private mutating func requestAnswered(
        _ pending: Pending,
        _ request: Request,
        _ header: Header,
        _ body: inout ByteReader,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) throws(WireError) {
        var result = Answer.Result.nothing
        switch request {
        case .treeConnect where header.status == .success:
            let response = try TreeConnectResponse(from: &body)
            treeConnected(pending, header, response, on: slot, at: now, into: &effects)
            return
        case .create(let tree, let parameters) where header.status == .success:
            let response = try CreateResponse(from: &body)
            let open = opened(parameters, on: tree, response)
            result = .open(open, response)
        case .reopen(let open, let tree) where header.status == .success:
            let response = try CreateResponse(from: &body)
            if let index = opens.index(of: open), let treeSlot = trees.index(of: tree) {
                opens.elements[index].tree = treeSlot
                opens.elements[index].fileID = response.fileID
            }
            result = .open(open, response)
        case .close(let open) where header.status == .success: forget(open)
        case .treeDisconnect(let tree) where header.status == .success:
            if let index = trees.index(of: tree) { trees.remove(at: index) }
        case .logoff(let session) where header.status == .success:
            if let index = sessions.index(of: session) {
                let sentence = "the session has logged off"
                end(session: index, .userSessionDeleted, sentence, at: now, into: &effects)
            }
        default: result = try self.result(of: request, header, &body)
        }
        finish(pending, header.status, consume result, on: slot, at: now, into: &effects)
    }

    /// What a successful answer, or a cut one, brings along.
    private func result(
        of request: Request,
        _ header: Header,
        _ body: inout ByteReader
    ) throws(WireError) -> Answer.Result {
        let isCut = header.status == .bufferOverflow
        guard header.status == .success || isCut else { return .nothing }
        switch request {
        case .read: return .bytes(try ReadResponse(from: &body).data)
        case .write: return .written(try WriteResponse(from: &body).count)
        case .queryDirectory, .queryInfo, .changeNotify:
            return .bytes(try BufferResponse(from: &body).output[...])
        // Samba answers with the cut bytes, others with an error body.
        case .referral: return isCut ? .nothing : .bytes(try IoctlResponse(from: &body).output[...])
        default: return .nothing
        }
    }

    private func result(
        of related: RelatedRequest?,
        _ header: Header,
        _ body: inout ByteReader
    ) throws(WireError) -> Answer.Result {
        guard header.status == .success else { return .nothing }
        switch related {
        case .read: return .bytes(try ReadResponse(from: &body).data)
        case .write: return .written(try WriteResponse(from: &body).count)
        case .queryInfo: return .bytes(try BufferResponse(from: &body).output[...])
        case .close, nil: return .nothing
        }
    }

    private mutating func treeConnected(
        _ pending: Pending,
        _ header: Header,
        _ response: TreeConnectResponse,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let encrypts = response.shareFlags.contains(.encryptData)
        if encrypts, sessions.elements[pending.session].keys?.clientToServer == nil {
            let reason = "the share must be encrypted, and no cipher was negotiated"
            fail(pending, .accessDenied, reason, on: slot, at: now, into: &effects)
            return
        }
        let tree = Tree(
            session: pending.session,
            id: header.treeID,
            isDfs: response.capabilities.contains(.dfs),
            encrypts: encrypts
        )
        let (_, number) = trees.insert(tree)
        let connection = connections.elements[slot]
        // [MS-SMB2] 3.2.5.5: below 3.1.1 a man in the middle may have lowered the dialect.
        let couldBeDowngraded =
            connection.dialect < .smb311
            && (settings.dialects.last ?? .smb202) >= .smb300
        guard couldBeDowngraded, !connection.isValidated,
            sessions.elements[pending.session].keys != nil
        else {
            let result = Answer.Result.tree(number, response)
            complete(pending, .success, result, nil, at: now, into: &effects)
            return
        }
        connections.elements[slot].isValidated = true
        var validation = pending
        validation.work = .validateNegotiate(tree: number, response)
        validation.command = .ioctl
        send(validation, on: slot, at: now, into: &effects)
    }

    /// [MS-SMB2] 3.2.5.14.12: the answer must be signed and say what NEGOTIATE said.
    private mutating func validated(
        _ pending: Pending,
        _ tree: TreeNumber,
        _ response: TreeConnectResponse,
        _ header: Header,
        _ body: inout ByteReader,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let connection = connections.elements[slot]
        if header.status == .success {
            let output = (try? IoctlResponse(from: &body).output) ?? []
            var reader = ByteReader(output)
            let said = try? ValidateNegotiateResponse(from: &reader)
            let isSame =
                said?.dialect == connection.dialect
                && said?.guid == connection.serverGUID
                && said?.securityMode == connection.serverSecurityMode
                && said?.capabilities == connection.serverCapabilities
            guard isSame else {
                fail(
                    pending,
                    .accessDenied,
                    "the negotiation was tampered with",
                    on: slot,
                    at: now,
                    into: &effects
                )
                let sentence = "the negotiation was tampered with (validate-negotiate differs)"
                drop(slot, .accessDenied, sentence, at: now, into: &effects)
                return
            }
        } else if header.status == .accessDenied {
            let sentence = "the server denies its negotiation (validate-negotiate)"
            fail(pending, .accessDenied, sentence, on: slot, at: now, into: &effects)
            drop(slot, .accessDenied, sentence, at: now, into: &effects)
            return
        }
        // Another status, signed as it is, comes from a server too old to know the question.
        complete(pending, .success, .tree(tree, response), nil, at: now, into: &effects)
    }
}
