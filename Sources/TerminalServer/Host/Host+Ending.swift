internal import Primitives
internal import Redirector
internal import SMBWire

/// How a host's run ends: clean, log off, and leave behind what is stuck.
extension Host {
    mutating func beginLoggingOff(at now: Instant, into effects: inout [HostEffect]) {
        phase = .loggingOff
        for index in sessions.indices { logOff(index, at: now) }
    }

    /// Logs the session off where it is logged on and has nothing else to do.
    mutating func logOff(_ session: Int, at now: Instant) {
        guard sessions[session].isFree,
            sessions[session].links.contains(where: { $0.smbSession != nil })
        else { return }
        start(Work(.logoff, isMeasured: loadBegan != nil, started: now), session)
    }

    /// What has not ended is left behind, so that the others can clean up and log off.
    mutating func leaveBehind(at now: Instant, into effects: inout [HostEffect]) {
        leaveBehindAt = nil
        guard phase == .stopping, worker != nil, sessions.contains(where: \.isFree) else { return }
        let stuck = sessions.indices.filter { sessions[$0].work != nil }
        guard !stuck.isEmpty else { return }
        for index in stuck {
            sessions[index].isLeftBehind = true
            sessions[index].isDependable = false
            busy -= 1
            abandoned += 1
        }
        report(
            "\(stuck.count) sessions have not ended; the others clean up and log off",
            at: now,
            into: &effects
        )
    }

    /// An operation has ended; the end of the run no longer waits for those that were left behind.
    mutating func noLongerBusy(_ session: Int) {
        if sessions[session].isLeftBehind {
            sessions[session].isLeftBehind = false
            abandoned -= 1
        } else {
            busy -= 1
        }
    }

    /// The grace is over: what is stuck stays visible in the results.
    mutating func giveUp(at now: Instant, into effects: inout [HostEffect]) {
        uncleaned = leftBehind
        let isEnding = phase == .cleaning || phase == .loggingOff
        let stuck = sessions.count { $0.work != nil && ($0.isLeftBehind || !isEnding) }
        if outcome == .completed {
            if stuck > 0 {
                outcome = .stuck(stuck)
            } else if sessions.contains(where: { $0.work != nil }) {
                outcome = .overran(overrun(at: now))
            }
        }
        finish(at: now, into: &effects)
    }

    private func overrun(at now: Instant) -> String {
        let limit = Decimals.text(plan.logoffLimit.seconds, places: 1)
        let links = sessions.reduce(0) { sum, session in
            sum + session.links.count { $0.smbSession != nil }
        }
        return "cleaning up and logging off had not ended after limits.logoff, \(limit) s: "
            + "\(links) SMB sessions are still logged on; \(underWay(at: now))"
    }

    /// The oldest operation under way, for a sentence.
    func underWay(at now: Instant) -> String {
        let works = sessions.compactMap(\.work)
        guard let oldest = works.min(by: { $0.started < $1.started }) else {
            return "nothing was under way"
        }
        let age = Decimals.text(Double(now.nanoseconds(since: oldest.started)) / 1e9, places: 1)
        let path = oldest.path.map { " of \($0.text)" } ?? ""
        return "the \(oldest.kind.name)\(path) is under way for \(age) s"
    }

    mutating func finish(at now: Instant, into effects: inout [HostEffect]) {
        guard phase != .finished else { return }
        phase = .finished
        if loadBegan != nil, loadEnded == nil { loadEnded = now }
        stopAt = nil
        setupDue = nil
        leaveBehindAt = nil
        giveUpAt = nil
        sayRepetitions(at: now, into: &effects)
        for server in servers {
            if let connection = server.connection { effects.append(.disconnect(connection)) }
        }
        for index in sessions.indices where sessions[index].work == nil {
            if sessions[index].state != .refused { sessions[index].state = .ended }
        }
        effects.append(.finished)
    }
}
