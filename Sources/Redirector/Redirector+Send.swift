internal import Crypto
internal import Primitives
internal import SMBWire

/// Requests on their way out ([MS-SMB2] 3.2.4.1): credits, headers, signatures, seals.
extension Redirector {
    /// Sends now, or queues behind those that wait for credits already.
    mutating func send(
        _ pending: consuming Pending,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        if connections.elements[slot].queue.isEmpty || pending.mayUseReserve {
            let unsent = transmit(pending, on: slot, at: now, into: &effects)
            guard let unsent else { return }
            pending = unsent
        }
        pending.times.queued = now
        connections.elements[slot].queue.append(pending)
        growWindow(slot, at: now, into: &effects)
    }

    /// Sends what waits, as far as the credits go.
    mutating func pump(_ slot: Int, at now: Instant, into effects: inout [Effect]) {
        while connections.elements[slot].phase == .ready,
            let next = connections.elements[slot].queue.takeFirst()
        {
            if case .request(let request) = next.work, place(of: request) == nil {
                // Its open or tree went away while it waited.
                let reason = "what it was for is closed"
                fail(next, .fileClosed, reason, on: slot, at: now, into: &effects)
                continue
            }
            if let unsent = transmit(next, on: slot, at: now, into: &effects) {
                connections.elements[slot].queue.putBack(unsent)
                growWindow(slot, at: now, into: &effects)
                return
            }
        }
    }

    /// A request that is larger than the whole window: no answer is on its way that could bring
    /// more credits, so an ECHO asks for them.
    private mutating func growWindow(_ slot: Int, at now: Instant, into effects: inout [Effect]) {
        let window = connections.elements[slot].window
        guard window.inFlight == 0, window.available > 0,
            connections.elements[slot].phase == .ready
        else { return }
        let echo = Pending(
            tag: -1,
            work: .windowGrowth(before: window.available),
            command: .echo,
            session: -1,
            times: RequestTimes(created: now)
        )
        _ = transmit(echo, on: slot, at: now, into: &effects)
    }

    /// The ECHO came back; a server that grants no more will not do so the next time either.
    mutating func windowGrown(
        from before: Int,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard connections.elements[slot].window.available <= before,
            let first = connections.elements[slot].queue.takeFirst()
        else { return }
        let reason = "the server grants only \(before) credits"
        fail(first, .insufficientResources, reason, on: slot, at: now, into: &effects)
    }

    /// Credits to come to: the settings' figure, or what the next request in the queue takes.
    func creditTarget(on slot: Int) -> Int {
        guard !connections.elements[slot].queue.isEmpty,
            let first = connections.elements[slot].queue.first
        else { return settings.creditTarget }
        var needed = charge(of: first, on: slot)
        if case .request(.compound(_, _, let related)) = first.work { needed = related.count + 1 }
        return max(settings.creditTarget, needed + settings.creditReserve)
    }

    /// Gives back what there are not enough credits for; nil if it is sent.
    private mutating func transmit(
        _ pending: consuming Pending,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) -> Pending? {
        if pending.command == .create,
            case .request(.compound(let tree, let parameters, let related)) = pending.work
        {
            let isSent = transmit(
                compound: pending,
                tree,
                parameters,
                related,
                on: slot,
                at: now,
                into: &effects
            )
            return isSent ? nil : pending
        }
        let charge = charge(of: pending, on: slot)
        let mayUseReserve = pending.mayUseReserve
        guard
            let id = connections.elements[slot].window.take(
                max(1, charge),
                mayUseReserve: mayUseReserve
            )
        else { return pending }
        pending.times.sent = now
        pending.credits = max(1, charge)
        if pending.command == .create,
            case .request(.create(let tree, var parameters)) = pending.work, parameters.isDurable
        {
            parameters.createGUID = nextGUID()
            pending.work = .request(.create(tree, parameters))
        }
        let tree = tree(of: pending)
        var writer = ByteWriter()
        writer.uint32(0)
        let header = header(for: pending, tree, id: id, charge: charge, on: slot)
        writer.beginMessage()
        header.encode(into: &writer)
        encodeBody(of: pending, on: slot, into: &writer)
        var bytes = writer.take()
        let range = DirectTCP.prefixSize..<bytes.count
        protect(&bytes, CollectionOfOne(range), for: &pending, in: tree, on: slot)
        if pending.command == .negotiate || pending.command == .sessionSetup {
            hash(bytes, range, of: pending, on: slot)
        }
        record(consume pending, id: id, on: slot)
        emit(&bytes, on: slot, into: &effects)
        return nil
    }

    private func header(
        for pending: borrowing Pending,
        _ tree: Int?,
        id: MessageID,
        charge: Int,
        on slot: Int
    ) -> Header {
        var header = Header(command: pending.command, messageID: id)
        // Not the whole connection: taking it out of the array would copy all that it holds.
        let isOldest = connections.elements[slot].dialect == .smb202
        header.creditCharge = isOldest ? 0 : UInt16(charge)
        header.credits = connections.elements[slot].window.wish(
            charge: max(1, charge),
            target: creditTarget(on: slot)
        )
        if pending.session >= 0 { header.sessionID = sessions.elements[pending.session].id }
        if let tree {
            header.treeID = trees.elements[tree].id
            if case .request(.create) = pending.work, trees.elements[tree].isDfs {
                header.flags.insert(.dfsOperations)
            }
        }
        return header
    }

    /// The slot of the tree that a request goes to.
    func tree(of pending: Pending) -> Int? {
        switch pending.work {
        case .negotiate, .sessionSetup, .element, .windowGrowth: nil
        case .validateNegotiate(let number, _): trees.index(of: number)
        case .request(let request):
            switch request {
            case .connect, .logon, .logoff, .treeConnect, .echo: nil
            case .treeDisconnect(let number), .create(let number, _), .reopen(_, let number),
                .referral(let number, _, _, _), .compound(let number, _, _):
                trees.index(of: number)
            case .close(let number), .flush(let number), .read(let number, _, _),
                .write(let number, _, _), .lock(let number, _), .queryDirectory(let number, _, _),
                .queryInfo(let number, _, _), .setInfo(let number, _, _, _),
                .changeNotify(let number, _, _), .acknowledgeBreak(let number, _):
                opens.index(of: number).map { opens.elements[$0].tree }
            }
        }
    }

    /// [MS-SMB2] 3.2.4.1.5; without multi-credit support everything costs one.
    func charge(of pending: Pending, on slot: Int) -> Int {
        guard connections.elements[slot].supportsMultiCredit,
            case .request(let request) = pending.work
        else { return connections.elements[slot].phase == .negotiating ? 0 : 1 }
        let charge: UInt16 =
            switch request {
            case .read(_, _, let count): CreditCharge.of(sending: 0, receiving: Int(count))
            case .write(_, _, let bytes): CreditCharge.of(sending: bytes.count, receiving: 0)
            case .referral(_, let bytes, _, let most):
                CreditCharge.of(sending: bytes.count, receiving: Int(most))
            default: 1
            }
        return Int(charge)
    }

    /// Signs or seals what goes out; the ranges are the messages of the frame.
    mutating func protect(
        _ bytes: inout [UInt8],
        _ messages: some Sequence<Range<Int>>,
        for pending: inout Pending,
        in tree: Int?,
        on slot: Int
    ) {
        let session = pending.session
        guard session >= 0 else { return }
        // A TREE_CONNECT of 3.1.1 proves the negotiation ([MS-SMB2] 3.2.4.1.1).
        let isProof =
            pending.command == .treeConnect
            && connections.elements[slot].dialect == .smb311
        let isValidation = if case .validateNegotiate = pending.work { true } else { false }
        let signs = sessions.elements[session].signs || isProof || isValidation
        let treeEncrypts = tree.map { trees.elements[$0].encrypts } ?? false
        let seals = sessions.elements[session].encrypts || treeEncrypts
        guard signs || seals, let keys = sessions.elements[session].keys else { return }
        if seals, let key = keys.clientToServer {
            sessions.elements[session].nonce += 1
            let sealed = key.seal(
                bytes,
                in: DirectTCP.prefixSize..<bytes.count,
                sessionID: sessions.elements[session].id.rawValue,
                nonce: sessions.elements[session].nonce
            )
            bytes = [0, 0, 0, 0] + sealed
            pending.isSealed = true
            return
        }
        guard signs else { return }
        for range in messages { keys.signing.sign(&bytes, in: range) }
        pending.isSigned = true
    }

    /// Hashes what the preauthentication chain wants.
    private mutating func hash(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        of pending: borrowing Pending,
        on slot: Int
    ) {
        switch pending.work {
        case .negotiate: connections.elements[slot].preauthHash.append(Array(bytes[range]))
        case .sessionSetup where sessions.elements[pending.session].keys == nil:
            sessions.elements[pending.session].preauthHash.append(Array(bytes[range]))
        default: break
        }
    }

    /// Remembers the request.
    mutating func record(_ pending: consuming Pending, id: MessageID, on slot: Int) {
        let (isSigned, isSealed) = (pending.isSigned, pending.isSealed)
        connections.elements[slot].traffic.sent(isSigned: isSigned, isSealed: isSealed)
        connections.elements[slot].sent.append(pending, id: id.rawValue)
    }

    /// Writes the framing's length and hands the frame to the shell, which is then its only owner.
    func emit(_ frame: inout [UInt8], on slot: Int, into effects: inout [Effect]) {
        DirectTCP.finish(&frame)
        var given: [UInt8] = []
        swap(&given, &frame)
        effects.append(.send(connections.number(at: slot), given))
    }

    /// CANCEL takes no id and no credit and has no answer ([MS-SMB2] 3.2.4.24).
    mutating func sendCancel(
        of pending: Pending,
        id: MessageID,
        on slot: Int,
        into effects: inout [Effect]
    ) {
        var header = Header(command: .cancel, messageID: id)
        if let asyncID = pending.asyncID {
            header.flags.insert(.asyncCommand)
            header.asyncID = asyncID
        }
        if pending.session >= 0 { header.sessionID = sessions.elements[pending.session].id }
        var writer = ByteWriter(reserving: 72)
        writer.uint32(0)
        writer.beginMessage()
        header.encode(into: &writer)
        EmptyBody().encode(into: &writer)
        var bytes = writer.take()
        var cancel = pending
        cancel.command = .cancel
        let range = DirectTCP.prefixSize..<bytes.count
        protect(&bytes, CollectionOfOne(range), for: &cancel, in: tree(of: pending), on: slot)
        emit(&bytes, on: slot, into: &effects)
    }
}
