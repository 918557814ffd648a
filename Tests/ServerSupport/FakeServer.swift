package import Crypto
internal import Primitives
package import SMBWire

/// A server in a few lines: enough of [MS-SMB2] 3.3 to answer a redirector, and to misbehave.
package struct FakeServer: Sendable {
    package var dialect = Dialect.smb311
    package var signing = SigningAlgorithm.aesCMAC
    package var cipher: Cipher? = .aes128GCM
    package var requiresSigning = true
    package var encrypts = false
    package var isGuest = false
    /// Credits granted with each answer; nil grants what is asked for.
    package var grant: UInt16?
    /// Answers with STATUS_PENDING first.
    package var isAsync = false
    /// Statuses instead of success, by command; used up one by one.
    package var statuses: [Command: [NTStatus]] = [:]
    /// Commands that are never answered.
    package var silent: Set<Command> = []
    /// The number that every file has on its volume, for who asks; nil does not tell.
    package var diskID: UInt64?
    /// What each CREATE is granted.
    package var oplock = OplockLevel.none
    /// The files that are handed out, in order.
    package private(set) var files: [FileID] = []
    /// The files whose oplock breaks were acknowledged, in order.
    package private(set) var acknowledged: [FileID] = []
    /// What came, in order.
    package private(set) var received: [Header] = []
    package private(set) var usedIDs: [UInt64] = []

    private var connectionHash = PreauthIntegrityHash()
    private var sessions: [UInt64: Session] = [:]
    private var nextID: UInt64 = 100
    package static let key = [UInt8](repeating: 0x5A, count: 16)

    private struct Session {
        var hash: PreauthIntegrityHash
        var keys: SessionKeys?
        var nonce: UInt64 = 0
    }

    package init(
        dialect: Dialect = .smb311,
        signing: SigningAlgorithm = .aesCMAC,
        cipher: Cipher? = .aes128GCM,
        requiresSigning: Bool = true,
        encrypts: Bool = false,
        isGuest: Bool = false
    ) {
        self.dialect = dialect
        self.signing = signing
        self.cipher = cipher
        self.requiresSigning = requiresSigning
        self.encrypts = encrypts
        self.isGuest = isGuest
    }

    /// The frames that answer frames, each with its prefix.
    package mutating func answer(_ frames: [UInt8]) -> [[UInt8]] {
        var answers: [[UInt8]] = []
        DirectTCP.forEachFrame(of: frames) { answers += answer(frame: $0) }
        return answers
    }

    private mutating func answer(frame: [UInt8]) -> [[UInt8]] {
        var bytes = Array(frame.dropFirst(4))
        var sealedFor: UInt64?
        if bytes[0] == 0xFD {
            var reader = ByteReader(bytes)
            guard let header = try? TransformHeader(from: &reader),
                let inner = sessions[header.sessionID.rawValue]?.keys?.clientToServer?
                    .open(bytes, in: 0..<bytes.count)
            else { return [] }
            bytes = inner
            sealedFor = header.sessionID.rawValue
        }
        var frames: [[UInt8]] = []
        for range in (try? Message.elements(of: bytes, in: 0..<bytes.count)) ?? [] {
            frames += reply(to: bytes, range, sealedFor: sealedFor)
        }
        return frames
    }

    /// The frame that takes an oplock back; unsolicited and never signed.
    package func breaking(_ file: FileID, to level: OplockLevel) -> [UInt8] {
        var header = Header(command: .oplockBreak, messageID: .unsolicited)
        header.flags.insert(.serverToRedir)
        var writer = ByteWriter()
        header.encode(into: &writer)
        OplockBreak.oplock(level: level, fileID: file).encode(into: &writer)
        let bytes = writer.take()
        return DirectTCP.prefix(length: bytes.count) + bytes
    }

    private mutating func reply(
        to bytes: [UInt8],
        _ range: Range<Int>,
        sealedFor: UInt64?
    ) -> [[UInt8]] {
        var reader = ByteReader(bytes, in: range)
        guard let request = try? Header(from: &reader) else { return [] }
        received.append(request)
        guard request.command != .cancel else { return [] }
        usedIDs += (0..<UInt64(max(1, request.creditCharge))).map {
            request.messageID.rawValue + $0
        }
        if silent.contains(request.command) { return [] }
        var response = request
        response.flags.insert(.serverToRedir)
        response.flags.remove(.signed)
        response.signature = .zero
        response.nextCommand = 0
        response.credits = grant ?? request.credits
        var status = NTStatus.success
        if let planned = statuses[request.command]?.first {
            statuses[request.command]?.removeFirst()
            status = planned
        }
        response.status = status
        var frames: [[UInt8]] = []
        if isAsync, request.command == .read {
            var interim = response
            interim.status = .pending
            interim.flags.insert(.asyncCommand)
            interim.asyncID = AsyncID(7)
            frames.append(frame(interim, ErrorResponse().encoded, request, sealedFor))
            response.flags.insert(.asyncCommand)
            response.asyncID = AsyncID(7)
            response.credits = 0
        }
        let body =
            status.isError
            ? ErrorResponse().encoded
            : self.body(request, &response, reader, Array(bytes[range]))
        let isSetup = request.command == .sessionSetup
        if request.command == .negotiate {
            connectionHash = PreauthIntegrityHash()
            connectionHash.append(Array(bytes[range]))
        }
        let last = frame(response, body, request, isSetup ? nil : sealedFor)
        if request.command == .negotiate { connectionHash.append(Array(last.dropFirst(4))) }
        frames.append(last)
        return frames
    }

    private mutating func body(
        _ request: Header,
        _ response: inout Header,
        _ reader: ByteReader,
        _ message: [UInt8]
    ) -> [UInt8] {
        switch request.command {
        case .negotiate: return negotiate().encoded
        case .sessionSetup:
            nextID += 1
            response.sessionID =
                request.sessionID == .none
                ? SMBSessionID(nextID) : request.sessionID
            var session = sessions[response.sessionID.rawValue] ?? Session(hash: connectionHash)
            if session.keys == nil {
                session.hash.append(message)
                let scheme: SessionKeys.Scheme =
                    dialect == .smb311
                    ? .preauthHash(session.hash.value)
                    : dialect >= .smb300 ? .constants : .sessionKey
                session.keys = SessionKeys(
                    fullKey: Self.key,
                    scheme: scheme,
                    signing: signing,
                    cipher: cipher
                )
            }
            sessions[response.sessionID.rawValue] = session
            var flags: SessionSetupResponse.Flags = isGuest ? .isGuest : []
            if encrypts { flags.insert(.encryptData) }
            return SessionSetupResponse(flags: flags, token: []).encoded
        case .treeConnect:
            nextID += 1
            response.treeID = TreeID(UInt32(nextID))
            return TreeConnectResponse(
                shareType: .disk,
                shareFlags: [],
                capabilities: [],
                maximalAccess: .genericAll
            ).encoded
        case .create:
            nextID += 1
            files.append(FileID(persistent: nextID, volatile: nextID))
            return CreateResponse(
                oplockLevel: oplock,
                action: 1,
                facts: FileFacts(),
                fileID: FileID(persistent: nextID, volatile: nextID),
                contexts: diskID.map { [.onDiskID(file: $0, volume: 7)] } ?? []
            ).encoded
        case .close: return CloseResponse(facts: nil).encoded
        case .read: return ReadResponse(data: [1, 2, 3]).encoded
        case .write: return WriteResponse(count: 3).encoded
        case .ioctl: return ioctl(reader)
        case .queryDirectory, .queryInfo, .changeNotify:
            return BufferResponse(output: [9]).encoded
        case .setInfo: return SetInfoResponse().encoded
        case .oplockBreak:
            var reader = reader
            if case .oplock(_, let file)? = try? OplockBreak(from: &reader) {
                acknowledged.append(file)
            }
            return EmptyBody().encoded
        case .echo, .logoff, .treeDisconnect, .flush, .lock, .cancel:
            return EmptyBody().encoded
        }
    }

    private func negotiate() -> NegotiateResponse {
        NegotiateResponse(
            securityMode: requiresSigning ? [.signingEnabled, .signingRequired] : .signingEnabled,
            dialect: dialect,
            serverGUID: GUID(high: 8, low: 9),
            capabilities: dialect == .smb202 ? .dfs : [.dfs, .largeMTU, .encryption],
            maxTransactSize: 1_048_576,
            maxReadSize: 1_048_576,
            maxWriteSize: 1_048_576,
            systemTime: 0,
            securityBuffer: [0x60],
            contexts: dialect != .smb311
                ? []
                : [
                    .preauthIntegrity(algorithms: [1], salt: [1]),
                    .encryption(ciphers: [cipher?.rawValue ?? 0]),
                    .signing(algorithms: [signing.rawValue]),
                ]
        )
    }

    /// What FSCTL_VALIDATE_NEGOTIATE_INFO is answered with.
    package var validation: ValidateNegotiateResponse?

    private func ioctl(_ reader: ByteReader) -> [UInt8] {
        let said = negotiate()
        let truth = ValidateNegotiateResponse(
            capabilities: said.capabilities,
            guid: said.serverGUID,
            securityMode: said.securityMode,
            dialect: said.dialect
        )
        return IoctlResponse(
            code: .validateNegotiateInfo,
            fileID: .related,
            output: (validation ?? truth).bytes
        ).encoded
    }

    private mutating func frame(
        _ header: Header,
        _ body: [UInt8],
        _ request: Header,
        _ sealedFor: UInt64?
    ) -> [UInt8] {
        var writer = ByteWriter()
        header.encode(into: &writer)
        writer.append(body)
        var bytes = writer.take()
        let id = header.sessionID.rawValue
        if let sealedFor, let key = sessions[sealedFor]?.keys?.serverToClient {
            sessions[sealedFor]?.nonce += 1
            bytes = key.seal(
                bytes,
                in: 0..<bytes.count,
                sessionID: sealedFor,
                nonce: sessions[sealedFor]?.nonce ?? 0
            )
        } else if header.status != .pending,
            request.flags.contains(.signed) || request.command == .sessionSetup && !isGuest,
            let key = sessions[id]?.keys?.signing
        {
            key.sign(&bytes, in: 0..<bytes.count)
        }
        return DirectTCP.prefix(length: bytes.count) + bytes
    }
}

extension ErrorResponse {
    var encoded: [UInt8] { collect { encode(into: &$0) } }
}
extension EmptyBody {
    var encoded: [UInt8] { collect { encode(into: &$0) } }
}
extension BufferResponse {
    var encoded: [UInt8] { collect { encode(into: &$0) } }
}
extension MessageBody {
    var encoded: [UInt8] { collect { encode(into: &$0) } }
}

/// The bytes of a body that begins behind a header.
private func collect(_ encode: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    writer.zeros(Header.size)
    encode(&writer)
    return Array(writer.bytes.dropFirst(Header.size))
}
