internal import Primitives

/// How much of the load is a session's, and when.
extension Host {
    /// The schedule begins when the session has logged on.
    mutating func beginPacing(_ session: Int, at now: Instant) {
        guard let rate = plan.operationsPerSecond, sessions[session].pace == nil else { return }
        let number = UInt64(sessions[session].plan.number.rawValue)
        let random = SplitMix64(seed: plan.seed ^ 0x9ACE).stream(number)
        guard let shape = plan.shape, let loadBegan else {
            sessions[session].pace = Pace(
                operationsPerSecond: rate / Double(plan.sessions.count),
                from: now,
                random: random
            )
            return
        }
        sessions[session].pace = Pace(
            shape,
            sessions: plan.sessionsOfRun ?? plan.sessions.count,
            loadBegan: loadBegan,
            from: now,
            random: random
        )
    }

    /// When the load lets the session go on; nil if it never does again.
    ///
    /// Inlined: whatever is called on a host and does not change it takes a copy of all its fields.
    @inline(__always)
    func turn(of session: Int, at now: Instant) -> Instant? {
        if sessions.span[session].isPaced { return sessions.span[session].due }
        // Whoever came while the load was on is outside of its shape.
        let isPlanned = session < plan.sessions.count
        guard plan.shape != nil, plan.operationsPerSecond == nil, isPlanned, let loadBegan
        else { return now }
        return shapedTurn(of: session, at: now, since: loadBegan)
    }

    private func shapedTurn(of session: Int, at now: Instant, since loadBegan: Instant) -> Instant?
    {
        guard let shape = plan.shape else { return now }
        let moment = Duration.nanoseconds(Int64(clamping: now.nanoseconds(since: loadBegan)))
        let number = sessions[session].plan.number.rawValue
        return shape.turn(of: number, from: moment).map { loadBegan + $0 }
    }

    /// Whether any script takes a byte-range lock.
    var takesLocks: Bool { plan.scripts.contains { $0.takesLocks } }

    /// Whether what was due then is left out of the figures.
    @inline(__always)
    func isWarmUp(_ due: Instant) -> Bool { measuredFrom.map { due < $0 } ?? false }
}
