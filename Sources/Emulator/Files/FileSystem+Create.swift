package import Primitives
package import SMBWire

extension FileSystem {
    /// CREATE in the share of that index; the request's name is relative to the share, without a
    /// leading backslash and with the Dfs part already taken off.
    package mutating func create(
        _ ticket: FileTicket,
        share: Int,
        _ request: CreateRequest,
        by owner: OpenOwner,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        let waiting = WaitingRequest(
            ticket: ticket,
            request: .create(share: share, request, owner),
            node: 0,
            since: now
        )
        start(waiting, at: now, into: &effects)
    }

    /// The whole of a CREATE; called again, from the beginning, when breaks have let it pass.
    mutating func open(
        share: Int,
        _ request: CreateRequest,
        by owner: OpenOwner,
        isRetry: Bool,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome {
        if let flaw = Self.flaw(of: request.contexts) { return .status(flaw) }
        // The other fields of a request that reconnects mean nothing.
        if let outcome = reconnect(request, by: owner) { return outcome }
        if let flaw = Self.flaw(of: request) { return .status(flaw) }
        let components: [String]
        do {
            components = try FileName.components(of: request.name)
        } catch {
            return .status(error.status)
        }
        var opening = Opening(share: share, request: request, owner: owner)
        opening.isRetry = isRetry
        switch tree.place(share: share, components) {
        case .pathMissing: return .status(.objectPathNotFound)
        case .missing(let parent, let name):
            return create(name, in: parent, opening, at: now, into: &effects)
        case .found(let node): return open(node, opening, at: now, into: &effects)
        }
    }

    /// What is wrong with a request whatever the files are ([MS-SMB2] 3.3.5.9, [MS-FSA] 2.1.5.1).
    private static func flaw(of request: CreateRequest) -> NTStatus? {
        let options = request.options
        if request.impersonationLevel > 3 { return .badImpersonationLevel }
        if !options.isDisjoint(with: .notSupported) { return .notSupported }
        if options.contains(.eitherKind) { return .invalidParameter }
        if options.contains(.directoryFile), request.disposition.overwrites {
            return .invalidParameter
        }
        if options.contains(.deleteOnClose) {
            let access = request.desiredAccess.specific
            guard !access.isDisjoint(with: [.delete, .maximumAllowed]) else {
                return .invalidParameter
            }
        }
        let isKnown = request.fileAttributes.isSubset(of: .known)
        guard request.shareAccess.isSubset(of: .all), isKnown else { return .invalidParameter }
        // There are no earlier versions of anything.
        let wantsEarlier = request.contexts.contains { context in
            if case .other(let name, _) = context { name == Array("TWrp".utf8) } else { false }
        }
        return wantsEarlier ? .objectNameNotFound : nil
    }

    /// Durable contexts exclude one another ([MS-SMB2] 3.3.5.9.6 to 3.3.5.9.12).
    private static func flaw(of contexts: [CreateContext]) -> NTStatus? {
        var first = 0
        var second = 0
        for context in contexts {
            switch context {
            case .durableRequest, .durableReconnect: first += 1
            case .durableRequestV2, .durableReconnectV2: second += 1
            default: break
            }
        }
        return second > 0 && first + second > 1 ? .invalidParameter : nil
    }

    private mutating func create(
        _ name: String,
        in parent: Int,
        _ opening: Opening,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome {
        let request = opening.request
        guard request.disposition.creates else { return .status(.objectNameNotFound) }
        guard tree.nodes[parent].isDirectory else { return .status(.objectPathNotFound) }
        guard !tree.nodes[parent].isDeletePending else { return .status(.deletePending) }
        guard !shares[opening.share].isReadOnly else { return .status(.accessDenied) }
        if opening.lease.map({ leases[$0.name] != nil }) ?? false {
            return .status(.invalidParameter)
        }
        let isDirectory = request.options.contains(.directoryFile)
        let isReadOnly = request.fileAttributes.contains(.readOnly)
        if isReadOnly, request.options.contains(.deleteOnClose) { return .status(.cannotDelete) }
        // A new file is writable to the open that makes it, read-only or not.
        let rights = AccessRights(isShareReadOnly: false, isFileReadOnly: false)
        guard case .granted(let access) = rights.verdict(on: request.desiredAccess) else {
            return refusal(rights.verdict(on: request.desiredAccess))
        }
        let node = tree.addChild(name, to: parent, isDirectory: isDirectory, at: time(now))
        tree.nodes[node].attributes = request.fileAttributes.settable
        if !isDirectory { tree.nodes[node].attributes.insert(.archive) }
        reserve(opening.allocationSize, in: node)
        touchDirectory(parent, at: now)
        note([(.added, name)], in: parent, as: isDirectory ? .directoryName : .fileName, &effects)
        breakDirectory(parent, for: opening.asker, at: now, into: &effects)
        return finish(node, opening, access, action: 2)
    }

    private mutating func open(
        _ node: Int,
        _ opening: Opening,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome {
        let request = opening.request
        if let flaw = flaw(of: request, on: node) { return .status(flaw) }
        if let lease = opening.lease, let held = leases[lease.name], rights[held].node != node {
            return .status(.invalidParameter)
        }
        let verdict = accessRights(of: node).verdict(on: request.desiredAccess)
        guard case .granted(let access) = verdict else { return refusal(verdict) }
        let number = tree.nodes[node].number
        if let lost = lostToSharing(node, opening, access, at: now, into: &effects) { return lost }
        let overwrites = request.disposition.overwrites
        let contention = Contention(
            lost: overwrites ? [.readCaching, .writeCaching, .handleCaching] : .writeCaching,
            waitsFor: .writeCaching,
            asker: opening.asker,
            access: overwrites ? .all : access,
            isRetry: opening.isRetry
        )
        if contend(contention, for: node, at: now, into: &effects) { return .wait(node: node) }
        guard tree.nodes[node].number == number else {
            // Durable opens without their client gave way, and took the file with them.
            return open(
                share: opening.share,
                request,
                by: opening.owner,
                isRetry: opening.isRetry,
                at: now,
                into: &effects
            )
        }
        if overwrites {
            overwrite(node, opening, at: now, into: &effects)
            return finish(node, opening, access, action: request.disposition == .supersede ? 0 : 3)
        }
        return finish(node, opening, access, action: 1)
    }

    /// What an existing file refuses before access and sharing ([MS-FSA] 2.1.5.1.2).
    private func flaw(of request: CreateRequest, on node: Int) -> NTStatus? {
        let file = tree.nodes[node]
        if file.isDeletePending { return .deletePending }
        if request.disposition == .create { return .objectNameCollision }
        if file.isDirectory {
            if request.options.contains(.nonDirectoryFile) { return .fileIsADirectory }
            if request.disposition.overwrites { return .invalidParameter }
        } else if request.options.contains(.directoryFile) {
            return .notADirectory
        }
        let isReadOnly = file.attributes.contains(.readOnly)
        if isReadOnly, request.options.contains(.deleteOnClose) { return .cannotDelete }
        if request.disposition.overwrites {
            let kept = file.attributes.intersection([.hidden, .system])
            guard !isReadOnly, !shares[file.share].isReadOnly,
                kept.isSubset(of: request.fileAttributes)
            else { return .accessDenied }
        }
        return nil
    }

    /// A sharing conflict: handles that others only cache are asked back first.
    private mutating func lostToSharing(
        _ node: Int,
        _ opening: Opening,
        _ access: AccessMask,
        at now: Instant,
        into effects: inout [FileEffect]
    ) -> Outcome? {
        let share = opening.request.shareAccess
        guard !tree.nodes[node].shareModes.admit(access, sharing: share) else { return nil }
        let contention = Contention(
            lost: .handleCaching,
            waitsFor: .handleCaching,
            asker: opening.asker,
            access: access
        )
        if contend(contention, for: node, at: now, into: &effects) { return .wait(node: node) }
        // A durable open without its client may have given way.
        let isFree = tree.nodes[node].shareModes.admit(access, sharing: share)
        return isFree ? nil : .status(.sharingViolation)
    }

    private mutating func overwrite(
        _ node: Int,
        _ opening: Opening,
        at now: Instant,
        into effects: inout [FileEffect]
    ) {
        tree.nodes[node].content.setEndOfFile(0)
        tree.nodes[node].reserved = 0
        reserve(opening.allocationSize, in: node)
        tree.nodes[node].attributes = opening.request.fileAttributes.settable.union(.archive)
        tree.nodes[node].times.lastWrite = time(now)
        tree.nodes[node].times.change = time(now)
        noteModified(node, as: [.attributes, .size, .lastWrite], &effects)
    }

    private mutating func reserve(_ bytes: UInt64?, in node: Int) {
        guard let bytes, !tree.nodes[node].isDirectory else { return }
        tree.nodes[node].reserved = min(bytes, Volume.bytesFree)
    }

    func accessRights(of node: Int) -> AccessRights {
        let file = tree.nodes[node]
        return AccessRights(
            isShareReadOnly: shares[file.share].isReadOnly,
            isFileReadOnly: !file.isDirectory && file.attributes.contains(.readOnly)
        )
    }

    private func refusal(_ verdict: AccessRights.Verdict) -> Outcome {
        if case .refused(let status) = verdict { .status(status) } else { .status(.accessDenied) }
    }
}

/// A CREATE with what its contexts say.
struct Opening: Hashable, Sendable {
    struct WantedLease: Hashable, Sendable {
        var name: LeaseName
        var lease: Lease
    }

    let share: Int
    let request: CreateRequest
    let owner: OpenOwner
    /// Nil unless the request asks for one that its dialect has ([MS-SMB2] 3.3.5.9.8, 3.3.5.9.11).
    let lease: WantedLease?
    let allocationSize: UInt64?
    /// Whether it has waited for breaks before.
    var isRetry = false

    init(share: Int, request: CreateRequest, owner: OpenOwner) {
        self.share = share
        self.request = request
        self.owner = owner
        var wanted: WantedLease?
        var size: UInt64?
        for context in request.contexts {
            switch context {
            case .lease(let lease) where request.oplockLevel == .lease:
                let oldest: Dialect = lease.version2 == nil ? .smb210 : .smb300
                guard owner.dialect >= oldest else { continue }
                let name = LeaseName(client: owner.clientGUID, key: lease.key)
                wanted = WantedLease(name: name, lease: lease)
            case .allocationSize(let bytes): size = bytes
            default: break
            }
        }
        lease = wanted
        allocationSize = size
    }

    /// Whose breaks it does not cause.
    var asker: Asker {
        Asker(open: nil, lease: lease?.name, parentKey: lease?.lease.version2?.parentKey, owner)
    }
}

extension CreateDisposition {
    /// Whether a file that is not there is made.
    var creates: Bool { self != .open && self != .overwrite }

    /// Whether what is there is thrown away.
    var overwrites: Bool { self == .supersede || self == .overwrite || self == .overwriteIf }
}

extension CreateOptions {
    static let openByFileID = CreateOptions(rawValue: 0x2000)
    static let reserveOpfilter = CreateOptions(rawValue: 0x10_0000)
    static let notSupported: CreateOptions = [.openByFileID, .reserveOpfilter]
    static let eitherKind: CreateOptions = [.directoryFile, .nonDirectoryFile]
}

extension FileAttributes {
    static let temporary = FileAttributes(rawValue: 0x100)
    /// All that a client may name.
    static let known = FileAttributes(rawValue: 0x7FB7)

    /// Those that CREATE and SET_INFO set; the others follow from what the file is.
    var settable: FileAttributes {
        // readOnly, hidden, system, archive, temporary, offline, not content indexed.
        intersection(FileAttributes(rawValue: 0x3127))
    }
}
