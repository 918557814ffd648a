internal import Primitives
internal import SMBWire

/// What is still to be deleted at the end of a run.
struct Cleaning: Hashable, Sendable {
    /// By session, the next one last: who made a file may delete it.
    var files: [[ManifestEntry]] = []
    /// The worker's, when all files are gone; children behind their parents.
    var directories: [ManifestEntry] = []
    /// Sessions that have not begun, the next one last.
    var waiting: [Int] = []

    /// A server is not to be flooded with deletions either.
    static let sessionsMax = 32

    var count: Int { files.reduce(directories.count) { $0 + $1.count } }
}

/// Closing what scripts left open, then deleting what the manifest lists, children first.
extension Host {
    mutating func beginCleaning(at now: Instant, into effects: inout [HostEffect]) {
        phase = .cleaning
        leaveBehindAt = nil
        // Where somebody is stuck or waits at the keyboard, the end of the run stays where it is.
        let isUrgent = outcome == .stopped || sessions.contains { $0.isLeftBehind }
        if giveUpAt == nil || !isUrgent { giveUpAt = now + plan.logoffLimit }
        guard let worker else {
            uncleaned = created.count
            beginLoggingOff(at: now, into: &effects)
            return
        }
        cleaning.files = Array(repeating: [], count: sessions.count)
        for made in created {
            let isThere =
                sessions[made.session].isFree && sessions[made.session].state != .refused
            switch made.entry.kind {
            case .directory: cleaning.directories.append(made.entry)
            case .file: cleaning.files[isThere ? made.session : worker].append(made.entry)
            }
        }
        cleaning.waiting = sessions.indices.reversed().filter { sessions[$0].isFree }
        for _ in 0..<Cleaning.sessionsMax where !beginsToClean(at: now) { break }
        if busy == 0 { cleanDirectory(at: now, into: &effects) }
    }

    /// An operation of cleaning up has ended.
    mutating func cleaned(
        _ session: Int,
        _ work: Work,
        at now: Instant,
        into effects: inout [HostEffect]
    ) {
        // Who only cleans may have ten thousand names to delete: each has the whole limit.
        if !plan.cleaning.isEmpty { giveUpAt = now + plan.logoffLimit }
        let isGone = work.status == .objectNameNotFound || work.status == .objectPathNotFound
        if work.status != .success, !isGone, sessions[session].isDeleting {
            report(failureOf: work, session, "cleaning up: ", at: now, into: &effects)
            uncleaned += 1
        }
        if work.status != .success || work.kind == .close { sessions[session].isDeleting = false }
        if work.kind == .close, work.status != .success {
            // What cannot be closed ends with its SMB session.
            sessions[session].open = sessions[session].parked.popLast()
        }
        if cleansOn(session, at: now) || beginsToClean(at: now) { return }
        if busy == 0 { cleanDirectory(at: now, into: &effects) }
    }

    /// The session's next operation; false if it has none.
    private mutating func cleansOn(_ session: Int, at now: Instant) -> Bool {
        if sessions[session].open != nil {
            start(Work(.close, isMeasured: false, started: now), session)
            return true
        }
        guard let entry = cleaning.files[session].popLast() else { return false }
        delete(entry, session, at: now)
        return true
    }

    private mutating func beginsToClean(at now: Instant) -> Bool {
        while let session = cleaning.waiting.popLast() {
            if cleansOn(session, at: now) { return true }
        }
        return false
    }

    private mutating func cleanDirectory(at now: Instant, into effects: inout [HostEffect]) {
        guard let worker, let directory = cleaning.directories.popLast() else {
            beginLoggingOff(at: now, into: &effects)
            return
        }
        delete(directory, worker, at: now)
    }

    private mutating func delete(_ entry: ManifestEntry, _ session: Int, at now: Instant) {
        var work = Work(.open, path: entry.path, isMeasured: false, started: now)
        work.details.purpose = .deleting(isDirectory: entry.kind == .directory)
        sessions[session].isDeleting = true
        start(work, session)
    }

    /// Names of the manifest that are still on the share, as far as is known here.
    var leftBehind: Int {
        switch phase {
        case .idle, .proving, .preparing, .running, .stopping: created.count
        case .cleaning: uncleaned + cleaning.count + sessions.count(where: \.isDeleting)
        case .loggingOff, .finished: uncleaned
        }
    }
}
