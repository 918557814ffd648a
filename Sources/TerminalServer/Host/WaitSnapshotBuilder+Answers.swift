internal import Primitives
internal import Redirector
internal import SMBWire
internal import Watchdog

/// Answers that are awaited, and who is in their way.
extension WaitSnapshotBuilder {
    /// A request whose answer is awaited; a LOCK waits for whoever has the range, which may be a
    /// session of another host, and for the server only if none of ours has it.
    mutating func addAnswer(_ task: Int, _ wanted: Int) {
        let session = host.interpreter.session(of: task)
        let isIndefinite = host.isIndefinite(task)
        let request = self.request(task, wanted, session)
        if isIndefinite, task % model.lanes == 0, addRangeWait(task, session, request) { return }
        let resource = strangersBreak(task, session) ?? answerResource(wanted, task)
        append(task, on: resource, .pass) { wait in
            (wait.request, wait.isIndefinite) = (request, isIndefinite)
        }
        limitByBreak(task, session)
    }

    /// A LOCK that waits; false for anything else.
    ///
    /// One that fails at once waits for the server's answer, whoever has the range.
    private mutating func addRangeWait(_ task: Int, _ session: Int, _ request: Int32) -> Bool {
        guard let work = host.sessions[session].work, work.asked == .lock, work.waitsForLock,
            let file = host.sessions[session].open
        else { return false }
        let resource = rangeResource(of: file)
        let range = snapshot.add(
            WaitSnapshot.ByteRange(offset: work.offset, length: UInt64(work.count))
        )
        append(task, on: resource, .exclusive) { wait in
            (wait.range, wait.request, wait.isIndefinite) = (range, request, true)
        }
        return true
    }

    private mutating func answerResource(_ wanted: Int, _ task: Int) -> Int32 {
        let end = model.requests[wanted].end
        let index = host.interpreter.tasks[task].key.index(in: end)
        let server = host.servers.indices.contains(index) ? index : serverNames.count - 1
        let place = wanted * serverNames.count + server
        if answerResources[place] < 0 {
            if serverNames[server] == .none {
                serverNames[server] = snapshot.names.intern(host.name(end, index))
            }
            answerResources[place] = snapshot.add(
                WaitSnapshot.Resource(
                    .answer,
                    className: requestName(wanted),
                    instance: serverNames[server]
                )
            )
        }
        return answerResources[place]
    }

    private mutating func requestName(_ wanted: Int) -> Name {
        if requestNames[wanted] == .none {
            requestNames[wanted] = snapshot.names.intern(model.requests[wanted].name)
        }
        return requestNames[wanted]
    }

    private mutating func request(_ task: Int, _ wanted: Int, _ session: Int) -> Int32 {
        let place = Int(requests[task])
        guard place >= 0, connections.indices.contains(place) else { return -1 }
        let times = outstanding[place].times
        return snapshot.add(
            WaitSnapshot.Request(
                operation: requestName(wanted),
                path: pathName(session),
                connection: connections[place],
                created: times.created,
                sent: times.sent ?? .never,
                isInterim: times.interim != nil,
                servedBy: breakParty(session) ?? -1,
                sessionID: outstanding[place].smbSession.rawValue,
                treeID: outstanding[place].tree.rawValue,
                messageID: outstanding[place].messageID?.rawValue ?? 0,
                asyncID: outstanding[place].asyncID?.rawValue ?? 0
            )
        )
    }

    /// The session whose unacknowledged break holds up this session's CREATE; the server gives up
    /// after its OplockBreakWait.
    private func holder(ofBreakFor session: Int) -> (session: Int, since: Instant)? {
        guard !breaks.isEmpty, let work = host.sessions[session].work, work.asked == .create,
            let target = work.details.targetName
        else { return nil }
        return breaks[target]
    }

    /// The break that a CREATE may wait for, whose STATUS_PENDING has come and of whose file none
    /// of our own sessions owes one: a session of another host may owe it.
    private mutating func strangersBreak(_ task: Int, _ session: Int) -> Int32? {
        let place = Int(requests[task])
        guard place >= 0, outstanding[place].times.interim != nil,
            outstanding[place].command == .create, task % model.lanes == 0,
            let work = host.sessions[session].work, work.asked == .create,
            let target = work.details.targetName, holder(ofBreakFor: session) == nil
        else { return nil }
        return breakResource(of: target)
    }

    /// The acknowledgements that a session owes, at the party that brings them.
    mutating func addOwedBreaks(of session: Int) {
        guard let party = breakAgent(of: session) else { return }
        for broken in host.sessions[session].acknowledgements {
            guard let file = host.sessions[session].file(broken.open) else { continue }
            snapshot.holds.append(
                WaitSnapshot.Hold(
                    party: party,
                    resource: breakResource(of: file.targetName),
                    mode: .exclusive,
                    since: broken.since,
                    generation: UInt32(truncatingIfNeeded: broken.since.nanoseconds)
                )
            )
        }
    }

    private mutating func breakResource(of targetName: String) -> Int32 {
        if let known = breakResources[targetName] { return known }
        let resource = snapshot.add(
            WaitSnapshot.Resource(
                .leaseBreak,
                className: snapshot.names.intern("BREAK"),
                instance: snapshot.names.add("\\\\" + targetName),
                isShared: true
            )
        )
        breakResources[targetName] = resource
        return resource
    }

    private func breakParty(_ session: Int) -> Int32? {
        holder(ofBreakFor: session).flatMap { breakAgent(of: $0.session) }
    }

    /// The party that brings a session's acknowledgements; nil while it has none to bring.
    private func breakAgent(of session: Int) -> Int32? {
        guard let entry = model.entry(named: "acknowledge break") else { return nil }
        let party = parties[session * model.lanes + model.entries[entry].lane]
        return party >= 0 ? party : nil
    }

    private mutating func limitByBreak(_ task: Int, _ session: Int) {
        guard task % model.lanes == 0,
            let holder = holder(ofBreakFor: session)
        else { return }
        snapshot.limit(wait: snapshot.waits.count - 1, byBreakSince: holder.since)
    }
}
