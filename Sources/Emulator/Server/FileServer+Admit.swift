internal import Crypto
internal import Primitives
internal import SMBWire

/// Who may ask ([MS-SMB2] 3.3.5.2.4 to 3.3.5.2.11): seals, signatures, SMB sessions.
extension FileServer {
    enum Admission {
        case admitted
        case refused(NTStatus)
        /// The connection must end.
        case broken(String)
    }

    /// Looks up the SMB session, and refuses what it does not allow.
    mutating func admit(
        _ exchange: inout Exchange,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        at now: Instant
    ) -> Admission {
        let header = exchange.request
        let session = session(of: header.sessionID, on: exchange.connection)
        exchange.session = session
        if let sealed = exchange.sealedFor, sessions[sealed].id != header.sessionID {
            return .broken("an encrypted message names another SMB session than its seal")
        }
        if let forced = behaviour.forcedStatus, header.command != .negotiate {
            return .refused(forced)
        }
        switch header.command {
        case .negotiate:
            return header.flags.contains(.signed) ? .refused(.invalidParameter) : .admitted
        case .sessionSetup:
            return setupRefusal(session, bytes, range, header).map { .refused($0) } ?? .admitted
        case .echo where header.sessionID == .none: return .admitted
        default: break
        }
        guard let session else { return .refused(.userSessionDeleted) }
        // What Samba says; there are no keys yet to answer it better.
        guard sessions[session].phase != .inProgress else { return .refused(.invalidHandle) }
        if exchange.sealedFor == nil {
            if let refusal = proofRefusal(session, bytes, range, header) {
                return .refused(refusal)
            }
            if isUnprovedTreeConnect(header, session) {
                return .broken("TREE_CONNECT of 3.1.1 is neither signed nor encrypted")
            }
        }
        return expiryRefusal(session, header.command, at: now).map { .refused($0) } ?? .admitted
    }

    /// A message that says it is signed has to be.
    func proofRefusal(
        _ session: Int,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ header: Header
    ) -> NTStatus? {
        if sessions[session].encrypts { return .accessDenied }
        let isSigned = header.flags.contains(.signed)
        // Guests and the anonymous user have nothing to sign with.
        guard let key = sessions[session].keys?.signing else {
            return isSigned ? .notSupported : nil
        }
        guard isSigned else { return sessions[session].requiresSigning ? .accessDenied : nil }
        return key.verifies(bytes, in: range) ? nil : .accessDenied
    }

    /// It is what tells that NEGOTIATE and SESSION_SETUP came as they were sent
    /// ([MS-SMB2] 3.3.5.2.4).
    private func isUnprovedTreeConnect(_ header: Header, _ session: Int) -> Bool {
        header.command == .treeConnect && !header.flags.contains(.signed)
            && sessions[session].keys != nil
            && connections[sessions[session].connection].dialect == .smb311
    }

    private func setupRefusal(
        _ session: Int?,
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ header: Header
    ) -> NTStatus? {
        guard header.sessionID != .none else { return nil }
        guard let session else { return isBinding(bytes, range) ? nil : .userSessionDeleted }
        guard header.flags.contains(.signed), let key = sessions[session].keys?.signing else {
            return nil
        }
        return key.verifies(bytes, in: range) ? nil : .accessDenied
    }

    /// The SMB session of a binding is on another connection; it is refused with its own status.
    private func isBinding(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var reader = ByteReader(bytes, in: range)
        guard (try? reader.seek(to: Header.size)) != nil else { return false }
        return (try? SessionSetupRequest(from: &reader).isBinding) ?? false
    }

    private mutating func expiryRefusal(
        _ session: Int,
        _ command: Command,
        at now: Instant
    ) -> NTStatus? {
        let isOver = sessions[session].expiresAt.map { $0 <= now } ?? false
        if isOver || behaviour.expiresSession { sessions[session].phase = .expired }
        guard sessions[session].phase == .expired else { return nil }
        switch command {
        case .logoff, .close, .lock: return nil
        default: return .networkSessionExpired
        }
    }
}
