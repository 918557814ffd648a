internal import Measurement
internal import Primitives
internal import Redirector
internal import SMBWire
internal import Watchdog

/// Byte ranges and credits: what is held beside the client model's own resources.
extension WaitSnapshotBuilder {
    /// Byte ranges that one of our own sessions holds, by file.
    mutating func addRanges(of session: Int) {
        for file in host.sessions[session].parked { addRanges(of: file, session) }
        if let file = host.sessions[session].open { addRanges(of: file, session) }
    }

    private mutating func addRanges(of file: OpenFile, _ session: Int) {
        guard !file.ranges.isEmpty else { return }
        let party = party(ofSession: session)
        let resource = rangeResource(of: file)
        for range in file.ranges { hold(range, of: party, on: resource) }
    }

    /// The ranges of a file, known to other hosts by what the server says of it.
    mutating func rangeResource(of file: OpenFile) -> Int32 {
        if let known = rangeResources[file.identity] { return known }
        let resource = snapshot.add(
            WaitSnapshot.Resource(
                .ranges,
                className: snapshot.names.intern("RANGE"),
                instance: snapshot.names.add("\\\\" + file.targetName),
                isShared: true,
                identity: snapshot.names.add(file.identity)
            )
        )
        rangeResources[file.identity] = resource
        return resource
    }

    private mutating func hold(_ held: OpenFile.HeldRange, of party: Int32, on resource: Int32) {
        let range = snapshot.add(
            WaitSnapshot.ByteRange(offset: held.offset, length: held.length)
        )
        snapshot.holds.append(
            WaitSnapshot.Hold(
                party: party,
                resource: resource,
                mode: .exclusive,
                since: held.since,
                range: range,
                generation: UInt32(truncatingIfNeeded: held.since.nanoseconds)
            )
        )
    }

    /// A session that holds something and has no operation is a party all the same.
    private mutating func party(ofSession session: Int) -> Int32 {
        let task = session * model.lanes
        if parties[task] < 0 {
            parties[task] = snapshot.add(
                WaitSnapshot.Party(
                    session: host.sessions[session].plan.number,
                    state: host.sessions[session].state == .ended ? .ended : .alive,
                    completed: host.sessions[session].statistics.operations
                )
            )
        }
        return parties[task]
    }

    /// Credits of connections whose requests queue for them: who has some, who wants some.
    mutating func addCredits() {
        let queued = host.redirector.connectionFacts.filter { $0.queued > 0 }
        guard !queued.isEmpty else { return }
        // Both lists come by connection, in the same order.
        var start = 0
        for facts in queued {
            while start < outstanding.count, outstanding[start].connection != facts.number {
                start += 1
            }
            var end = start
            while end < outstanding.count, outstanding[end].connection == facts.number { end += 1 }
            addCredits(of: facts, outstanding[start..<end])
            start = end
        }
    }

    private mutating func addCredits(
        of facts: ConnectionFacts,
        _ requests: ArraySlice<OutstandingRequest>
    ) {
        let out = requests.filter { $0.messageID != nil }
        let held = out.reduce(0) { $0 + $1.credits }
        let needed = requests.filter(\.isQueued).map(\.credits).max() ?? 0
        // A window that is too small for the next request: answers that are still to come were
        // asked to bring what is missing.
        let missing = out.isEmpty ? 0 : max(0, needed + facts.reserve - facts.credits - held)
        let resource = snapshot.add(
            WaitSnapshot.Resource(
                .credits,
                className: snapshot.names.intern("CREDITS"),
                instance: snapshot.names.intern(facts.server),
                units: Int32(facts.credits + held + missing),
                reserve: Int32(facts.reserve)
            )
        )
        for (place, request) in out.enumerated() {
            let units = request.credits + (place == 0 ? missing : 0)
            guard units > 0 else { continue }
            snapshot.holds.append(
                WaitSnapshot.Hold(
                    party: party(of: request),
                    resource: resource,
                    mode: .unit,
                    since: request.times.sent ?? request.times.created,
                    units: Int32(units),
                    generation: UInt32(truncatingIfNeeded: request.messageID?.rawValue ?? 0)
                )
            )
        }
        for request in requests where request.isQueued {
            guard request.tag >= 0, parties[request.tag] >= 0 else { continue }
            append(request.tag, on: resource, .unit) { wait in
                wait.since = request.times.queued ?? request.times.created
                wait.place = 0
                wait.units = Int32(request.credits)
                wait.usesReserve = request.mayUseReserve
            }
        }
    }

    /// Whose request it is; the redirector's own ones belong to a party that can always move.
    private mutating func party(of request: OutstandingRequest) -> Int32 {
        if request.tag >= 0, parties[request.tag] >= 0 { return parties[request.tag] }
        return snapshot.add(
            WaitSnapshot.Party(session: nil, agent: snapshot.names.intern("redirector"))
        )
    }
}

extension OutstandingRequest {
    /// It waits for credits.
    var isQueued: Bool { messageID == nil && times.queued != nil }
}

extension CreateResponse {
    /// Names the file by what the server says of it: two paths to one file then meet.
    ///
    /// With the server's name, since volumes are numbered by each server for itself.
    func diskIdentity(on host: String?) -> String? {
        for case .onDiskID(let file, let volume) in contexts {
            return "\(host?.uppercased() ?? "")#\(volume):\(file)"
        }
        return nil
    }
}
