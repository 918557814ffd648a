internal import Primitives
internal import SMBWire

/// The bodies of requests ([MS-SMB2] 3.2.4).
extension Redirector {
    /// Windows and Samba begin here and go no further in one listing.
    private static var listingMax: UInt32 { 65_536 }

    mutating func encodeBody(
        of pending: Pending,
        on slot: Int,
        into writer: inout ByteWriter
    ) {
        switch pending.work {
        case .negotiate:
            negotiateRequest(to: connections.elements[slot].server).encode(into: &writer)
        case .sessionSetup: sessionSetupRequest(session: pending.session).encode(into: &writer)
        case .validateNegotiate: validateNegotiateRequest.encode(into: &writer)
        case .windowGrowth: EmptyBody().encode(into: &writer)
        case .element: preconditionFailure("compounds encode their own elements")
        case .request(let request): encode(request, into: &writer)
        }
    }

    private func sessionSetupRequest(session slot: Int) -> SessionSetupRequest {
        let session = sessions.elements[slot]
        return SessionSetupRequest(
            securityMode: settings.securityMode,
            capabilities: .dfs,
            previousSessionID: previousSessions[userOnServer(slot)] ?? .none,
            token: session.token
        )
    }

    private var validateNegotiateRequest: IoctlRequest {
        let input = ValidateNegotiateRequest(
            capabilities: settings.capabilities,
            guid: settings.dialects.last == .smb202 ? .zero : settings.clientGUID,
            securityMode: settings.securityMode,
            dialects: settings.dialects
        )
        return IoctlRequest(
            code: .validateNegotiateInfo,
            input: input.bytes,
            maxOutputResponse: 24
        )
    }

    private mutating func encode(_ request: Request, into writer: inout ByteWriter) {
        switch request {
        case .connect, .logon, .compound:
            preconditionFailure("\(request.name) is no message of its own")
        case .logoff, .treeDisconnect, .echo: EmptyBody().encode(into: &writer)
        case .treeConnect(_, let share):
            TreeConnectRequest(path: share.prefix(2).text).encode(into: &writer)
        case .create(let tree, let parameters):
            createRequest(parameters, on: tree).encode(into: &writer)
        case .reopen(let open, _): reopenRequest(open).encode(into: &writer)
        case .referral(_, let input, let isExtended, let most):
            IoctlRequest(
                code: isExtended ? .dfsGetReferralsEx : .dfsGetReferrals,
                input: input,
                maxOutputResponse: most
            ).encode(into: &writer)
        case .acknowledgeBreak(let open, let acknowledgement):
            encode(acknowledgement, of: open, into: &writer)
        case .close(let number), .flush(let number), .read(let number, _, _),
            .write(let number, _, _), .lock(let number, _), .queryDirectory(let number, _, _),
            .queryInfo(let number, _, _), .setInfo(let number, _, _, _),
            .changeNotify(let number, _, _):
            encode(request, file: fileID(of: number), into: &writer)
        }
    }

    func fileID(of number: OpenNumber) -> FileID {
        opens.index(of: number).map { opens.elements[$0].fileID } ?? .related
    }

    private func encode(_ request: Request, file: FileID, into writer: inout ByteWriter) {
        switch request {
        case .close: CloseRequest(fileID: file).encode(into: &writer)
        case .flush: FlushRequest(fileID: file).encode(into: &writer)
        case .read(_, let offset, let count):
            ReadRequest(length: count, offset: offset, fileID: file).encode(into: &writer)
        case .write(_, let offset, let bytes):
            WriteRequest(offset: offset, fileID: file, data: bytes).encode(into: &writer)
        case .lock(_, let elements):
            LockRequest(fileID: file, elements: elements).encode(into: &writer)
        case .queryDirectory(_, let pattern, let restarts):
            QueryDirectoryRequest(
                informationClass: DirectoryEntry.informationClass,
                flags: restarts ? .restartScans : [],
                fileID: file,
                outputBufferLength: Self.listingMax,
                pattern: pattern
            ).encode(into: &writer)
        case .queryInfo(_, let type, let informationClass):
            QueryInfoRequest(
                infoType: type,
                informationClass: informationClass,
                outputBufferLength: Self.listingMax,
                fileID: file
            ).encode(into: &writer)
        case .setInfo(_, let type, let informationClass, let buffer):
            SetInfoRequest(
                infoType: type,
                informationClass: informationClass,
                fileID: file,
                buffer: buffer
            ).encode(into: &writer)
        case .changeNotify(_, let filter, let watchesTree):
            ChangeNotifyRequest(
                watchesTree: watchesTree,
                outputBufferLength: Self.listingMax,
                fileID: file,
                filter: filter
            ).encode(into: &writer)
        default: preconditionFailure("\(request.name) is not about an open")
        }
    }

    /// A CREATE with its contexts; the GUIDs come from the redirector's own generator.
    mutating func createRequest(
        _ parameters: CreateParameters,
        on tree: TreeNumber
    ) -> CreateRequest {
        var contexts: [CreateContext] = []
        let dialect = dialect(of: tree)
        var level = parameters.oplock
        if let state = parameters.lease, dialect >= .smb210 {
            level = .lease
            let version2 = dialect >= .smb300 ? Lease.Version2(parentKey: nil, epoch: 0) : nil
            contexts.append(.lease(Lease(key: nextGUID(), state: state, version2: version2)))
        }
        if let createGUID = parameters.createGUID, dialect >= .smb300 {
            contexts.append(
                .durableRequestV2(timeoutMilliseconds: 0, flags: 0, createGUID: createGUID)
            )
        }
        if parameters.asksDiskID { contexts.append(.queryOnDiskID) }
        return CreateRequest(
            oplockLevel: level,
            desiredAccess: parameters.access,
            shareAccess: parameters.share,
            disposition: parameters.disposition,
            options: parameters.options,
            name: parameters.name,
            contexts: contexts
        )
    }

    private func reopenRequest(_ number: OpenNumber) -> CreateRequest {
        guard let slot = opens.index(of: number), let durable = opens.elements[slot].durable
        else { preconditionFailure("only a durable open is taken up again") }
        let open = opens.elements[slot]
        var contexts: [CreateContext] = []
        if let key = open.leaseKey {
            contexts.append(
                .lease(
                    Lease(
                        key: key,
                        state: durable.parameters.lease ?? [],
                        version2: Lease.Version2(parentKey: nil, epoch: 0)
                    )
                )
            )
        }
        contexts.append(
            .durableReconnectV2(open.fileID, createGUID: durable.createGUID, flags: 0)
        )
        let parameters = durable.parameters
        return CreateRequest(
            oplockLevel: open.leaseKey == nil ? open.oplock : .lease,
            desiredAccess: parameters.access,
            shareAccess: parameters.share,
            disposition: .open,
            options: parameters.options,
            name: parameters.name,
            contexts: contexts
        )
    }

    private func encode(
        _ acknowledgement: BreakAcknowledgement,
        of number: OpenNumber,
        into writer: inout ByteWriter
    ) {
        switch acknowledgement {
        case .oplock(let level):
            OplockBreak.oplock(level: level, fileID: fileID(of: number)).encode(into: &writer)
        case .lease(let state):
            let slot = opens.index(of: number)
            let key = slot.flatMap { opens.elements[$0].leaseKey } ?? .zero
            OplockBreak.leaseAcknowledgement(key: key, state: state).encode(into: &writer)
        }
    }

    func dialect(of number: TreeNumber) -> Dialect {
        guard let tree = trees.index(of: number) else { return .smb202 }
        let session = trees.elements[tree].session
        return connections.elements[sessions.elements[session].connection].dialect
    }

    mutating func nextGUID() -> GUID {
        let high = random.next()
        return GUID(high: high, low: random.next())
    }
}
