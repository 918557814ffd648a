internal import Primitives
internal import SMBWire

/// From an admitted request to whoever carries it out.
extension FileServer {
    mutating func dispatch(
        _ exchange: Exchange,
        _ reader: ByteReader,
        _ range: Range<Int>,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) -> Progress {
        batch.session = exchange.request.sessionID
        batch.tree = exchange.request.treeID
        do throws(WireError) {
            var reader = reader
            let command = exchange.request.command
            switch command {
            case .negotiate:
                let body = try NegotiateRequest(from: &reader)
                return negotiate(body, exchange, range, of: &batch, at: now)
            case .sessionSetup:
                let body = try SessionSetupRequest(from: &reader)
                setUp(body, exchange, range, of: &batch, at: now, into: &effects)
            case .logoff: logOff(exchange, in: &batch, at: now, into: &effects)
            case .treeConnect:
                connectTree(try TreeConnectRequest(from: &reader), exchange, in: &batch)
            case .echo: answer(exchange, .success, .empty(EmptyBody()), in: &batch)
            default:
                let needsOpen = command != .create && command != .treeDisconnect
                let hasFailed =
                    exchange.request.flags.contains(.relatedOperations) && needsOpen
                    && batch.status.isError
                guard !hasFailed else {
                    answer(exchange, batch.status, .error(ErrorResponse()), in: &batch)
                    return .goesOn
                }
                return try inTree(exchange, &reader, of: &batch, at: now, into: &effects)
            }
        } catch { answer(exchange, .invalidParameter, .error(ErrorResponse()), in: &batch) }
        return .goesOn
    }

    /// Commands that belong to a tree connect.
    private mutating func inTree(
        _ exchange: Exchange,
        _ reader: inout ByteReader,
        of batch: inout Batch,
        at now: Instant,
        into effects: inout [ServerEffect]
    ) throws(WireError) -> Progress {
        guard let session = exchange.session else { return .broken("no SMB session") }
        let id = exchange.request.treeID
        let isBreak = exchange.request.command == .oplockBreak
        guard let tree = sessions[session].trees.first(where: { $0.id == id }) else {
            guard isBreak else {
                answer(exchange, .networkNameDeleted, .error(ErrorResponse()), in: &batch)
                return .goesOn
            }
            return try onFile(exchange, &reader, of: &batch, at: now, into: &effects)
        }
        let isSealed = exchange.sealedFor != nil
        if let share = tree.share, shares[share].isEncrypted, !isSealed {
            answer(exchange, .accessDenied, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        switch exchange.request.command {
        case .treeDisconnect:
            sessions[session].trees.removeAll { $0.id == id }
            files.closeAll(
                session: exchange.request.sessionID,
                tree: id,
                at: now,
                into: &fileEffects
            )
            _ = drain(awaiting: nil, at: now, into: &effects)
            answer(exchange, .success, .empty(EmptyBody()), in: &batch)
            return .goesOn
        case .ioctl:
            control(try IoctlRequest(from: &reader), exchange, in: &batch)
            return .goesOn
        case .create:
            let body = try CreateRequest(from: &reader)
            return create(body, tree, exchange, of: &batch, at: now, into: &effects)
        default: return try onFile(exchange, &reader, of: &batch, at: now, into: &effects)
        }
    }
}
