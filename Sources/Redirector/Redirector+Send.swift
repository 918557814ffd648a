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
        if connections.elements[slot].queue.isEmpty || pending.mayUseReserve,
            let credits = takeCredits(for: pending, on: slot)
        {
            transmit(pending, credits, on: slot, at: now, into: &effects)
            return
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
            guard let credits = takeCredits(for: next, on: slot) else {
                connections.elements[slot].queue.putBack(next)
                growWindow(slot, at: now, into: &effects)
                return
            }
            transmit(next, credits, on: slot, at: now, into: &effects)
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
        guard let credits = takeCredits(for: echo, on: slot) else { return }
        transmit(echo, credits, on: slot, at: now, into: &effects)
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
    @inline(__always)
    func creditTarget(on slot: Int) -> Int {
        guard !connections.elements[slot].queue.isEmpty,
            let first = connections.elements[slot].queue.first
        else { return settings.creditTarget }
        var needed = charge(of: first, on: slot)
        if case .request(.compound(_, _, let related)) = first.work { needed = related.count + 1 }
        return max(settings.creditTarget, needed + settings.creditReserve)
    }

    /// What a request has taken from its connection's window.
    private struct Credits {
        let first: MessageID
        /// 0 for NEGOTIATE, which takes one all the same.
        let charge: Int
    }

    /// Nil if there are not enough for it.
    private mutating func takeCredits(for pending: Pending, on slot: Int) -> Credits? {
        if pending.command == .create,
            case .request(.compound(_, _, let related)) = pending.work
        {
            let first = connections.elements[slot].window.takeRun(of: related.count + 1)
            return first.map { Credits(first: MessageID($0), charge: 1) }
        }
        let charge = charge(of: pending, on: slot)
        let first = connections.elements[slot].window.take(
            max(1, charge),
            mayUseReserve: pending.mayUseReserve
        )
        return first.map { Credits(first: $0, charge: charge) }
    }

    /// Sends what has its credits.
    private mutating func transmit(
        _ pending: consuming Pending,
        _ credits: Credits,
        on slot: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        pending.times.sent = now
        if pending.command == .create,
            case .request(.compound(let tree, let parameters, let related)) = pending.work
        {
            transmit(
                compound: pending,
                tree,
                parameters,
                related,
                from: credits.first,
                on: slot,
                into: &effects
            )
            return
        }
        pending.credits = max(1, credits.charge)
        if pending.command == .create,
            case .request(.create(let tree, var parameters)) = pending.work, parameters.isDurable
        {
            parameters.createGUID = nextGUID()
            pending.work = .request(.create(tree, parameters))
        }
        let tree = tree(of: pending)
        var writer = writer(on: slot, behind: &effects)
        let start = writer.count
        DirectTCP.begin(in: &writer)
        header(for: pending, tree, credits, on: slot).encode(into: &writer)
        encodeBody(of: pending, on: slot, into: &writer)
        var bytes = writer.take()
        let range = start + DirectTCP.prefixSize..<bytes.count
        protect(&bytes, CollectionOfOne(range), for: &pending, in: tree, on: slot)
        if pending.command == .negotiate || pending.command == .sessionSetup {
            hash(bytes, range, of: pending, on: slot)
        }
        record(consume pending, id: credits.first, on: slot)
        emit(&bytes, from: start, on: slot, into: &effects)
    }

    @inline(__always)
    private func header(
        for pending: borrowing Pending,
        _ tree: Int?,
        _ credits: Credits,
        on slot: Int
    ) -> Header {
        var header = Header(command: pending.command, messageID: credits.first)
        // Not the whole connection: taking it out of the array would copy all that it holds.
        let isOldest = connections.elements[slot].dialect == .smb202
        header.creditCharge = isOldest ? 0 : UInt16(credits.charge)
        header.credits = connections.elements[slot].window.wish(
            charge: max(1, credits.charge),
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
    @inline(__always)
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
    @inline(__always)
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

    /// Signs or seals what goes out; the ranges are the messages of the last frame in `bytes`.
    mutating func protect(
        _ bytes: inout [UInt8],
        _ messages: some Collection<Range<Int>>,
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
        if seals, let key = keys.clientToServer, let start = messages.first?.lowerBound {
            sessions.elements[session].nonce += 1
            let sealed = key.seal(
                bytes,
                in: start..<bytes.count,
                sessionID: sessions.elements[session].id.rawValue,
                nonce: sessions.elements[session].nonce
            )
            bytes.replaceSubrange(start..., with: sealed)
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

    /// What leaves for one server in one go, in bytes; the last frame may go beyond it.
    private static var togetherMax: Int { 65_536 }

    /// Where the next frame is written: behind those that leave for the same server just before it,
    /// so that many requests cost the shell no more than one.
    func writer(on slot: Int, behind effects: inout [Effect]) -> ByteWriter {
        let number = connections.number(at: slot)
        guard case .send(number, let before)? = effects.last, before.count < Self.togetherMax else {
            return ByteWriter()
        }
        var frames = effects.takeLastFrames()
        return ByteWriter(after: &frames)
    }

    /// Writes the framing's length into the frame that begins at `start`, and hands all to the
    /// shell, which is then its only owner.
    func emit(
        _ frames: inout [UInt8],
        from start: Int,
        on slot: Int,
        into effects: inout [Effect]
    ) {
        DirectTCP.finish(&frames, from: start)
        var given: [UInt8] = []
        swap(&given, &frames)
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
        var writer = writer(on: slot, behind: &effects)
        let start = writer.count
        DirectTCP.begin(in: &writer)
        header.encode(into: &writer)
        EmptyBody().encode(into: &writer)
        var bytes = writer.take()
        var cancel = pending
        cancel.command = .cancel
        let range = start + DirectTCP.prefixSize..<bytes.count
        protect(&bytes, CollectionOfOne(range), for: &cancel, in: tree(of: pending), on: slot)
        emit(&bytes, from: start, on: slot, into: &effects)
    }
}
