package import Primitives
package import SMBWire

/// A request that nobody has answered yet, as observers see it.
package struct OutstandingRequest: Hashable, Sendable {
    /// Who asked; negative for the redirector's own requests.
    package let tag: Int
    package let command: Command
    package let connection: ConnectionNumber
    package let smbSession: SMBSessionID
    package let tree: TreeID
    /// Nil while it waits for a credit.
    package let messageID: MessageID?
    package let asyncID: AsyncID?
    /// Credits that it has taken and not brought back; before it is sent, what it needs.
    package let credits: Int
    /// Whether the reserved credits are for it too.
    package let mayUseReserve: Bool
    package let times: RequestTimes
}

/// How a connection gets on.
package struct ConnectionTraffic: Hashable, Sendable {
    package var sent: UInt64 = 0
    /// Of those that were sent.
    package var signed: UInt64 = 0
    package var sealed: UInt64 = 0
    /// Final answers.
    package var answered: UInt64 = 0
    /// When bytes came last; nil if none ever did.
    package var lastReceived: Instant?
    /// When the latest of all answered requests was sent.
    package var latestAnsweredSent: Instant?

    package init() {}

    mutating func sent(isSigned: Bool, isSealed: Bool) {
        sent += 1
        if isSigned { signed += 1 }
        if isSealed { sealed += 1 }
    }

    mutating func answered(sentAt sent: Instant?) {
        answered += 1
        guard let sent else { return }
        latestAnsweredSent = max(latestAnsweredSent ?? sent, sent)
    }
}

/// A connection as observers see it.
package struct ConnectionFacts: Hashable, Sendable {
    package let number: ConnectionNumber
    package let server: String
    package let traffic: ConnectionTraffic
    /// Credits that are not spent.
    package let credits: Int
    /// Of these, how many are kept for what unblocks others.
    package let reserve: Int
    /// Requests that wait for a credit.
    package let queued: Int
}

extension Redirector {
    /// The name that a connection was opened by; nil if it is closed.
    package func server(of number: ConnectionNumber) -> String? {
        connections.index(of: number).map { connections.elements[$0].server }
    }

    /// Every connection that is not closed, in the order of their making.
    package var connectionFacts: [ConnectionFacts] {
        connections.indices(where: { $0.phase != .closed }).map { slot in
            let connection = connections.elements[slot]
            return ConnectionFacts(
                number: connections.number(at: slot),
                server: connection.server,
                traffic: connection.traffic,
                credits: connection.window.available,
                reserve: settings.creditReserve,
                queued: connection.queue.count
            )
        }
    }

    /// Every request without its last answer: by connection, sent ones in the order of sending,
    /// then those that wait for a credit.
    package var outstanding: [OutstandingRequest] {
        var found: [OutstandingRequest] = []
        for slot in connections.indices(where: { $0.phase != .closed }) {
            let connection = connections.elements[slot]
            if connection.phase == .connecting {
                // TCP's own request is out since then.
                var opener = connection.opener
                opener.times.sent = opener.times.created
                found.append(outstanding(opener, nil, on: slot))
            }
            for (id, pending) in connection.sent.all {
                found.append(outstanding(pending, MessageID(id), on: slot))
            }
            for pending in connection.queue.waiting {
                found.append(outstanding(pending, nil, on: slot))
            }
        }
        return found
    }

    private func outstanding(
        _ pending: Pending,
        _ id: MessageID?,
        on slot: Int
    ) -> OutstandingRequest {
        var tag = pending.tag
        if case .element(let group, _, _) = pending.work {
            tag = groups.elements[group].pending.tag
        }
        if case .negotiate = pending.work { tag = connections.elements[slot].opener.tag }
        if case .sessionSetup = pending.work, pending.session >= 0 {
            tag = sessions.elements[pending.session].opener?.tag ?? tag
        }
        let isInSession = pending.session >= 0
        return OutstandingRequest(
            tag: tag,
            command: pending.command,
            connection: connections.number(at: slot),
            smbSession: isInSession ? sessions.elements[pending.session].id : .none,
            tree: tree(of: pending),
            messageID: id,
            asyncID: pending.asyncID,
            credits: id == nil ? max(1, charge(of: pending, on: slot)) : pending.credits,
            mayUseReserve: pending.mayUseReserve,
            times: pending.times
        )
    }

    private func tree(of pending: Pending) -> TreeID {
        guard case .request(let request) = pending.work else { return .none }
        switch request {
        case .create(let number, _), .reopen(_, let number), .referral(let number, _, _, _),
            .compound(let number, _, _), .treeDisconnect(let number):
            return trees.index(of: number).map { trees.elements[$0].id } ?? .none
        case .close(let number), .flush(let number), .read(let number, _, _),
            .write(let number, _, _), .lock(let number, _), .queryDirectory(let number, _, _),
            .queryInfo(let number, _, _), .setInfo(let number, _, _, _),
            .changeNotify(let number, _, _), .acknowledgeBreak(let number, _):
            guard let open = opens.index(of: number), opens.elements[open].tree >= 0 else {
                return .none
            }
            return trees.elements[opens.elements[open].tree].id
        case .connect, .logon, .logoff, .treeConnect, .echo: return .none
        }
    }
}
