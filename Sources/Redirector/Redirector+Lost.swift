internal import Primitives
internal import SMBWire

/// The ends of connections and SMB sessions: everything outstanding is answered exactly once.
extension Redirector {
    /// Closes a connection that must not be used any more.
    mutating func drop(
        _ slot: Int,
        _ status: NTStatus,
        _ sentence: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        effects.append(.disconnect(connections.number(at: slot)))
        lose(slot, status, sentence, at: now, into: &effects)
    }

    /// The connection is gone: its requests are answered, in the order of sending, with its status.
    mutating func lose(
        _ slot: Int,
        _ status: NTStatus,
        _ reason: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let phase = connections.elements[slot].phase
        guard phase != .closed else { return }
        connections.elements[slot].phase = .closed
        if phase == .ready {
            ConnectionUse.add(ConnectionUse(connections.elements[slot]), to: &closedUses)
        } else {
            let opener = connections.elements[slot].opener
            let sentence = "\(connections.elements[slot].server): \(reason) (\(status))"
            complete(opener, status, .nothing, sentence, at: now, into: &effects)
        }
        let sent = connections.elements[slot].sent.all.map(\.pending)
        connections.elements[slot].sent.removeAll()
        for request in sent + connections.elements[slot].queue.drain() where request.isAwaited {
            fail(request, status, reason, on: slot, at: now, into: &effects)
        }
        for index in sessions.indices(where: { $0.connection == slot }) {
            loseSession(index, status, reason, at: now, into: &effects)
        }
        let number = connections.number(at: slot)
        let sentence = "\(connections.elements[slot].server): \(reason) (\(status))"
        connections.remove(at: slot)
        effects.append(.lost(number, status, sentence: sentence))
    }

    private mutating func loseSession(
        _ index: Int,
        _ status: NTStatus,
        _ reason: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let server = connections.elements[sessions.elements[index].connection].server
        let sentence = "\(server): \(reason) (\(status))"
        if sessions.elements[index].phase != .valid {
            effects.append(.tokenEnd(sessions.number(at: index)))
        }
        if let opener = sessions.elements[index].opener {
            sessions.elements[index].opener = nil
            complete(opener, status, .nothing, sentence, at: now, into: &effects)
        }
        if sessions.elements[index].keys != nil {
            previousSessions[userOnServer(index)] = sessions.elements[index].id
        }
        end(session: index, status, sentence, at: now, into: &effects)
    }

    /// An SMB session is no more: its trees and opens go with it, durable opens wait.
    mutating func end(
        session index: Int,
        _ status: NTStatus,
        _ sentence: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let connection = sessions.elements[index].connection
        let waiting = sessions.elements[index].awaitingRenewal
        sessions.elements[index].awaitingRenewal = []
        sessions.elements[index].phase = .ended
        sessions.elements[index].deadline = nil
        untime()
        for pending in waiting {
            fail(pending, status, sentence, on: connection, at: now, into: &effects)
        }
        for tree in trees.indices(where: { $0.session == index }) {
            for open in opens.indices(where: { $0.tree == tree }) {
                if opens.elements[open].durable == nil {
                    forget(opens.number(at: open))
                } else {
                    opens.elements[open].tree = -1
                }
            }
            trees.remove(at: tree)
        }
        sessions.remove(at: index)
    }
}
