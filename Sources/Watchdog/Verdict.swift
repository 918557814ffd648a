/// What the watchdog says about a stall, by DESIGN's thirteen evidence rules.
package enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// A ring of parties, each of which must have what the next one has.
    case deadlock
    /// The same, but a named timer will break it.
    case temporaryDeadlock = "temporary deadlock"
    /// Whoever holds it is over and will not give it back.
    case orphanedLock = "orphaned lock"
    /// It could have gone on for a while, and nobody told it.
    case lostWakeUp = "lost wake-up"
    /// Later requests on the connection are answered, this one is not.
    case lostResponse = "lost response"
    /// A request was made and never written to its connection.
    case neverSent = "never sent"
    /// Answers come, but this one is old.
    case slowServer = "slow server"
    /// Nothing has come on the connection since the request was sent.
    case deadServer = "dead server"
    /// All credits of a connection belong to requests that may last for ever, or to those who
    /// wait for more.
    case creditExhaustion = "credit exhaustion"
    /// All workers of a pool wait for a worker of that pool.
    case poolExhaustion = "pool exhaustion"
    /// Steps are taken, the same answers come back, nothing is completed.
    case livelock
    /// Others are served again and again, this one is not.
    case starvation
    /// The queue never empties and waiting takes far longer than holding, yet all are served.
    case convoy
}
