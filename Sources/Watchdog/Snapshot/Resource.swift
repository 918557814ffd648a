package import Primitives

extension WaitSnapshot {
    /// One thing that can be waited for: `CONN[fs2]`, the credits of a connection, a byte range's
    /// file, the end of an agent.
    package struct Resource: Hashable, Sendable {
        package enum Kind: UInt8, Hashable, Sendable {
            /// A mutex or RW lock with a FIFO and fair queue; a mutex is one taken exclusive only.
            case lock
            /// Credits of a connection: equal units, `units` in all, given out in queue order.
            case credits
            /// Workers: as `credits`, but called a pool in the verdict.
            case pool
            /// A marker that its followers wait for and do not take: a referral in flight, an
            /// object in transition, the end of an agent. All follow at once.
            case marker
            /// An answer of a server. Nobody in view holds it; the request says what is awaited.
            case answer
            /// The byte ranges of one file; holds and waits carry a `range`.
            case ranges
            /// The acknowledgement of a lease or oplock break: as `marker`, the holder owes it.
            case leaseBreak
        }

        package var kind: Kind
        /// The class for the lock order: `PKT`, `CONN`.
        package var className: Name
        /// Which one of its class: `fs2`; none when there is but one.
        package var instance: Name
        /// True when other sources mean the same thing by the same names (a server's file).
        package var isShared: Bool
        /// What a shared one is recognised by in other sources, or `.none` for its class and name.
        package var identity: Name
        /// All units of `credits` and `pool`, held and free; counts the reserve.
        package var units: Int32
        /// Units that only waits with `usesReserve` may take: echo, break acknowledgement.
        package var reserve: Int32
        /// Grants so far; the watchdog compares two readings.
        package var grants: UInt64
        /// Since when the queue has never been empty, or `.never`.
        package var queuedSince: Instant
        /// Mean time that it was held for, in nanoseconds; 0 if not known.
        package var meanHold: UInt64

        package init(
            _ kind: Kind,
            className: Name,
            instance: Name = .none,
            isShared: Bool = false,
            identity: Name = .none,
            units: Int32 = 1,
            reserve: Int32 = 0,
            grants: UInt64 = 0,
            queuedSince: Instant = .never,
            meanHold: UInt64 = 0
        ) {
            self.kind = kind
            self.className = className
            self.instance = instance
            self.isShared = isShared
            self.identity = identity
            self.units = units
            self.reserve = reserve
            self.grants = grants
            self.queuedSince = queuedSince
            self.meanHold = meanHold
        }
    }

    /// How a resource is taken or wanted.
    package enum Mode: UInt8, Hashable, Sendable {
        case shared
        case exclusive
        /// `count` units of a counting resource.
        case unit
        /// Wait for the marker, take nothing.
        case pass
        /// Shared is held; wait until alone, then exclusive.
        case upgrade
        /// Shared that does not queue behind a waiting exclusive (an FCB's fourth mode).
        case sharedStarvingExclusive

        /// As dumps show it.
        package var letter: String {
            switch self {
            case .shared: "S"
            case .exclusive: "X"
            case .unit: "n"
            case .pass: "-"
            case .upgrade: "S->X"
            case .sharedStarvingExclusive: "S*"
            }
        }
    }

    /// Bytes `offset ..< offset + length` of a file; a length of 0 locks nothing.
    package struct ByteRange: Hashable, Sendable {
        package var offset: UInt64
        package var length: UInt64

        package init(offset: UInt64, length: UInt64) {
            self.offset = offset
            self.length = length
        }

        /// The first byte after it, at the most the last that can be numbered.
        package var end: UInt64 {
            let (end, overflow) = offset.addingReportingOverflow(length)
            return overflow ? .max : end
        }

        package func overlaps(_ other: Self) -> Bool { offset < other.end && other.offset < end }
    }
}
