internal import Primitives
internal import SMBWire

/// Inputs that wait for a frozen server.
enum FrozenInput: Hashable, Sendable {
    case accepted(Int)
    case received(Int, [UInt8])
    case closed(Int)
}

/// Cuts a client's bytes into frames, or gives up on what is no frame.
struct FrameBuffer: Hashable, Sendable {
    private var assembler = FrameAssembler()

    /// The whole frames, each with its prefix; nil if there are bytes that are none.
    ///
    /// Bytes that are one frame, as most are, are not copied.
    mutating func frames(appending bytes: [UInt8]) -> [[UInt8]]? {
        assembler.append(bytes)
        var frames: [[UInt8]] = []
        do throws(FrameAssembler.Failure) {
            while let (buffer, range) = try assembler.next() {
                let whole = range.lowerBound - DirectTCP.prefixSize..<range.upperBound
                frames.append(whole == buffer.indices ? buffer : Array(buffer[whole]))
            }
        } catch { return nil }
        return frames
    }
}

/// Requests on their way to a server, with faults in between.
extension Emulator {
    mutating func faultily(
        _ connection: Int,
        _ bytes: [UInt8],
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = connections[connection]?.server,
            connections[connection]?.isHalfOpen == false
        else { return }
        guard let frames = connections[connection]?.requests.frames(appending: bytes) else {
            // Nonsense meets no fault; the server ends the connection.
            servers[server].received(connection, bytes, at: now, into: &serverEffects)
            pass(server, at: now, into: &effects)
            return
        }
        for frame in frames {
            guard connections[connection]?.isHalfOpen == false else { return }
            if freezes(server, .received(connection, frame), at: now) { continue }
            request(frame, connection, at: now, into: &effects)
        }
    }

    /// A request frame meets its faults, and then its server.
    private mutating func request(
        _ frame: [UInt8],
        _ connection: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = connections[connection]?.server else { return }
        let name = serverNames[server]
        let sight = MessageSight(frame, in: DirectTCP.prefixSize..<frame.count)
        let struck = engine.strike(.request, server: server, named: name, sight, at: now)
        var behaviour = ServerBehaviour()
        var isTaken = false
        for fault in struck where !isTaken {
            isTaken = take(fault, frame, connection, &behaviour, at: now, into: &effects)
        }
        if !isTaken {
            deliver(frame, connection, behaviour, at: now, into: &effects)
        }
        for held in delayed.released(by: sight.name, server: name) {
            end(held, at: now, into: &effects)
        }
    }

    /// True if the request does not reach its server now.
    private mutating func take(
        _ fault: FaultPlan,
        _ frame: [UInt8],
        _ connection: Int,
        _ behaviour: inout ServerBehaviour,
        at now: Instant,
        into effects: inout [Effect]
    ) -> Bool {
        switch fault.action {
        case .loseRequest:
            effects.append(.faulted(connection, fault: fault.name))
            return true
        case .halfOpen:
            effects.append(.faulted(connection, fault: fault.name))
            connections[connection]?.isHalfOpen = true
            return true
        case .reset:
            reset(connection, by: fault.name, at: now, into: &effects)
            return true
        case .hold(let until, let end):
            let held = Delayed.Held(
                connection: connection,
                frame: frame,
                until: until,
                end: end,
                fault: fault.name
            )
            effects.append(.faulted(connection, fault: fault.name))
            if case .after(let duration) = until {
                delayed.add(.held(held), at: now + duration)
            } else {
                delayed.hold(held)
            }
            return true
        case .answer(let status): behaviour.forcedStatus = status
        case .expireSession: behaviour.expiresSession = true
        case .starveCredits: behaviour.starvesCredits = true
        case .staleReferral: behaviour.staleReferral = true
        case .pathConsumed(let error): behaviour.pathConsumedError = error
        default: break
        }
        return false
    }

    private mutating func deliver(
        _ frame: [UInt8],
        _ connection: Int,
        _ behaviour: ServerBehaviour,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = connections[connection]?.server else { return }
        servers[server].behaviour = behaviour
        servers[server].received(connection, frame, at: now, into: &serverEffects)
        servers[server].behaviour = ServerBehaviour()
        pass(server, at: now, into: &effects)
    }

    private mutating func reset(
        _ connection: Int,
        by fault: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let server = connections.removeValue(forKey: connection)?.server else { return }
        delayed.forget(connection)
        effects.append(.faulted(connection, fault: fault))
        effects.append(.disconnect(connection, reason: "connection reset by peer"))
        servers[server].closed(connection, at: now, into: &serverEffects)
        pass(server, at: now, into: &effects)
    }

    private mutating func end(
        _ held: Delayed.Held,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        var behaviour = ServerBehaviour()
        switch held.end {
        case .release: break
        case .reset:
            reset(held.connection, by: held.fault, at: now, into: &effects)
            return
        case .drop: return
        case .answer(let status): behaviour.forcedStatus = status
        }
        deliver(held.frame, held.connection, behaviour, at: now, into: &effects)
    }

    mutating func take(
        _ item: Delayed.Item,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        switch item {
        case .outgoing(let connection, let bytes):
            if connections[connection] != nil { effects.append(.send(connection, bytes)) }
        case .held(let held): end(held, at: now, into: &effects)
        }
    }
}

/// Answers on their way to a client, with faults in between.
extension Emulator {
    /// Passes on what a server wants, each time that something was asked of it.
    mutating func pass(_ server: Int, at now: Instant, into effects: inout [Effect]) {
        serverDeadlines[server] = Self.deadline(of: &servers[server])
        for effect in serverEffects {
            switch effect {
            case .send(let connection, let bytes):
                if engine.isEmpty {
                    effects.append(.send(connection, bytes))
                } else {
                    answer(bytes, connection, at: now, into: &effects)
                }
            case .disconnect(let connection, let reason):
                connections[connection] = nil
                delayed.forget(connection)
                effects.append(.disconnect(connection, reason: reason))
            }
        }
        serverEffects.removeAll(keepingCapacity: true)
    }

    /// In place: outside of its array a whole server would be copied.
    private static func deadline(of server: inout FileServer) -> Instant? { server.nextDeadline }

    private mutating func answer(
        _ bytes: [UInt8],
        _ connection: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let state = connections[connection], !state.isHalfOpen else { return }
        let frame = DirectTCP.prefixSize..<bytes.count
        let sight = MessageSight(bytes, in: frame)
        let name = serverNames[state.server]
        var bytes = bytes
        var due = now
        let struck =
            sight.isInterim
            ? [] : engine.strike(.answer, server: state.server, named: name, sight, at: now)
        for fault in struck {
            switch fault.action {
            case .loseAnswer where !sight.isNotification, .dropBreak where sight.isNotification:
                effects.append(.faulted(connection, fault: fault.name))
                return
            case .delay(let delay): due = due + engine.length(of: delay)
            case .truncate:
                bytes = Self.truncated(bytes)
                effects.append(.faulted(connection, fault: fault.name))
            case .garble:
                bytes = engine.garble(bytes)
                effects.append(.faulted(connection, fault: fault.name))
            case .drip(let bytesPerSecond):
                drip(bytes, connection, bytesPerSecond, from: due)
                return
            default: break
            }
        }
        if due > now || state.busyUntil > now {
            due = max(due, state.busyUntil)
            connections[connection]?.lastDue = max(due, state.lastDue)
            delayed.add(.outgoing(connection, bytes), at: due)
        } else {
            effects.append(.send(connection, bytes))
        }
    }

    /// The first half of a frame, under a prefix that says it is all.
    private static func truncated(_ bytes: [UInt8]) -> [UInt8] {
        let whole = bytes.count - DirectTCP.prefixSize
        let half = Array(bytes[DirectTCP.prefixSize..<DirectTCP.prefixSize + whole / 2])
        return DirectTCP.prefix(length: half.count) + half
    }

    /// A frame in eight pieces; what comes behind it on its connection waits.
    private mutating func drip(
        _ bytes: [UInt8],
        _ connection: Int,
        _ bytesPerSecond: Int,
        from start: Instant
    ) {
        // Pieces of two frames must not mingle.
        let state = connections[connection]
        let begin = max(start, state?.busyUntil ?? start, state?.lastDue ?? start)
        let size = max(1, (bytes.count + 7) / 8)
        var sent = 0
        while sent < bytes.count {
            let piece = Array(bytes[sent..<min(sent + size, bytes.count)])
            sent += piece.count
            let nanoseconds = Int64(sent) * 1_000_000_000 / Int64(bytesPerSecond)
            let due = begin + .nanoseconds(nanoseconds)
            delayed.add(.outgoing(connection, piece), at: due)
            connections[connection]?.busyUntil = due
        }
    }
}

/// Servers that do nothing at all for a while.
extension Emulator {
    /// Whether the input has to wait, because the server is frozen or others wait before it.
    mutating func freezes(_ server: Int, _ input: FrozenInput, at now: Instant) -> Bool {
        guard !engine.isEmpty else { return false }
        guard !frozen[server].isEmpty || engine.isFrozen(serverNames[server], at: now) else {
            return false
        }
        if frozen[server].isEmpty { frozenSince[server] = now }
        frozen[server].append(input)
        return true
    }

    /// When what waits for a frozen server can go on; nil if nothing waits, or nobody knows.
    func thaw(of server: Int) -> Instant? {
        guard !frozen[server].isEmpty else { return nil }
        return engine.thaw(serverNames[server], frozenAt: frozenSince[server])
    }

    /// When a server's own timer fires: not while it does nothing.
    func deadline(of server: Int) -> Instant? {
        guard let deadline = serverDeadlines[server] else { return nil }
        guard !engine.isEmpty else { return deadline }
        return engine.thaw(serverNames[server], frozenAt: deadline)
    }

    /// A server that is not frozen any more goes on with what came meanwhile.
    mutating func melt(_ server: Int, at now: Instant, into effects: inout [Effect]) {
        guard !frozen[server].isEmpty else { return }
        let hasThawed = thaw(of: server).map { $0 <= now } ?? false
        guard hasThawed || !engine.isFrozen(serverNames[server], at: now) else { return }
        let inputs = frozen[server]
        frozen[server] = []
        for input in inputs {
            switch input {
            case .accepted(let connection):
                servers[server].accepted(connection, at: now, into: &serverEffects)
                pass(server, at: now, into: &effects)
            case .received(let connection, let frame):
                guard connections[connection] != nil else { continue }
                request(frame, connection, at: now, into: &effects)
            case .closed(let connection):
                servers[server].closed(connection, at: now, into: &serverEffects)
                pass(server, at: now, into: &effects)
            }
        }
    }
}
