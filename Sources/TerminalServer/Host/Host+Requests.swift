internal import Dfs
internal import Primitives
internal import Redirector
internal import SMBWire

/// The model says when; here is what: its requests become the redirector's.
extension Host {
    mutating func ask(
        _ request: ModelRequest,
        task: Int,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        let session = interpreter.session(of: task)
        if task % plan.model.lanes != 0 {
            askForAgent(request, task: task, at: now)
            return
        }
        sessions[session].work?.asked = request
        guard let concrete = concrete(request, session: session, into: &effects) else {
            sessions[session].work?.status = .invalidHandle
            sessions[session].work?.sentence = "\(request.name): nothing is open"
            interpreter.answer(task, .failed, into: &modelEffects)
            return
        }
        note(request, session, at: now)
        redirector.submit(concrete, tag: task, at: now, into: &redirectorEffects)
    }

    private mutating func concrete(
        _ request: ModelRequest,
        session: Int,
        into effects: inout [HostEffect]
    ) -> Request? {
        if let request = fileRequest(request, session) { return request }
        guard let work = sessions[session].work else { return nil }
        switch request {
        case .connect(.server), .connect(.root):
            return serverName(session, request.end).map { .connect(server: $0) }
        case .logon(.server), .logon(.root):
            return link(session, request.end).map {
                .logon($0.connection, user: sessions[session].plan.user)
            }
        case .treeConnect(.server), .treeConnect(.root):
            guard let smbSession = link(session, request.end)?.smbSession,
                let share = share(session, request.end)
            else { return nil }
            return .treeConnect(smbSession, share: share)
        case .getReferral:
            guard let tree = tree(session, .root)?.number, let need = work.details.need else {
                return nil
            }
            return .referral(
                tree,
                need.request,
                isExtended: need.isExtended,
                outputMax: ReferralNeed.outputMax
            )
        case .create: return createRequest(session, work, into: &effects)
        case .queryDirectory:
            return work.open.map {
                .queryDirectory(
                    $0,
                    pattern: work.details.pattern,
                    restarts: work.details.restartsListing
                )
            }
        case .queryInfo:
            // FileFsFullSizeInformation, or FileNetworkOpenInformation: times, sizes, attributes in
            // one go.
            return work.open.map {
                work.kind == .volume
                    ? .queryInfo($0, .fileSystem, informationClass: 7)
                    : .queryInfo($0, .file, informationClass: 34)
            }
        case .setInfo: return setInfoRequest(session, work, into: &effects)
        case .logoff:
            return sessions[session].links.compactMap(\.smbSession).first.map { .logoff($0) }
        default: return nil
        }
    }

    /// The new name of a rename, or a new time for the open file.
    private mutating func setInfoRequest(
        _ session: Int,
        _ work: Work,
        into effects: inout [HostEffect]
    ) -> Request? {
        guard let destination = work.details.destination else {
            guard let open = sessions[session].open?.number else { return nil }
            let touched = SetInformation.lastWriteTime(sessions[session].filledPaths)
            return .setInfo(open, .file, informationClass: SetInformation.basic, touched)
        }
        guard let open = work.open, let source = work.path, let target = work.details.target?.path
        else {
            return nil
        }
        note(ManifestEntry(kind: .file, path: destination), by: session, into: &effects)
        let name = destination.moved(as: source, to: target).relativePath
        return .setInfo(
            open,
            .file,
            informationClass: SetInformation.rename,
            SetInformation.name(name, replaces: true)
        )
    }

    /// A name that the run makes stands in the manifest before its server hears of it.
    private mutating func note(
        _ entry: ManifestEntry,
        by session: Int,
        into effects: inout [HostEffect]
    ) {
        guard !createdPaths.contains(entry.path) else { return }
        createdPaths.insert(entry.path)
        created.append(Created(entry: entry, session: session))
        effects.append(.manifest(entry))
    }

    private mutating func createRequest(
        _ session: Int,
        _ work: Work,
        into effects: inout [HostEffect]
    ) -> Request? {
        guard let tree = tree(session, .server), let target = work.details.target,
            let path = work.path
        else { return nil }
        let name =
            tree.isDfs
            ? UNCPath(components: [target.host] + target.path.components.dropFirst()).createText
            : target.path.relativePath
        var parameters = parameters(named: name, for: work)
        parameters.oplock = work.details.options.oplock
        parameters.lease = work.details.options.lease
        // Two paths to one file are one file to whoever waits for a byte range.
        parameters.asksDiskID = takesLocks && work.kind == .open
        switch work.details.purpose {
        case .writing, .updating:
            note(ManifestEntry(kind: .file, path: path), by: session, into: &effects)
        case .makingDirectory:
            note(ManifestEntry(kind: .directory, path: path), by: session, into: &effects)
        case .reading, .renaming, .deleting: break
        }
        return .create(tree.number, parameters)
    }

    private func parameters(named name: String, for work: Work) -> CreateParameters {
        let reading: AccessMask = [.readData, .readAttributes, .synchronize]
        switch (work.kind, work.details.purpose) {
        case (.list, _):
            return CreateParameters(name: name, access: reading, options: .directoryFile)
        case (.notify, _):
            return CreateParameters(name: name, access: reading, options: .directoryFile)
        case (.stat, _), (.volume, _):
            return CreateParameters(name: name, access: .readAttributes)
        case (_, .renaming):
            return CreateParameters(name: name, access: [.delete, .readAttributes])
        case (_, .reading):
            return CreateParameters(name: name, access: reading, options: .nonDirectoryFile)
        case (_, .writing), (_, .updating):
            return CreateParameters(
                name: name,
                access: reading.union([.writeData, .writeAttributes]),
                disposition: work.details.purpose == .writing ? .overwriteIf : .openIf,
                options: .nonDirectoryFile
            )
        case (_, .makingDirectory):
            return CreateParameters(
                name: name,
                access: reading,
                disposition: .openIf,
                options: .directoryFile
            )
        case (_, .deleting(let isDirectory)):
            return CreateParameters(
                name: name,
                access: [.delete, .readAttributes],
                options: [.deleteOnClose, isDirectory ? .directoryFile : .nonDirectoryFile]
            )
        }
    }

    func serverName(_ session: Int, _ end: Scope) -> String? {
        end == .root
            ? sessions.span[session].work?.details.need?.host
            : sessions.span[session].work?.details.target?.host
    }

    private func share(_ session: Int, _ end: Scope) -> UNCPath? {
        guard let host = serverName(session, end) else { return nil }
        if end == .root { return UNCPath(components: [host, "IPC$"]) }
        let share = sessions.span[session].work?.details.target?.path.share
        return share.map { UNCPath(components: [host, $0]) }
    }

    /// The session's link to the server at that end, if its connection is the current one.
    func link(_ session: Int, _ end: Scope) -> ServerLink? {
        linkIndex(session, end).map { sessions[session].links[$0] }
    }

    func linkIndex(_ session: Int, _ end: Scope) -> Int? {
        let key = interpreter.key(of: session * plan.model.lanes)
        let server = Int(end == .root ? key.root : key.server)
        guard servers.indices.contains(server), let connection = servers[server].connection else {
            return nil
        }
        return sessions[session].links.firstIndex {
            $0.server == server && $0.connection == connection
        }
    }

    func tree(_ session: Int, _ end: Scope) -> ServerLink.TreeLink? {
        guard let share = share(session, end)?.folded.last else { return nil }
        return link(session, end)?.trees.first { $0.share == share }
    }
}

extension Host {
    /// A request about the current file, or nil if it is about something else or no file is open.
    ///
    /// CLOSE is about what the operation itself has opened, if it has. Field by field, for anything
    /// that is asked of a whole session takes a copy of it.
    @inline(__always)
    private func fileRequest(_ request: ModelRequest, _ session: Int) -> Request? {
        let open = sessions.span[session].openNumber
        switch request {
        case .read:
            guard let open, let offset = sessions.span[session].work?.offset,
                let count = sessions.span[session].work?.count
            else { return nil }
            return .read(open, offset: offset, count: UInt32(count))
        case .write:
            guard let open, let offset = sessions.span[session].work?.offset,
                let data = sessions.span[session].work?.data
            else { return nil }
            return .write(open, offset: offset, data)
        case .flush: return open.map { .flush($0) }
        case .lock:
            guard let open, let element = sessions[session].work?.lockElement else { return nil }
            return .lock(open, [element])
        case .close:
            let own = sessions.span[session].work?.open
            return (own ?? open).map { .close($0) }
        default: return nil
        }
    }
}

extension Work {
    var lockElement: LockElement {
        var flags: LockElement.Flags = kind == .unlock ? .unlock : .exclusive
        if kind == .lock, !waitsForLock { flags.insert(.failImmediately) }
        return LockElement(offset: offset, length: UInt64(count), flags: flags)
    }
}
