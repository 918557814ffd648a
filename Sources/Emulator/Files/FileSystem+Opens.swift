internal import Primitives
internal import SMBWire

extension FileSystem {
    /// Makes the open of a CREATE that nothing stands against any more, and its answer.
    mutating func finish(
        _ node: Int,
        _ opening: Opening,
        _ access: AccessMask,
        action: UInt32
    ) -> Outcome {
        let request = opening.request
        lastPersistent += 1
        var open = Open(
            id: FileID(persistent: lastPersistent, volatile: 0),
            owner: opening.owner,
            node: node,
            access: access,
            share: request.shareAccess,
            options: request.options,
            deletesOnClose: request.options.contains(.deleteOnClose)
        )
        open.parentKey = opening.lease?.lease.version2?.parentKey
        let index = opens.insert(open)
        let volatile = UInt64(opens.generation(of: index)) << 32 | UInt64(index)
        opens[index].id = FileID(persistent: lastPersistent, volatile: volatile)
        // What others hold decides what is granted, so the right comes before the place in line.
        opens[index].right = grant(opening, open: index, node: node, access: access)
        tree.nodes[node].opens.append(index)
        tree.nodes[node].shareModes.add(access, sharing: request.shareAccess)
        opensOfSession[opening.owner.session, default: []].append(index)
        opens[index].durability = durability(request.contexts, of: index)
        return .answer(.success, .created(response(index, opening, action: action)))
    }

    private func response(_ open: Int, _ opening: Opening, action: UInt32) -> CreateResponse {
        CreateResponse(
            oplockLevel: opens[open].right.map { rights[$0].level } ?? .none,
            action: action,
            facts: tree.nodes[opens[open].node].facts,
            fileID: opens[open].id,
            contexts: opening.request.contexts.compactMap { answer(to: $0, open: open) }
        )
    }

    private func answer(to context: CreateContext, open: Int) -> CreateContext? {
        let node = opens[open].node
        switch context {
        case .queryMaximalAccess:
            return .maximalAccess(status: .success, access: accessRights(of: node).maximum)
        case .queryOnDiskID:
            let file = tree.nodes[node]
            return .onDiskID(file: file.number, volume: volumes[file.share].serial)
        case .lease: return leaseAnswer(open)
        case .durableRequest where opens[open].durability != nil: return .durableGranted
        case .durableRequestV2:
            guard let durability = opens[open].durability else { return nil }
            let milliseconds = durability.timeout.wholeNanoseconds / 1_000_000
            return .durableGrantedV2(timeoutMilliseconds: UInt32(milliseconds), flags: 0)
        default: return nil
        }
    }

    /// The lease context of a response ([MS-SMB2] 2.2.14.2.10, 2.2.14.2.11).
    func leaseAnswer(_ open: Int) -> CreateContext? {
        guard let index = opens[open].right, let name = rights[index].leaseName else { return nil }
        let right = rights[index]
        return .lease(
            Lease(
                key: name.key,
                state: right.state,
                isBreaking: right.breaking != nil,
                version2: right.isVersion2
                    ? .init(parentKey: right.parentKey, epoch: right.epoch) : nil
            )
        )
    }

    /// An open is durable only where its client may keep the handle: with a batch oplock or H.
    private func durability(_ contexts: [CreateContext], of open: Int) -> Open.Durability? {
        guard let right = opens[open].right, !tree.nodes[opens[open].node].isDirectory,
            rights[right].state.contains(.handleCaching)
        else { return nil }
        for context in contexts {
            switch context {
            case .durableRequest:
                return Open.Durability(createGUID: nil, timeout: Self.durableTimeout)
            case .durableRequestV2(let milliseconds, _, let guid):
                let asked = Duration.milliseconds(Int(milliseconds))
                let timeout = milliseconds == 0 ? Self.durableTimeout : asked
                return Open.Durability(
                    createGUID: guid,
                    timeout: min(timeout, Self.durableTimeoutMax)
                )
            default: break
            }
        }
        return nil
    }

    /// DHnC or DH2C: an open without its connection is taken up again.
    ///
    /// Nil when the request asks for nothing of the kind ([MS-SMB2] 3.3.5.9.7, 3.3.5.9.12).
    mutating func reconnect(_ request: CreateRequest, by owner: OpenOwner) -> Outcome? {
        for context in request.contexts {
            switch context {
            case .durableReconnect(let file):
                return reconnect(file, createGUID: nil, request, by: owner)
            case .durableReconnectV2(let file, let guid, _):
                return reconnect(file, createGUID: guid, request, by: owner)
            default: break
            }
        }
        return nil
    }

    private mutating func reconnect(
        _ file: FileID,
        createGUID: GUID?,
        _ request: CreateRequest,
        by owner: OpenOwner
    ) -> Outcome {
        let place = orphans.firstIndex { opens[$0].id.persistent == file.persistent }
        guard let place else { return .status(.objectNameNotFound) }
        let open = orphans[place]
        guard opens[open].durability?.createGUID == createGUID else {
            return .status(.objectNameNotFound)
        }
        if let flaw = flaw(of: request, by: owner, takingUp: open) { return .status(flaw) }
        guard opens[open].owner.user == owner.user else { return .status(.accessDenied) }
        orphans.remove(at: place)
        opens[open].orphanedUntil = nil
        forget(open, of: opens[open].owner.session)
        opens[open].owner = owner
        opensOfSession[owner.session, default: []].append(open)
        let response = CreateResponse(
            oplockLevel: opens[open].right.map { rights[$0].level } ?? .none,
            action: 1,
            facts: tree.nodes[opens[open].node].facts,
            fileID: opens[open].id,
            contexts: [leaseAnswer(open)].compactMap { $0 }
        )
        return .answer(.success, .created(response))
    }

    /// Lease and client must be those of the open, and with a lease the name as well.
    private func flaw(
        of request: CreateRequest,
        by owner: OpenOwner,
        takingUp open: Int
    ) -> NTStatus? {
        let held = opens[open].right.flatMap { rights[$0].leaseName }
        var asked: LeaseName?
        for case .lease(let lease) in request.contexts {
            asked = LeaseName(client: owner.clientGUID, key: lease.key)
        }
        guard held == asked else { return .objectNameNotFound }
        guard held != nil else { return nil }
        let path = DirectoryIndex.key(of: tree.path(of: opens[open].node))
        return path == DirectoryIndex.key(of: request.name) ? nil : .invalidParameter
    }

    mutating func forget(_ open: Int, of session: SMBSessionID) {
        opensOfSession[session]?.removeAll { $0 == open }
        if opensOfSession[session]?.isEmpty ?? false { opensOfSession[session] = nil }
    }
}
