internal import Dfs
internal import Primitives
internal import Redirector
internal import SMBWire

/// What goes on beside a session's operation: its agents, its end, its barriers.
extension Host {
    /// An agent's request: the acknowledgement of a break, or a change notify.
    mutating func askForAgent(_ wanted: ModelRequest, task: Int, at now: Instant) {
        let session = interpreter.session(of: task)
        let request: Request?
        switch wanted {
        case .breakAcknowledgement:
            request = sessions[session].acknowledgements.first.map {
                .acknowledgeBreak($0.open, $0.content)
            }
        case .changeNotify:
            request = sessions[session].watched.map {
                .changeNotify($0, [.fileName, .directoryName, .lastWrite], watchesTree: false)
            }
        default: request = nil
        }
        guard let request else {
            interpreter.answer(task, .failed, into: &modelEffects)
            return
        }
        redirector.submit(request, tag: task, at: now, into: &redirectorEffects)
    }

    mutating func agentAnswered(_ task: Int, _ answer: Answer, into effects: inout [HostEffect]) {
        let session = interpreter.session(of: task)
        if !answer.isSuccess { forgetDead(of: session) }
        if isAcknowledging(task), !sessions[session].acknowledgements.isEmpty {
            sessions[session].acknowledgements.removeFirst()
        }
        interpreter.answer(task, answer.isSuccess ? .success : .failed, into: &modelEffects)
    }

    private func isAcknowledging(_ task: Int) -> Bool {
        plan.model.entry(named: "acknowledge break").map {
            plan.model.entries[$0].lane == task % plan.model.lanes
        } ?? false
    }

    /// An agent's program is over; breaks that came meanwhile are acknowledged next.
    mutating func agentEnded(_ task: Int) {
        if isAcknowledging(task) { acknowledgeNext(interpreter.session(of: task)) }
    }

    /// Starts the agent for the session's oldest break, unless it is busy with one.
    mutating func acknowledgeNext(_ session: Int) {
        guard let agent = plan.model.entry(named: "acknowledge break") else { return }
        // A file that is closed or lost needs no acknowledgement any more.
        while let next = sessions[session].acknowledgements.first {
            if let file = sessions[session].file(next.open) {
                interpreter.launch(
                    agent: agent,
                    session: session,
                    key: file.key,
                    into: &modelEffects
                )
                return
            }
            sessions[session].acknowledgements.removeFirst()
        }
    }

    /// A connection was lost: a model whose receiver reconnects does so before anybody hears of it.
    mutating func reconnect(after effects: [RedirectorEffect]) {
        for index in effects.indices {
            guard case .lost(let connection, _, _) = effects[index],
                let server = servers.firstIndex(where: { $0.connection == connection }),
                let agent = plan.model.entry(named: "reconnect")
            else { continue }
            var key = Key()
            key.server = Int32(server)
            key.root = Int32(server)
            interpreter.launch(agent: agent, session: 0, key: key, into: &modelEffects)
            // It takes its lock before the answers are told to those who wait for them.
            let first = modelEffects
            modelEffects = []
            for case .ready(let task) in first { interpreter.step(task, into: &modelEffects) }
        }
    }

    /// A session came to the end of its script.
    mutating func end(_ session: Int, at now: Instant, into effects: inout [HostEffect]) {
        sessions[session].state = .ended
        touch(session)
        active -= 1
        if sessions[session].isOutOfStep { fallIn(session) }
        releaseBarrier(ifComplete: now, into: &effects)
    }

    /// A session's thread exited in the middle of an operation and gave nothing back.
    mutating func died(_ session: Int, at now: Instant, into effects: inout [HostEffect]) {
        guard sessions[session].work != nil else { return }
        sessions[session].work = nil
        sessions[session].hasDied = true
        noLongerBusy(session)
        report("the thread exited inside an operation", session: session, at: now, into: &effects)
        end(session, at: now, into: &effects)
    }

    /// A session stands at a barrier; the last one lets all go on.
    mutating func assemble(_ session: Int, at now: Instant, into effects: inout [HostEffect]) {
        sessions[session].state = .assembled
        touch(session)
        assembled += 1
        releaseBarrier(ifComplete: now, into: &effects)
    }

    /// Whether a session may go on at a barrier: one that came late does where nobody waits, or it
    /// would wait alone for ever.
    mutating func passesBarrier(_ session: Int) -> Bool {
        guard sessions[session].isOutOfStep else { return false }
        guard assembled > 0 else { return true }
        fallIn(session)
        return false
    }

    /// From here on the others wait for the session at barriers.
    private mutating func fallIn(_ session: Int) {
        sessions[session].isOutOfStep = false
        outOfStep -= 1
    }

    mutating func releaseBarrier(
        ifComplete now: Instant,
        into effects: inout [HostEffect]
    ) {
        guard assembled > 0, assembled == active - outOfStep else { return }
        guard plan.sharesBarriers else {
            releaseBarrier(at: now, into: &effects)
            return
        }
        effects.append(.assembled)
    }

    mutating func releaseBarrier(at now: Instant, into effects: inout [HostEffect]) {
        assembled = 0
        let waiting = sessions.indices.filter { sessions[$0].state == .assembled }
        for session in waiting { sessions[session].state = .waiting }
        for session in waiting { advance(session, at: now, into: &effects) }
    }

    /// Notes the byte range that a LOCK gave or took back.
    mutating func noteLock(_ session: Int, at now: Instant) {
        guard let work = sessions[session].work else { return }
        let length = UInt64(work.count)
        if work.kind == .unlock {
            sessions[session].open?.ranges.removeAll {
                $0.offset == work.offset && $0.length == length
            }
        } else {
            sessions[session].open?.ranges.append(
                .init(offset: work.offset, length: length, since: now)
            )
        }
    }

    /// The Dfs client forgets the operation's path and begins anew.
    mutating func startOver(_ session: Int) {
        guard let path = sessions[session].work?.path else { return }
        dfs.forget(path)
        sessions[session].work?.details.resolution = dfs.begin(path)
        sessions[session].work?.status = .success
        sessions[session].work?.sentence = nil
        sessions[session].work?.repeats &+= 1
    }
}
