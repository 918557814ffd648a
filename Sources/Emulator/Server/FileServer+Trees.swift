internal import Crypto
internal import Primitives
internal import SMBWire

/// TREE_CONNECT ([MS-SMB2] 3.3.5.7) and IOCTL (3.3.5.15).
extension FileServer {
    mutating func connectTree(
        _ request: TreeConnectRequest,
        _ exchange: Exchange,
        in batch: inout Batch
    ) {
        guard let session = exchange.session else { return }
        let path = UNCPath(referral: request.path)
        let name = path.folded.count == 2 ? path.folded[1] : ""
        let share = treeNames[name]
        guard share != nil || name == "IPC$" else {
            answer(exchange, .badNetworkName, .error(ErrorResponse()), in: &batch)
            return
        }
        let canSeal = sessions[session].keys?.clientToServer != nil
        let mustSeal = share.map { shares[$0].isEncrypted } ?? false
        if mustSeal || settings.requiresEncryption, !canSeal {
            answer(exchange, .accessDenied, .error(ErrorResponse()), in: &batch)
            return
        }
        let id = sessions[session].connect(share: share)
        var exchange = exchange
        exchange.request.treeID = id
        batch.chain.tree = id
        answer(exchange, .success, .treeConnectResponse(response(share)), in: &batch)
    }

    mutating func disconnectTree(
        _ id: TreeID,
        _ exchange: Exchange,
        in batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) {
        if let session = exchange.session { sessions[session].disconnect(id) }
        files.closeAll(
            session: exchange.request.sessionID,
            tree: id,
            at: now,
            into: &fileEffects
        )
        _ = drain(awaiting: nil, at: now, into: &effects)
        answer(exchange, .success, .empty(EmptyBody()), in: &batch)
    }

    private func response(_ share: Int?) -> TreeConnectResponse {
        guard let share else {
            return TreeConnectResponse(
                shareType: .pipe,
                shareFlags: .noCaching,
                capabilities: [],
                maximalAccess: AccessMask(rawValue: 0x001F_00A9)
            )
        }
        let isDfs = dfsShares[share]
        var flags: TreeConnectResponse.ShareFlags = isDfs ? [.dfs, .dfsRoot] : []
        if shares[share].isEncrypted { flags.insert(.encryptData) }
        let all: UInt32 = 0x001F_01FF
        let reading: UInt32 = 0x0012_00A9
        return TreeConnectResponse(
            shareType: .disk,
            shareFlags: flags,
            capabilities: isDfs ? .dfs : [],
            maximalAccess: AccessMask(rawValue: shares[share].isReadOnly ? reading : all)
        )
    }

    mutating func control(
        _ request: IoctlRequest,
        _ exchange: Exchange,
        in batch: inout Batch
    ) -> Progress {
        if let flaw = controlFlaw(request, exchange, in: &batch) {
            answer(exchange, flaw, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        switch request.code {
        case .dfsGetReferrals, .dfsGetReferralsEx: refer(request, exchange, in: &batch)
        case .validateNegotiateInfo:
            guard let output = validation(request, on: batch.connection) else {
                return .broken("what NEGOTIATE said was changed on its way")
            }
            reply(output, to: request, exchange, in: &batch)
        case .queryNetworkInterfaceInfo, .lmrRequestResiliency, .srvEnumerateSnapshots:
            answer(exchange, .notSupported, .error(ErrorResponse()), in: &batch)
        case .pipeWait:
            answer(exchange, .objectNameNotFound, .error(ErrorResponse()), in: &batch)
        default:
            answer(exchange, .invalidDeviceRequest, .error(ErrorResponse()), in: &batch)
        }
        return .goesOn
    }

    /// What is wrong with an IOCTL whatever its code does ([MS-SMB2] 3.3.5.15).
    private mutating func controlFlaw(
        _ request: IoctlRequest,
        _ exchange: Exchange,
        in batch: inout Batch
    ) -> NTStatus? {
        guard request.isFsctl else { return .notSupported }
        let (output, overflow) =
            request.maxInputResponse.addingReportingOverflow(request.maxOutputResponse)
        guard !overflow else { return .invalidParameter }
        if let flaw = flaw(of: max(request.input.count, Int(output)), exchange) { return flaw }
        if request.code.concernsServer {
            return request.fileID == .related ? nil : .invalidParameter
        }
        var file = request.fileID
        return use(&file, exchange, in: &batch) ? nil : .fileClosed
    }

    /// The Dfs service answers on any tree of the server ([MS-DFSC] 3.2.5.1).
    private mutating func refer(
        _ request: IoctlRequest,
        _ exchange: Exchange,
        in batch: inout Batch
    ) {
        counters.referred()
        let service = behaviour.staleReferral ? staleNamespace : namespace
        let answered = service.referral(
            request.input,
            isExtended: request.code == .dfsGetReferralsEx,
            outputMax: request.maxOutputResponse
        )
        switch answered {
        case .refused(let status):
            answer(exchange, status, .error(ErrorResponse()), in: &batch)
        case .bytes(var bytes):
            if behaviour.pathConsumedError != 0, bytes.count >= 2 {
                let consumed = Int(bytes[0]) | Int(bytes[1]) << 8
                let wrong = UInt16(truncatingIfNeeded: consumed + behaviour.pathConsumedError)
                bytes[0] = UInt8(truncatingIfNeeded: wrong)
                bytes[1] = UInt8(wrong >> 8)
            }
            reply(bytes, to: request, exchange, in: &batch)
        }
    }

    private mutating func reply(
        _ output: [UInt8],
        to request: IoctlRequest,
        _ exchange: Exchange,
        in batch: inout Batch
    ) {
        guard output.count <= request.maxOutputResponse else {
            answer(exchange, .bufferTooSmall, .error(ErrorResponse()), in: &batch)
            return
        }
        let body = IoctlResponse(code: request.code, fileID: request.fileID, output: output)
        answer(exchange, .success, .ioctlResponse(body), in: &batch)
    }
}
