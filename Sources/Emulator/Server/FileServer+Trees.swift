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
        if let share, shares[share].isEncrypted, !canSeal {
            answer(exchange, .accessDenied, .error(ErrorResponse()), in: &batch)
            return
        }
        sessions[session].treeCount += 1
        let id = TreeID(sessions[session].treeCount)
        sessions[session].trees.append(.init(id: id, share: share))
        var exchange = exchange
        exchange.request.treeID = id
        batch.tree = id
        answer(exchange, .success, .treeConnectResponse(response(share)), in: &batch)
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
        let isDfs = namespace.isDfs(share: shares[share].name)
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
    ) {
        guard request.isFsctl else {
            answer(exchange, .notSupported, .error(ErrorResponse()), in: &batch)
            return
        }
        switch request.code {
        case .dfsGetReferrals, .dfsGetReferralsEx: refer(request, exchange, in: &batch)
        case .validateNegotiateInfo:
            // Without an answer, for its sender has to end the connection ([MS-SMB2] 3.3.5.15.12).
            guard let output = validation(request.input, on: batch.connection) else {
                answer(exchange, .accessDenied, .error(ErrorResponse()), in: &batch)
                return
            }
            reply(output, to: request, exchange, .success, in: &batch)
        case .queryNetworkInterfaceInfo, .lmrRequestResiliency, .srvEnumerateSnapshots:
            answer(exchange, .notSupported, .error(ErrorResponse()), in: &batch)
        case .pipeWait, .pipeTransceive, .pipePeek:
            answer(exchange, .objectNameNotFound, .error(ErrorResponse()), in: &batch)
        default:
            answer(exchange, .invalidDeviceRequest, .error(ErrorResponse()), in: &batch)
        }
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
            reply(bytes, to: request, exchange, .success, in: &batch)
        }
    }

    private mutating func reply(
        _ output: [UInt8],
        to request: IoctlRequest,
        _ exchange: Exchange,
        _ status: NTStatus,
        in batch: inout Batch
    ) {
        guard output.count <= request.maxOutputResponse else {
            answer(exchange, .bufferTooSmall, .error(ErrorResponse()), in: &batch)
            return
        }
        let body = IoctlResponse(code: request.code, fileID: request.fileID, output: output)
        answer(exchange, status, .ioctlResponse(body), in: &batch)
    }
}
