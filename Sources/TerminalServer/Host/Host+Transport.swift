package import Primitives
package import Redirector
package import SMBWire

/// What the shell saw, and what the redirector wants done.
extension Host {
    /// The addresses of a name; empty if it has none.
    package mutating func resolved(
        _ connection: ConnectionNumber,
        name: String,
        addresses: [String],
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        if let address = addresses.first {
            let place = HostMap.Place(address: address)
            dial(connection, name: name, place, at: now, into: &effects)
        } else {
            redirector.transportFailed(
                connection,
                .badNetworkPath,
                sentence: "the name “\(name)” has no address; map it with --map \(name)=ADDRESS",
                at: now,
                into: &redirectorEffects
            )
        }
        settle(at: now, into: &effects)
    }

    /// `tuple` is both ends, as `127.0.0.1:50112 -> 127.0.0.2:445`, for dumps; nil in memory.
    package mutating func transportConnected(
        _ connection: ConnectionNumber,
        tuple: String?,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        tuples[connection.rawValue] = tuple
        redirector.transportConnected(connection, at: now, into: &redirectorEffects)
        settle(at: now, into: &effects)
    }

    package mutating func transportFailed(
        _ connection: ConnectionNumber,
        _ status: NTStatus,
        sentence: String,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        redirector.transportFailed(
            connection,
            status,
            sentence: sentence,
            at: now,
            into: &redirectorEffects
        )
        settle(at: now, into: &effects)
    }

    package mutating func transportClosed(
        _ connection: ConnectionNumber,
        _ status: NTStatus,
        sentence: String,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        redirector.transportClosed(
            connection,
            status,
            sentence: sentence,
            at: now,
            into: &redirectorEffects
        )
        settle(at: now, into: &effects)
    }

    package mutating func received(
        _ connection: ConnectionNumber,
        _ bytes: [UInt8],
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        redirector.received(connection, bytes, at: now, into: &redirectorEffects)
        settle(at: now, into: &effects)
    }

    package mutating func tokenReady(
        _ smbSession: SMBSessionNumber,
        _ answer: TokenAnswer,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        redirector.tokenReady(smbSession, answer, at: now, into: &redirectorEffects)
        settle(at: now, into: &effects)
    }

    mutating func apply(
        _ effect: RedirectorEffect,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        switch effect {
        case .connect(let connection, let server):
            if let place = plan.map.place(of: server) {
                dial(connection, name: server, place, at: now, into: &effects)
            } else {
                effects.append(.resolve(connection, name: server))
            }
        case .send(let connection, let bytes): effects.append(.send(connection, bytes))
        case .disconnect(let connection):
            tuples[connection.rawValue] = nil
            effects.append(.disconnect(connection))
        case .token(let session, let user, let server, let input):
            effects.append(.token(session, user: user, server: server, input: input))
        case .tokenEnd(let session): effects.append(.tokenEnd(session))
        case .answered(let tag, let answer): answered(tag, answer, at: now, into: &effects)
        case .broke(let notice): broken(notice, at: now)
        case .lost(let connection, let status, let sentence):
            lost(connection, status, sentence, at: now, into: &effects)
        }
    }

    /// Contacts a server, if it may be contacted.
    private mutating func dial(
        _ connection: ConnectionNumber,
        name: String,
        _ place: HostMap.Place,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        if plan.scope.allows(name: name, address: place.address) {
            effects.append(.connect(connection, address: place.address, port: place.port))
            return
        }
        let sentence =
            "\(name) (\(place.address)) is outside the allowed scope and was not "
            + "contacted; allow it with --allow \(name)"
        if outcome == .completed { outcome = .outsideScope(sentence) }
        report(sentence, at: now, into: &effects)
        redirector.transportFailed(
            connection,
            .networkAccessDenied,
            sentence: sentence,
            at: now,
            into: &redirectorEffects
        )
    }

    private mutating func lost(
        _ connection: ConnectionNumber,
        _ status: NTStatus,
        _ sentence: String,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        // One that never came to be is its operation's failure.
        if let server = servers.first(where: { $0.connection == connection }) {
            let place = "connection lost: "
            let key = FailureLog.Key(server: server.name, status: status, place: place)
            report(place + sentence, as: key, at: now, into: &effects)
        }
        forget(connection)
    }

    /// Everything that was known through a connection is gone.
    private mutating func forget(_ connection: ConnectionNumber) {
        tuples[connection.rawValue] = nil
        for index in servers.indices where servers[index].connection == connection {
            servers[index].connection = nil
        }
        for index in sessions.indices {
            let hadLink = sessions[index].links.contains { $0.connection == connection }
            guard hadLink else { continue }
            sessions[index].links.removeAll { $0.connection == connection }
            forgetDeadOpens(of: index)
        }
    }

    /// A request failed: its SMB session may have died while its connection lives on, as when an
    /// expired one is refused its renewal.
    mutating func forgetDead(of session: Int) {
        for index in sessions[session].links.indices {
            guard let smbSession = sessions[session].links[index].smbSession,
                !redirector.isAlive(smbSession)
            else { continue }
            sessions[session].links[index].smbSession = nil
            sessions[session].links[index].trees = []
        }
        forgetDeadOpens(of: session)
    }

    private mutating func forgetDeadOpens(of session: Int) {
        sessions[session].parked.removeAll { !redirector.isAlive($0.number) }
        if let open = sessions[session].open, !redirector.isAlive(open.number) {
            sessions[session].open = sessions[session].parked.popLast()
        }
        if let watched = sessions[session].watched, !redirector.isAlive(watched) {
            sessions[session].watched = nil
        }
    }

    /// The model decides when a break is acknowledged: its agent does it.
    private mutating func broken(_ notice: BreakNotice, at now: Instant) {
        guard notice.requiresAcknowledgement,
            let session = sessions.firstIndex(where: { $0.has(notice.open) })
        else { return }
        let content: BreakAcknowledgement =
            switch notice.change {
            case .oplock(let level): .oplock(level)
            case .lease(_, let state): .lease(state)
            }
        sessions[session].acknowledgements.append(
            .init(open: notice.open, content: content, since: now)
        )
        if sessions[session].acknowledgements.count == 1 { acknowledgeNext(session) }
    }
}
