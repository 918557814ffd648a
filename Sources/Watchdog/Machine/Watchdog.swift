package import Primitives

/// Decides when to look, looks, and says what hangs, what grows and what is over.
///
/// A machine without a clock: every input carries its instant, `nextDeadline` says when
/// `timerFired` is due. Sources tell that they live and how old their oldest wait is; only when
/// that is older than `probeAfter` are snapshots asked for, at most four a second. A reading is
/// complete when every source that is not stuck has handed in a snapshot.
///
/// A hang is reported once. Within one source it is known at once; one glued together from
/// several sources, read at different instants, must show the same waits and holds (by their
/// generations) in a second reading, because the parts of a phantom never existed together.
package struct Watchdog: Hashable, Sendable {
    private struct SourceState: Hashable, Sendable {
        var source: Source
        var lastAlive: Instant
        var lastInput = ""
        var isStuck = false
        /// Since when its oldest wait that counts is there, or `.never`.
        var oldestWait = Instant.never
        /// Of the reading that is under way.
        var snapshot: WaitSnapshot?
    }

    let settings: Settings
    private var sources: [SourceState]
    /// When snapshots were last asked for.
    private var lastProbe: Instant?
    private var isReading = false
    private var quietProbes = 0
    private var recollection = Recollection()
    var known: [KnownHang] = []
    var candidates: [Candidate] = []
    private var lastID = 0
    /// Order conflicts seen so far, in the order of their sight.
    package private(set) var conflicts: [LockOrder.Conflict] = []

    package init(_ settings: Settings = Settings(), sources: [Source], at now: Instant) {
        self.settings = settings
        self.sources = sources.map { SourceState(source: $0, lastAlive: now) }
    }

    /// What hangs now, by id.
    package var openHangs: [Hang] { known.map(\.hang) }

    /// Loops that are silent now.
    package var stuckGenerators: [GeneratorStall] {
        sources.filter(\.isStuck).map { Self.stall($0) }
    }

    /// A source is alive.
    ///
    /// `oldestWait`: since when its oldest wait is there, exempt ones (change notify, blocking
    /// LOCK, pipe read) left out; nil when nobody waits.
    package mutating func alive(
        source: Int,
        oldestWait: Instant?,
        lastInput: String,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let place = sources.firstIndex(where: { $0.source.number == source }) else { return }
        sources[place].oldestWait = oldestWait ?? .never
        heard(place, lastInput: lastInput, at: now, &effects)
        lookIfDue(at: now, &effects)
    }

    /// What a source was told last, known although it does not answer.
    package mutating func noted(lastInput: String, of source: Int) {
        guard let place = sources.firstIndex(where: { $0.source.number == source }) else { return }
        sources[place].lastInput = lastInput
    }

    /// A source's snapshot, asked for by `takeSnapshots`.
    package mutating func received(
        _ snapshot: WaitSnapshot,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard
            let place = sources.firstIndex(where: { $0.source.number == snapshot.source })
        else { return }
        heard(place, lastInput: sources[place].lastInput, at: now, &effects)
        // A late answer to a reading that is closed. Allowed: the source was slow.
        guard isReading else { return }
        sources[place].snapshot = snapshot
        if sources.allSatisfy({ $0.snapshot != nil || $0.isStuck }) { read(at: now, &effects) }
    }

    /// Looks now, whatever is due: at the end of a run, or because somebody asks.
    package mutating func look(at now: Instant, into effects: inout [Effect]) {
        guard !isReading else { return }
        ask(at: now, &effects)
    }

    /// When `timerFired` is due.
    package var nextDeadline: Instant? {
        var next = nextProbe ?? .never
        if isReading, let lastProbe { next = min(next, lastProbe + settings.answerWithin) }
        if let silenceAfter = settings.silenceAfter {
            for source in sources where !source.isStuck {
                next = min(next, source.lastAlive + silenceAfter)
            }
        }
        return next == .never ? nil : next
    }

    package mutating func timerFired(at now: Instant, into effects: inout [Effect]) {
        findSilent(at: now, &effects)
        if isReading, let lastProbe, lastProbe + settings.answerWithin <= now {
            read(at: now, &effects)
        }
        lookIfDue(at: now, &effects)
    }
}

/// When to look.
extension Watchdog {
    private var nextProbe: Instant? {
        guard !isReading else { return nil }
        var wanted = sources.filter { !$0.isStuck && $0.oldestWait != .never }
            .map { $0.oldestWait + settings.limits.probeAfter }.min()
        // What is known must be seen to clear, what is suspected to be confirmed.
        if !known.isEmpty || !candidates.isEmpty { wanted = lastProbe }
        guard let wanted else { return nil }
        guard let lastProbe else { return wanted }
        let isQuiet = quietProbes >= settings.quietProbesMax && candidates.isEmpty
        return max(wanted, lastProbe + (isQuiet ? settings.probeSeldom : settings.probeEvery))
    }

    private mutating func lookIfDue(at now: Instant, _ effects: inout [Effect]) {
        guard let due = nextProbe, due <= now else { return }
        ask(at: now, &effects)
    }

    private mutating func ask(at now: Instant, _ effects: inout [Effect]) {
        lastProbe = now
        isReading = true
        for place in sources.indices { sources[place].snapshot = nil }
        effects.append(.takeSnapshots)
    }

    private mutating func heard(
        _ place: Int,
        lastInput: String,
        at now: Instant,
        _ effects: inout [Effect]
    ) {
        if sources[place].isStuck {
            sources[place].isStuck = false
            let silent = now.nanoseconds(since: sources[place].lastAlive)
            effects.append(
                .generatorResumed(
                    Self.stall(sources[place]),
                    after: .nanoseconds(Int64(clamping: silent))
                )
            )
        }
        sources[place].lastAlive = max(sources[place].lastAlive, now)
        sources[place].lastInput = lastInput
    }

    private mutating func findSilent(at now: Instant, _ effects: inout [Effect]) {
        guard let silenceAfter = settings.silenceAfter else { return }
        for place in sources.indices
        where !sources[place].isStuck && sources[place].lastAlive + silenceAfter <= now {
            sources[place].isStuck = true
            effects.append(.generatorStuck(Self.stall(sources[place])))
        }
    }

    private static func stall(_ state: SourceState) -> GeneratorStall {
        GeneratorStall(
            source: state.source.number,
            name: state.source.name,
            since: state.lastAlive,
            lastInput: state.lastInput
        )
    }
}

/// What is seen.
extension Watchdog {
    private mutating func read(at now: Instant, _ effects: inout [Effect]) {
        isReading = false
        let snapshots = sources.compactMap(\.snapshot)
        for place in sources.indices { sources[place].snapshot = nil }
        guard let joined = WaitSnapshot.joining(snapshots) else { return }
        noteConflicts(joined.order, &effects)
        let diagnosis = Diagnosis(joined, limits: settings.limits, previous: recollection)
        recollection = diagnosis.recollection
        let before = effects.count
        report(
            diagnosis,
            isComplete: snapshots.count == sources.count,
            at: now,
            &effects
        )
        quietProbes = effects.count == before ? quietProbes + 1 : 0
    }

    private mutating func noteConflicts(_ order: LockOrder?, _ effects: inout [Effect]) {
        guard let order else { return }
        let seen = order.conflicts
        for conflict in seen {
            let isKnown = conflicts.contains { $0.text == conflict.text }
            if !isKnown { effects.append(.orderConflict(conflict)) }
        }
        // A source that is missing this time takes nothing away; counts are the newest.
        conflicts = seen + conflicts.filter { old in !seen.contains { $0.text == old.text } }
    }

    mutating func newID() -> Int {
        lastID += 1
        return lastID
    }
}
