internal import Dfs
package import Primitives
internal import Redirector
internal import SMBWire

/// An internal operation of preparing the files: a failure ends the run, for without its files the
/// load would measure errors.
enum Chore: Hashable, Sendable {
    case open(UNCPath, OpenPurpose)
    case write(offset: UInt64, [UInt8])
    case close
}

/// The phases of a host's run: prove users, prepare, load, stop, clean, log off.
extension Host {
    /// Begins the run.
    package mutating func start(at now: Instant, into effects: inout [HostEffect]) {
        precondition(phase == .idle, "start() in \(phase)")
        startedAt = now
        guard plan.cleaning.isEmpty else {
            created = plan.cleaning.map { Created(entry: $0, session: 0) }
            beginCleaning(at: now, into: &effects)
            settle(at: now, into: &effects)
            return
        }
        phase = .proving
        var seen: [Int] = []
        for (index, session) in plan.sessions.enumerated() where !seen.contains(session.user) {
            seen.append(session.user)
            if plan.provesUsers { toProve.append(index) }
        }
        proveNext(at: now, into: &effects)
        settle(at: now, into: &effects)
    }

    /// Ends the load before its time; what is under way gets `grace` to end.
    package mutating func stop(
        grace: Duration,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        guard phase != .finished else { return }
        if outcome == .completed { outcome = .stopped }
        giveUpAt = now + grace
        stopLoad(at: now, into: &effects)
        settle(at: now, into: &effects)
    }

    // Each distinct user is proved once, slowly: a wrong password must not lock an account.
    private mutating func proveNext(at now: Instant, into effects: inout [HostEffect]) {
        guard let session = toProve.first else {
            beginPreparing(at: now, into: &effects)
            return
        }
        start(Work(.logon, path: plan.target, isMeasured: false, started: now), session)
    }

    mutating func proved(
        _ session: Int,
        _ work: Work,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        if work.kind == .logoff {
            toProve.removeFirst()
            proveNext(at: now, into: &effects)
            return
        }
        let user = sessions[session].plan.user
        let reason = sessions[session].lastError ?? ""
        if work.status == .success {
            // The load's own log-ons are to be measured like all others.
            start(Work(.logoff, isMeasured: false, started: now), session)
            return
        }
        guard Refusal.statuses.contains(work.status) else {
            if outcome == .completed { outcome = .unreachable(reason) }
            finish(at: now, into: &effects)
            return
        }
        report(
            "log-on refused, and not tried again: \(reason)",
            session: session,
            at: now,
            into: &effects
        )
        refusedUsers.append(user)
        for index in sessions.indices where sessions[index].plan.user == user {
            sessions[index].state = .refused
            touch(index)
            sessions[index].lastError = reason
            active -= 1
        }
        toProve.removeFirst()
        let nobodyIsLeft = sessions.allSatisfy { $0.state == .refused }
        if refusedUsers.count >= Refusal.usersMax || nobodyIsLeft {
            outcome = .refused("\(refusedUsers.count) users were refused; the last: \(reason)")
            finish(at: now, into: &effects)
        } else {
            proveNext(at: now, into: &effects)
        }
    }

    private enum Refusal {
        static let usersMax = 3
        static let statuses: [NTStatus] = [
            .logonFailure, .wrongPassword, .noSuchUser, .accountRestriction, .accountDisabled,
            .accountLockedOut, .passwordExpired, .accessDenied,
        ]
    }

    /// The session that does the internal operations.
    var worker: Int? {
        sessions.indices.first {
            sessions[$0].state != .refused && !sessions[$0].hasDied && sessions[$0].isDependable
        }
    }

    private mutating func beginPreparing(at now: Instant, into effects: inout [HostEffect]) {
        phase = .preparing
        if !plan.readOnly {
            let folder = plan.target.appending(plan.runFolder)
            chores = [.close, .open(folder, .makingDirectory)]
        }
        nextChore(at: now, into: &effects)
    }

    /// The chores of the next file, in writes of 64 KiB; false if there is none.
    private mutating func prepareFile() -> Bool {
        guard !plan.readOnly, preparedFiles < plan.files.count else { return false }
        let index = preparedFiles
        preparedFiles += 1
        let path = plan.target.appending(FileNames.path(of: index, in: plan.runFolder))
        let whole = plan.files.content(of: index, offset: 0, count: plan.files.size)
        chores = [.close]
        for start in stride(from: 0, to: whole.count, by: 65_536).reversed() {
            let piece = Array(whole[start..<min(start + 65_536, whole.count)])
            chores.append(.write(offset: UInt64(start), piece))
        }
        chores.append(.open(path, .writing))
        return true
    }

    private mutating func nextChore(at now: Instant, into effects: inout [HostEffect]) {
        guard !chores.isEmpty || prepareFile(), let chore = chores.popLast(), let worker else {
            beginLoad(at: now, into: &effects)
            return
        }
        var work: Work
        switch chore {
        case .open(let path, let purpose):
            work = Work(.open, path: path, isMeasured: false, started: now)
            work.details.purpose = purpose
        case .write(let offset, let bytes):
            work = Work(.write, isMeasured: false, started: now)
            work.offset = offset
            work.data = bytes
        case .close: work = Work(.close, isMeasured: false, started: now)
        }
        start(work, worker)
    }

    mutating func choreEnded(
        _ session: Int,
        _ work: Work,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        guard work.status == .success else {
            let reason = sessions[session].lastError ?? ""
            outcome = .unreachable("preparing the files failed: \(reason)")
            chores = []
            phase = .stopping
            beginCleaning(at: now, into: &effects)
            return
        }
        nextChore(at: now, into: &effects)
    }

    private mutating func beginLoad(at now: Instant, into effects: inout [HostEffect]) {
        phase = .running
        setupDue = nil
        loadBegan = now
        measuredFrom = now + plan.warmUp
        stopAt = now + plan.duration
        for index in sessions.indices where sessions[index].state == .waiting {
            advance(index, at: now, into: &effects)
        }
    }

    mutating func stopLoad(at now: Instant, into effects: inout [HostEffect]) {
        stopAt = nil
        guard phase == .running || phase == .preparing || phase == .proving else { return }
        if phase == .running {
            loadEnded = now
            let warmUpEnds = min(now, measuredFrom ?? now)
            for index in sessions.indices where sessions[index].state != .ended {
                _ = sessions[index].pace?.drop(until: warmUpEnds)
                dropped += sessions[index].pace?.drop(until: now) ?? 0
            }
        }
        phase = .stopping
        setupDue = nil
        sayRepetitions(at: now, into: &effects)
        chores = []
        toProve = []
        wakes.removeAll()
        for index in sessions.indices
        where sessions[index].state == .thinking || sessions[index].state == .assembled {
            sessions[index].state = .waiting
        }
        let end = giveUpAt ?? now + plan.grace
        giveUpAt = end
        // Half of the time at most is kept for cleaning up, less where that may take no longer.
        let kept = min(plan.logoffLimit, .nanoseconds(Int64(end.nanoseconds(since: now) / 2)))
        leaveBehindAt = end + (.zero - kept)
    }

    /// Lets the machines come to rest, and moves to the next phase where one is over.
    mutating func settle(at now: Instant, into effects: inout [HostEffect]) {
        drain(at: now, into: &effects)
        while endPhase(at: now, into: &effects) { drain(at: now, into: &effects) }
    }

    /// False if the phase goes on.
    private mutating func endPhase(at now: Instant, into effects: inout [HostEffect]) -> Bool {
        switch phase {
        case .running where active == 0: stopLoad(at: now, into: &effects)
        case .stopping where busy == 0: beginCleaning(at: now, into: &effects)
        case .loggingOff where busy == 0 && abandoned == 0: finish(at: now, into: &effects)
        default: return false
        }
        return true
    }

    /// A step of set-up that nobody answers ends the run: a load behind it would never begin.
    mutating func giveUpSetup(at now: Instant, into effects: inout [HostEffect]) {
        setupDue = nil
        guard phase == .proving || phase == .preparing else { return }
        let step =
            phase == .proving
            ? "a log-on was to be proved" : "the files were to be prepared"
        let limit = plan.setupLimit.wholeNanoseconds / 1_000_000_000
        let waiting =
            redirector.outstanding.first.flatMap { request in
                redirector.server(of: request.connection).map { server in
                    "\(server): \(request.command.name) was not answered within \(limit) s"
                }
            } ?? "nothing happened for \(limit) s"
        let sentence =
            "\(waiting), when \(step); is the server there and not frozen? "
            + "(limits.setup is how long a step may take)"
        if outcome == .completed { outcome = .unreachable(sentence) }
        uncleaned = leftBehind
        finish(at: now, into: &effects)
    }
}
