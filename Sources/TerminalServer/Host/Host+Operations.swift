internal import Dfs
internal import Measurement
internal import Primitives
internal import Redirector
internal import SMBWire

/// Operations of sessions: from a step to its figures.
extension Host {
    /// Goes on with a session that waits: the rest of its step, or its next one.
    mutating func advance(
        _ session: Int,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        guard sessions[session].state == .waiting, phase == .running else { return }
        if sessions[session].isLeaving { return leave(session, at: now, into: &effects) }
        guard !isPaused else { return }
        // Steps that ask for nothing (reading what is not open) must not spin within one instant.
        for _ in 0..<1_000 {
            guard let turn = turn(of: session, at: now) else {
                end(session, at: now, into: &effects)
                return
            }
            if turn > now {
                sleep(session, until: turn)
                return
            }
            if let step = sessions[session].nextOfRemaining() {
                if begin(step, session, at: now) { return }
                continue
            }
            let script = sessions.span[session].plan.script
            switch sessions[session].cursor.next(in: plan.scripts[script]) {
            case .finished:
                end(session, at: now, into: &effects)
                return
            case .step(.barrier) where passesBarrier(session): continue
            case .step(.barrier):
                assemble(session, at: now, into: &effects)
                return
            case .pause(let duration):
                // In an open loop the schedule says when to go on.
                guard !sessions[session].isPaced else { continue }
                sleep(session, until: now + duration)
                return
            case .step(let step):
                if begin(step, session, at: now) { return }
            }
        }
        sleep(session, until: now + .milliseconds(1))
    }

    private mutating func sleep(_ session: Int, until instant: Instant) {
        sessions[session].state = .thinking
        touch(session)
        wakes.add(session, at: instant)
    }

    /// Starts the operation of a step; false if the step has nothing to do.
    private mutating func begin(_ step: Step, _ session: Int, at now: Instant) -> Bool {
        var work: Work
        switch step {
        case .logon: work = Work(.logon, path: plan.target, isMeasured: true, started: now)
        case .logoff:
            guard !sessions[session].links.isEmpty else { return false }
            work = Work(.logoff, isMeasured: true, started: now)
        case .open(let template, let access, let options):
            guard sessions[session].open == nil || options.isBeside else { return false }
            let path = fill(template, session)
            work = Work(.open, path: path, isMeasured: true, started: now)
            work.details.purpose = access.purpose
            work.details.options = options
            work.details.accepts = options.accepts
        case .notify(let template):
            guard sessions[session].watched == nil else { return false }
            work = Work(.notify, path: fill(template, session), isMeasured: true, started: now)
        case .onPath(let action, let template, let accepts):
            work = self.work(action, on: fill(template, session), session, at: now)
            work.details.accepts = accepts
        case .read, .write, .flush, .touch, .lock, .unlock, .close:
            guard let transfer = transfer(step, session, at: now) else { return false }
            work = transfer
        case .think, .repeat, .choose, .barrier:
            preconditionFailure("\(step) is no operation")
        }
        if sessions.span[session].isPaced {
            work.intended = min(now, sessions.span[session].due ?? now)
            sessions[session].pace?.advance()
        }
        start(consume work, session)
        return true
    }

    private mutating func work(
        _ action: Step.PathAction,
        on path: UNCPath,
        _ session: Int,
        at now: Instant
    ) -> Work {
        func work(_ kind: OperationKind, _ purpose: OpenPurpose = .reading) -> Work {
            var work = Work(kind, path: path, isMeasured: true, started: now)
            work.details.purpose = purpose
            return work
        }
        switch action {
        case .stat: return work(.stat)
        case .volume: return work(.volume)
        case .delete: return work(.delete, .deleting(isDirectory: false))
        case .list(let pattern):
            var listing = work(.list)
            listing.details.pattern = pattern
            return listing
        case .rename(let template):
            var renaming = work(.rename, .renaming)
            renaming.details.destination = fill(template, session)
            return renaming
        }
    }

    /// An operation on the open file; nil if there is none.
    private mutating func transfer(_ step: Step, _ session: Int, at now: Instant) -> Work? {
        guard let path = sessions.span[session].openPath else {
            sessions[session].remaining = nil
            return nil
        }
        func work(_ kind: OperationKind) -> Work {
            Work(kind, path: path, isMeasured: true, started: now)
        }
        switch step {
        case .read(let size, let count, let offset):
            keepRest(of: .read(size: size, count: 1, offset), count, session)
            var reading = work(.read)
            reading.offset = sessions[session].place(offset, size)
            reading.count = size
            return reading
        case .write(let size, let count, let offset):
            keepRest(of: .write(size: size, count: 1, offset), count, session)
            var writing = work(.write)
            writing.offset = sessions[session].place(offset, size)
            writing.data = payload(size)
            return writing
        case .flush: return work(.flush)
        case .touch: return work(.touch)
        case .lock(let offset, let length, let waits):
            var locking = work(.lock)
            (locking.offset, locking.count) = (offset, Int(clamping: length))
            locking.waitsForLock = waits
            return locking
        case .unlock(let offset, let length):
            var unlocking = work(.unlock)
            (unlocking.offset, unlocking.count) = (offset, Int(clamping: length))
            return unlocking
        default: return work(.close)
        }
    }

    /// A step of several operations leaves the others behind as a step of its own.
    private mutating func keepRest(
        of step: @autoclosure () -> Step,
        _ count: Int,
        _ session: Int
    ) {
        if count > 1 { sessions[session].remaining = .init(step: step(), count: count - 1) }
    }

    /// Sizes that are kept; scripts have few.
    private static var payloadsMax: Int { 8 }

    /// What sessions write; one array for all who write that much.
    private mutating func payload(_ size: Int) -> [UInt8] {
        if let known = payloads.first(where: { $0.count == size }) { return known }
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 % 251) }
        if payloads.count == Self.payloadsMax { payloads.removeFirst() }
        payloads.append(payload)
        return payload
    }

    private mutating func fill(_ template: PathTemplate, _ session: Int) -> UNCPath {
        sessions[session].filledPaths += 1
        var file = ""
        if template.usesFiles, plan.files.count > 0 {
            let index = Int.random(
                in: 0..<plan.files.count,
                using: &sessions[session].cursor.random
            )
            file = FileNames.path(of: index, in: plan.runFolder)
        }
        let values = PathTemplate.Values(
            run: plan.runFolder,
            file: file,
            session: sessions[session].plan.number.rawValue,
            user: sessions[session].plan.userName,
            count: sessions[session].filledPaths
        )
        let text = template.fill(values, using: &sessions[session].cursor.random)
        if text.hasPrefix("\\\\"), let path = try? UNCPath(parsing: text) { return path }
        return plan.target.appending(text)
    }

    /// Hands an operation to the client model.
    mutating func start(_ work: consuming Work, _ session: Int) {
        let kind = work.kind
        guard let entry = plan.model.entry(of: kind) else {
            preconditionFailure("the client model has no program for \(kind.name)")
        }
        let needsPath = kind.needsPath
        let started = work.started
        if needsPath, let path = work.path { work.details.resolution = dfs.begin(path) }
        sessions[session].work = consume work
        sessions[session].state = .working
        sessions[session].requests.begin()
        touch(session)
        busy += 1
        if phase == .proving || phase == .preparing { setupDue = started + plan.setupLimit }
        interpreter.begin(
            session: session,
            operation: entry,
            key: needsPath ? Key() : sessions.span[session].openKey,
            into: &modelEffects
        )
    }

    /// The client model has ended an operation.
    mutating func operationEnded(
        _ session: Int,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        guard let work = sessions[session].work.take() else { return }
        sessions[session].state = .waiting
        touch(session)
        noLongerBusy(session)
        let isError = work.status != .success && !work.details.accepts.contains(work.status)
        if isError {
            let sentence = work.sentence ?? "\(work.kind.name) failed: \(work.status)"
            sessions[session].lastError = sentence
            sessions[session].lastFailure = SessionFailure(of: work)
            if sessions[session].isLeaving { forget(after: work.kind, session) }
        }
        if plan.tracesResolutions, let records = work.details.resolution?.records {
            for (record, latency) in zip(records, work.details.recordLatencies) {
                trace.append(ResolutionTrace(record: record, latency: latency))
            }
        }
        if work.kind == .logon, phase == .running { beginPacing(session, at: now) }
        if work.isMeasured { count(work, session, isError: isError, at: now, into: &effects) }
        switch phase {
        case .proving: proved(session, work, at: now, into: &effects)
        case .running: advance(session, at: now, into: &effects)
        case .preparing:
            if session == worker { choreEnded(session, work, at: now, into: &effects) }
        case .cleaning: cleaned(session, work, at: now, into: &effects)
        case .loggingOff: logOff(session, at: now)
        case .idle, .stopping, .finished: break
        }
    }

    private mutating func count(
        _ work: Work,
        _ session: Int,
        isError: Bool,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        let busy = now.nanoseconds(since: work.started)
        let latencies = Latencies(
            service: work.service,
            response: now.nanoseconds(since: work.intended),
            blocked: busy > work.service ? busy - work.service : 0
        )
        if isWarmUp(work.intended) {
            warmUpOperations += 1
        } else {
            statistics[work.kind.rawValue].record(
                latencies,
                status: work.status.rawValue,
                isError: isError
            )
            sessions[session].statistics.record(latencies, isError: isError)
        }
        sessions[session].recent.add(
            .init(
                kind: work.kind,
                path: work.path,
                began: work.started,
                took: latencies.response,
                status: work.status
            )
        )
        if isError { report(failureOf: work, session, at: now, into: &effects) }
    }
}

extension Step.Access {
    var purpose: OpenPurpose {
        switch self {
        case .read: .reading
        case .write: .writing
        case .update: .updating
        }
    }
}

/// Names of what a run makes below its folder.
package enum FileNames {
    package static func path(of index: Int, in folder: String) -> String {
        "\(folder)\\f\(index).dat"
    }
}
