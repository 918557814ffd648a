internal import Crypto
internal import Primitives
internal import SMBWire

/// NEGOTIATE ([MS-SMB2] 3.3.5.3, 3.3.5.4) and the check against a downgrade (3.3.5.15.12).
extension FileServer {
    /// The NEGOTIATE of SMB1 that offers SMB2 as well.
    mutating func negotiateSMB1(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        on slot: Int,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        var reader = ByteReader(bytes, in: range)
        guard connections[slot].phase == .fresh,
            let request = try? SMB1Negotiate(from: &reader), let offered = request.answer
        else {
            disconnect(slot, "SMB1 is not spoken here", at: now, into: &effects)
            return
        }
        guard offered == .wildcard || settings.dialects.contains(.smb202) else {
            disconnect(slot, "no dialect in common", at: now, into: &effects)
            return
        }
        connections[slot].dialect = offered
        connections[slot].phase = offered == .wildcard ? .wildcard : .negotiated
        _ = connections[slot].window.take(0, count: 1)
        var header = Header(command: .negotiate, messageID: MessageID(0))
        header.flags = .serverToRedir
        header.credits = grant(header, on: slot)
        var frame = ReplyFrame()
        let response = response(on: slot, contexts: [], at: now)
        frame.append(header, .negotiateResponse(response), signedBy: nil)
        send(&frame, on: slot, sealedFor: nil, into: &effects)
    }

    mutating func negotiate(
        _ request: NegotiateRequest,
        _ exchange: Exchange,
        _ range: Range<Int>,
        of batch: inout Batch,
        at now: Instant
    ) -> Progress {
        let slot = batch.connection
        guard connections[slot].phase != .negotiated else {
            return .broken("NEGOTIATE came twice")
        }
        guard !request.dialects.isEmpty else {
            answer(exchange, .invalidParameter, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        let common = settings.dialects.last { request.dialects.contains($0) }
        guard let dialect = common else {
            answer(exchange, .notSupported, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        connections[slot].dialect = dialect
        connections[slot].clientGUID = request.clientGUID
        connections[slot].clientCapabilities = request.capabilities
        connections[slot].clientSecurityMode = request.securityMode
        connections[slot].clientDialects = request.dialects
        guard let contexts = choose(request, dialect, on: slot) else {
            answer(exchange, .invalidParameter, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        connections[slot].phase = .negotiated
        let response = response(on: slot, contexts: contexts, at: now)
        answer(exchange, .success, .negotiateResponse(response), in: &batch)
        if dialect == .smb311 {
            connections[slot].preauthHash.append(Array(batch.bytes[range]))
            connections[slot].preauthHash.append(batch.reply.last)
        }
        return .goesOn
    }

    /// Algorithms by the server's preference, and the contexts that say so; nil if the client's are
    /// not acceptable.
    private mutating func choose(
        _ request: NegotiateRequest,
        _ dialect: Dialect,
        on slot: Int
    ) -> [NegotiateContext]? {
        connections[slot].signingAlgorithm = dialect >= .smb300 ? .aesCMAC : .hmacSHA256
        guard dialect == .smb311 else {
            let canSeal =
                dialect >= .smb300 && request.capabilities.contains(.encryption)
                && settings.ciphers.contains(.aes128CCM)
            connections[slot].cipher = canSeal ? .aes128CCM : nil
            return []
        }
        var contexts: [NegotiateContext] = []
        var hasPreauth = false
        for context in request.contexts {
            switch context {
            case .preauthIntegrity(let algorithms, _):
                guard !hasPreauth, algorithms.contains(1) else { return nil }
                hasPreauth = true
                var salt = ByteWriter(reserving: 32)
                for _ in 0..<4 { salt.uint64(random.next()) }
                contexts.insert(.preauthIntegrity(algorithms: [1], salt: salt.bytes), at: 0)
            case .encryption(let ciphers):
                let cipher = settings.ciphers.first { ciphers.contains($0.rawValue) }
                connections[slot].cipher = cipher
                contexts.append(.encryption(ciphers: [cipher?.rawValue ?? 0]))
            case .signing(let algorithms):
                let known = settings.signingAlgorithms
                guard let chosen = known.first(where: { algorithms.contains($0.rawValue) }) else {
                    continue
                }
                connections[slot].signingAlgorithm = chosen
                contexts.append(.signing(algorithms: [chosen.rawValue]))
            default: break
            }
        }
        return hasPreauth ? contexts : nil
    }

    private func response(
        on slot: Int,
        contexts: [NegotiateContext],
        at now: Instant
    ) -> NegotiateResponse {
        NegotiateResponse(
            securityMode: securityMode,
            dialect: connections[slot].dialect,
            serverGUID: guid,
            capabilities: capabilities(on: slot),
            maxTransactSize: settings.transferMax,
            maxReadSize: settings.transferMax,
            maxWriteSize: settings.transferMax,
            systemTime: now.fileTime,
            securityBuffer: Authentication.hint(),
            contexts: contexts
        )
    }

    private var securityMode: SecurityMode {
        settings.requiresSigning ? [.signingEnabled, .signingRequired] : .signingEnabled
    }

    private func capabilities(on slot: Int) -> GlobalCapabilities {
        let dialect = connections[slot].dialect
        var capabilities: GlobalCapabilities = hasNamespace ? .dfs : []
        guard dialect >= .smb210 else { return capabilities }
        capabilities.insert(.leasing)
        capabilities.insert(.largeMTU)
        let saysEncryption = dialect == .smb300 || dialect == .smb302
        if saysEncryption, connections[slot].cipher != nil { capabilities.insert(.encryption) }
        return capabilities
    }

    /// FSCTL_VALIDATE_NEGOTIATE_INFO; nil ends the connection: somebody was in between.
    func validation(_ input: [UInt8], on slot: Int) -> [UInt8]? {
        var reader = ByteReader(input)
        let connection = connections[slot]
        guard let request = try? ValidateNegotiateRequest(from: &reader),
            request.guid == connection.clientGUID,
            request.capabilities == connection.clientCapabilities,
            request.securityMode == connection.clientSecurityMode,
            request.dialects == connection.clientDialects
        else { return nil }
        return ValidateNegotiateResponse(
            capabilities: capabilities(on: slot),
            guid: guid,
            securityMode: securityMode,
            dialect: connection.dialect
        ).bytes
    }
}
