extension Watchdog {
    package struct Settings: Hashable, Sendable {
        package var limits: Limits
        /// The least time between two snapshots.
        package var probeEvery: Duration
        /// The same after `quietProbesMax` snapshots in a row that showed nothing new.
        package var probeSeldom: Duration
        package var quietProbesMax: Int
        /// A source that has not answered by then is left out of the reading.
        package var answerWithin: Duration
        /// A loop silent for so long is stuck; nil in virtual time, where none can be.
        package var silenceAfter: Duration?
        /// All sources are read at one instant, as in virtual time: no second reading is needed.
        package var isAtomic: Bool
        /// A hang's growth is reported at most this often.
        package var growthEvery: Duration

        package init(
            limits: Limits = Limits(),
            probeEvery: Duration = .milliseconds(250),
            probeSeldom: Duration = .milliseconds(500),
            quietProbesMax: Int = 8,
            answerWithin: Duration = .seconds(1),
            silenceAfter: Duration? = .seconds(2),
            isAtomic: Bool = false,
            growthEvery: Duration = .seconds(1)
        ) {
            self.limits = limits
            self.probeEvery = probeEvery
            self.probeSeldom = probeSeldom
            self.quietProbesMax = quietProbesMax
            self.answerWithin = answerWithin
            self.silenceAfter = silenceAfter
            self.isAtomic = isAtomic
            self.growthEvery = growthEvery
        }
    }

    /// A host or an emulator: who is asked for snapshots.
    package struct Source: Hashable, Sendable {
        package var number: Int
        /// `host 0`, `emulator`.
        package var name: String

        package init(number: Int, name: String) {
            self.number = number
            self.name = name
        }
    }
}
