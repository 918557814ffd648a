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
        do throws(WireError) {
            var reader = reader
            switch exchange.request.command {
            case .negotiate:
                let body = try NegotiateRequest(from: &reader)
                return negotiate(body, exchange, range, of: &batch, at: now)
            case .sessionSetup:
                let body = try SessionSetupRequest(from: &reader)
                setUp(body, exchange, range, of: &batch, at: now, into: &effects)
            case .logoff:
                _ = try EmptyBody(from: &reader)
                logOff(exchange, in: &batch, at: now, into: &effects)
            case .treeConnect:
                connectTree(try TreeConnectRequest(from: &reader), exchange, in: &batch)
            case .echo:
                _ = try EmptyBody(from: &reader)
                answer(exchange, .success, .empty(EmptyBody()), in: &batch)
            default: return try inTree(exchange, &reader, of: &batch, at: now, into: &effects)
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
        let command = exchange.request.command
        guard let tree = sessions[session].tree(exchange.request.treeID) else {
            // A lease belongs to a client, whatever tree its acknowledgement names.
            if command == .oplockBreak {
                try onFile(exchange, &reader, of: &batch, at: now, into: &effects)
            } else {
                answer(exchange, .networkNameDeleted, .error(ErrorResponse()), in: &batch)
            }
            return .goesOn
        }
        if let share = tree.share, shares[share].isEncrypted, exchange.sealedFor == nil {
            answer(exchange, .accessDenied, .error(ErrorResponse()), in: &batch)
            return .goesOn
        }
        switch command {
        case .treeDisconnect:
            _ = try EmptyBody(from: &reader)
            disconnectTree(tree.id, exchange, in: &batch, at: now, into: &effects)
        case .ioctl: return control(try IoctlRequest(from: &reader), exchange, in: &batch)
        case .create:
            let body = try CreateRequest(from: &reader)
            create(body, tree, exchange, of: &batch, at: now, into: &effects)
        default: try onFile(exchange, &reader, of: &batch, at: now, into: &effects)
        }
        return .goesOn
    }
}
