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
            let request = try? SMB1Negotiate(from: &reader), request.answer != nil
        else {
            disconnect(slot, "SMB1 is not spoken here", at: now, into: &effects)
            return
        }
        guard let offered = answer(to: request) else {
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

    /// 2.FF where more than the oldest dialect may be agreed on.
    private func answer(to request: SMB1Negotiate) -> Dialect? {
        let isOldOnly = settings.dialects == [.smb202]
        if request.answer == .wildcard, !isOldOnly { return .wildcard }
        let isOffered = request.dialects.contains("SMB 2.002")
        return isOffered && settings.dialects.contains(.smb202) ? .smb202 : nil
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
        guard let dialect = common(request.dialects) else {
            answer(exchange, .notSupported, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        connections[slot].dialect = dialect
        connections[slot].clientGUID = request.clientGUID
        connections[slot].clientCapabilities = request.capabilities
        connections[slot].clientSecurityMode = request.securityMode
        if dialect == .smb311, let flaw = Self.flaw(of: request.contexts) {
            answer(exchange, flaw, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        let contexts = choose(request, dialect, on: slot)
        connections[slot].phase = .negotiated
        let response = response(on: slot, contexts: contexts, at: now)
        answer(exchange, .success, .negotiateResponse(response), in: &batch)
        if dialect == .smb311 {
            connections[slot].preauthHash.append(Array(batch.bytes[range]))
            connections[slot].preauthHash.append(batch.reply.last)
        }
        return .goesOn
    }

    /// The newest that both speak.
    private func common(_ offered: [Dialect]) -> Dialect? {
        settings.dialects.last { offered.contains($0) }
    }

    /// What is wrong with the contexts of 3.1.1 ([MS-SMB2] 3.3.5.4): one of each kind at most, none
    /// of them empty, and a hash that is known.
    private static func flaw(of contexts: [NegotiateContext]) -> NTStatus? {
        var hashes: [UInt16]?
        var hasEncryption = false
        var hasSigning = false
        for context in contexts {
            switch context {
            case .preauthIntegrity(let algorithms, _):
                guard hashes == nil, !algorithms.isEmpty else { return .invalidParameter }
                hashes = algorithms
            case .encryption(let ciphers):
                guard !hasEncryption, !ciphers.isEmpty else { return .invalidParameter }
                hasEncryption = true
            case .signing(let algorithms):
                guard !hasSigning, !algorithms.isEmpty else { return .invalidParameter }
                hasSigning = true
            default: break
            }
        }
        guard let hashes else { return .invalidParameter }
        return hashes.contains(1) ? nil : .smbNoPreauthIntegrityHashOverlap
    }

    /// Algorithms by the server's preference, and the contexts that say so.
    private mutating func choose(
        _ request: NegotiateRequest,
        _ dialect: Dialect,
        on slot: Int
    ) -> [NegotiateContext] {
        connections[slot].signingAlgorithm = dialect >= .smb300 ? .aesCMAC : .hmacSHA256
        guard dialect == .smb311 else {
            let canSeal =
                dialect >= .smb300 && request.capabilities.contains(.encryption)
                && settings.ciphers.contains(.aes128CCM)
            connections[slot].cipher = canSeal ? .aes128CCM : nil
            return []
        }
        var salt = ByteWriter(reserving: 32)
        for _ in 0..<4 { salt.uint64(random.next()) }
        var contexts = [NegotiateContext.preauthIntegrity(algorithms: [1], salt: salt.bytes)]
        for context in request.contexts {
            switch context {
            case .encryption(let offered):
                let cipher = settings.ciphers.first { offered.contains($0.rawValue) }
                connections[slot].cipher = cipher
                contexts.append(.encryption(ciphers: [cipher?.rawValue ?? 0]))
            case .signing(let offered):
                let known = settings.signingAlgorithms
                guard let chosen = known.first(where: { offered.contains($0.rawValue) }) else {
                    continue
                }
                connections[slot].signingAlgorithm = chosen
                contexts.append(.signing(algorithms: [chosen.rawValue]))
            default: break
            }
        }
        return contexts
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
            maxTransactSize: transferMax(on: slot),
            maxReadSize: transferMax(on: slot),
            maxWriteSize: transferMax(on: slot),
            systemTime: files.time(now),
            securityBuffer: Authentication.hint(),
            contexts: contexts
        )
    }

    /// Bytes that one request may move: what one credit pays for, where there are no more.
    func transferMax(on slot: Int) -> UInt32 {
        let isMulti = connections[slot].dialect.isMultiCredit
        return isMulti ? settings.transferMax : min(settings.transferMax, 65_536)
    }

    private var securityMode: SecurityMode {
        settings.requiresSigning ? [.signingEnabled, .signingRequired] : .signingEnabled
    }

    private func capabilities(on slot: Int) -> GlobalCapabilities {
        let dialect = connections[slot].dialect
        var capabilities: GlobalCapabilities = namespace.isCapable ? .dfs : []
        guard dialect >= .smb210 else { return capabilities }
        capabilities.insert(.leasing)
        capabilities.insert(.largeMTU)
        let saysEncryption = dialect == .smb300 || dialect == .smb302
        if saysEncryption, connections[slot].cipher != nil { capabilities.insert(.encryption) }
        return capabilities
    }

    /// FSCTL_VALIDATE_NEGOTIATE_INFO; nil ends the connection: somebody was in between.
    func validation(_ request: IoctlRequest, on slot: Int) -> [UInt8]? {
        var reader = ByteReader(request.input)
        let dialect = connections[slot].dialect
        guard dialect != .smb311, request.maxOutputResponse >= 24,
            let said = try? ValidateNegotiateRequest(from: &reader),
            said.guid == connections[slot].clientGUID,
            said.capabilities == connections[slot].clientCapabilities,
            said.securityMode == connections[slot].clientSecurityMode,
            common(said.dialects) == dialect
        else { return nil }
        return ValidateNegotiateResponse(
            capabilities: capabilities(on: slot),
            guid: guid,
            securityMode: securityMode,
            dialect: dialect
        ).bytes
    }
}
