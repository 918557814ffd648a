package import Primitives
internal import Redirector
internal import SMBWire

/// What a host is told from outside while it runs; timestamped inputs of the trace.
package enum HostCommand: Hashable, Sendable {
    /// Nothing new is started.
    case pause
    case resume
    /// Every host's sessions stand at the barrier.
    case releaseBarrier
    /// Break a hang: the session's operation ends with an error.
    case cancel(SessionNumber)
    /// Sessions of these numbers log on and begin the script; they share the users of the others.
    case add([SessionNumber])
    /// These sessions end what they are about, log off, and begin nothing more.
    case remove([SessionNumber])
}

extension Host {
    package mutating func command(
        _ command: HostCommand,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        switch command {
        case .pause: isPaused = true
        case .resume:
            isPaused = false
            for index in sessions.indices where sessions[index].state == .waiting {
                advance(index, at: now, into: &effects)
            }
        case .releaseBarrier: releaseBarrier(at: now, into: &effects)
        case .cancel(let number): cancel(number, at: now)
        case .add(let numbers): add(numbers, at: now, into: &effects)
        case .remove(let numbers): remove(numbers, at: now, into: &effects)
        }
        settle(at: now, into: &effects)
    }

    /// What waits for a lock ends at once; what waits for an answer is asked for back by CANCEL.
    private mutating func cancel(_ number: SessionNumber, at now: Instant) {
        guard let session = sessions.firstIndex(where: { $0.plan.number == number }),
            sessions[session].work != nil
        else { return }
        let task = session * plan.model.lanes
        sessions[session].work?.status = .cancelled
        sessions[session].work?.sentence = "was cancelled to break a hang"
        if !interpreter.abort(task, into: &modelEffects) {
            redirector.cancel(tag: task, at: now, into: &redirectorEffects)
        }
    }

    /// Each new session takes user and script of one that the plan had: those users were proved.
    private mutating func add(
        _ numbers: [SessionNumber],
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        let planned = sessions.prefix(plan.sessions.count)
        let users = planned.filter { $0.state != .refused }.map(\.plan)
        guard [.proving, .preparing, .running].contains(phase), !users.isEmpty else {
            report("no sessions were added: the load is over", at: now, into: &effects)
            return
        }
        let first = sessions.count
        interpreter.addSessions(numbers.count)
        for number in numbers {
            let user = users[sessions.count % users.count]
            var session = HostSession(
                plan: SessionPlan(
                    number: number,
                    user: user.user,
                    userName: user.userName,
                    script: user.script
                ),
                script: plan.scripts[user.script],
                seed: plan.seed
            )
            session.isOutOfStep = phase == .running
            if session.isOutOfStep { outOfStep += 1 }
            sessions.append(session)
            touch(sessions.count - 1)
        }
        active += numbers.count
        guard phase == .running else { return }
        for index in first..<sessions.count { advance(index, at: now, into: &effects) }
    }

    private mutating func remove(
        _ numbers: [SessionNumber],
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        let wanted = Set(numbers)
        let leaving = sessions.indices.filter { index in
            let session = sessions[index]
            return wanted.contains(session.plan.number) && !session.isLeaving
                && session.state != .ended && session.state != .refused
        }
        for index in leaving {
            if sessions[index].state == .assembled { assembled -= 1 }
            if sessions[index].state != .working { sessions[index].state = .waiting }
            sessions[index].isLeaving = true
        }
        wakes.remove { sessions[$0].isLeaving }
        for index in leaving { advance(index, at: now, into: &effects) }
        releaseBarrier(ifComplete: now, into: &effects)
    }

    /// A session that is to leave closes its files and logs off before it ends.
    mutating func leave(_ session: Int, at now: Instant, into effects: inout [HostEffect]) {
        sessions[session].remaining = nil
        sessions[session].pace = nil
        if let open = sessions[session].open {
            start(Work(.close, path: open.path, isMeasured: true, started: now), session)
        } else if sessions[session].links.contains(where: { $0.smbSession != nil }) {
            start(Work(.logoff, isMeasured: true, started: now), session)
        } else {
            end(session, at: now, into: &effects)
        }
    }

    /// What a leaving session could not give back is not asked for again.
    mutating func forget(after kind: OperationKind, _ session: Int) {
        switch kind {
        case .close: sessions[session].open = sessions[session].parked.popLast()
        case .logoff: sessions[session].links = []
        default: break
        }
    }
}
