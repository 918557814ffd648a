package import Primitives

extension WaitSnapshot {
    /// One activity that can wait and hold: a session's operation, an agent of a session, of a
    /// connection or of a host, a request in a server's hands, or somebody outside.
    package struct Party: Hashable, Sendable {
        package enum State: UInt8, Hashable, Sendable {
            case alive
            /// It is over, yet still holds something: nobody will ever give that back.
            case ended
            /// Somebody whom we cannot see into: another client of a real server.
            case outside
        }

        /// The session's global number, or -1 for what belongs to none.
        package var session: Int32
        /// Empty for a session's own operation; `break handler`, `receiver[fs1]`, `smbd`.
        package var agent: Name
        package var state: State
        /// `CREATE`, `GET_REFERRAL`: what it is doing.
        package var operation: Name
        /// On what: the UNC path.
        package var path: Name
        /// When that operation began, or `.never` when it has none.
        package var started: Instant
        /// The program line where it stands, `mup/pkt:77`.
        package var site: Name
        /// Steps taken since the operation began.
        package var steps: UInt32
        /// How often in a row the same path, status and target came back.
        package var repeats: UInt32
        /// Operations that this session has completed.
        package var completed: UInt64

        package init(
            session: SessionNumber?,
            agent: Name = .none,
            state: State = .alive,
            operation: Name = .none,
            path: Name = .none,
            started: Instant = .never,
            site: Name = .none,
            steps: UInt32 = 0,
            repeats: UInt32 = 0,
            completed: UInt64 = 0
        ) {
            self.session = session.map { Int32(truncatingIfNeeded: $0.rawValue) } ?? -1
            self.agent = agent
            self.state = state
            self.operation = operation
            self.path = path
            self.started = started
            self.site = site
            self.steps = steps
            self.repeats = repeats
            self.completed = completed
        }
    }

    /// A party has (part of) a resource.
    package struct Hold: Hashable, Sendable {
        package var party: Int32
        package var resource: Int32
        package var mode: Mode
        package var units: Int32
        /// Index into `ranges`, for byte ranges.
        package var range: Int32
        /// Changes with every grant: the same number is the same hold.
        package var generation: UInt32
        package var since: Instant
        /// The program line that took it.
        package var site: Name

        package init(
            party: Int32,
            resource: Int32,
            mode: Mode,
            since: Instant,
            units: Int32 = 1,
            range: Int32 = -1,
            generation: UInt32 = 0,
            site: Name = .none
        ) {
            self.party = party
            self.resource = resource
            self.mode = mode
            self.since = since
            self.units = units
            self.range = range
            self.generation = generation
            self.site = site
        }
    }

    /// A party stands in a resource's queue, or waits for an answer.
    package struct Wait: Hashable, Sendable {
        package var party: Int32
        package var resource: Int32
        package var mode: Mode
        /// Of several such waits of one party any one is enough.
        package var isAlternative: Bool
        /// It may last for ever by right: a change notify, a blocking LOCK, a pipe read.
        ///
        /// Not stalled, however old; what the party holds does not come back by itself.
        package var isIndefinite: Bool
        package var usesReserve: Bool
        package var units: Int32
        /// Index into `ranges`, for byte ranges.
        package var range: Int32
        /// Index into `requests`, when it stands for a request.
        package var request: Int32
        /// Place in the queue from 1; 0 takes the order of the array.
        package var place: Int32
        /// Changes with every block and unblock: the same number is the same wait.
        package var generation: UInt32
        package var since: Instant
        /// When a timer will end it, or `.never`.
        package var deadline: Instant
        /// Whose timer: `OplockBreakWait (35 s)`.
        package var timer: Name
        /// The program line that waits.
        package var site: Name
        /// Grants of the resource to others since this one queued.
        package var overtaken: UInt32

        package init(
            party: Int32,
            resource: Int32,
            mode: Mode,
            since: Instant,
            place: Int32 = 0,
            units: Int32 = 1,
            range: Int32 = -1,
            request: Int32 = -1,
            generation: UInt32 = 0,
            deadline: Instant = .never,
            timer: Name = .none,
            site: Name = .none,
            isAlternative: Bool = false,
            isIndefinite: Bool = false,
            usesReserve: Bool = false,
            overtaken: UInt32 = 0
        ) {
            self.party = party
            self.resource = resource
            self.mode = mode
            self.since = since
            self.place = place
            self.units = units
            self.range = range
            self.request = request
            self.generation = generation
            self.deadline = deadline
            self.timer = timer
            self.site = site
            self.isAlternative = isAlternative
            self.isIndefinite = isIndefinite
            self.usesReserve = usesReserve
            self.overtaken = overtaken
        }
    }
}
