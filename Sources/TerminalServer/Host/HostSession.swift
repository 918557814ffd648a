internal import Dfs
internal import Measurement
internal import Primitives
internal import Redirector
internal import SMBWire

/// What a session does at a time; its name is the one of statistics and of the model's program.
package enum OperationKind: Int, Hashable, Sendable, CaseIterable {
    case logon
    case open
    case read
    case write
    case flush
    case lock
    case unlock
    case close
    case list
    case stat
    case notify
    case logoff
    case rename
    case delete
    case touch
    case volume

    package var name: String { Self.names[rawValue] }

    private static let names = allCases.map { "\($0)" }

    /// Whether it begins with a path, and not with what is open.
    var needsPath: Bool {
        switch self {
        case .logon, .open, .list, .stat, .notify, .rename, .delete, .volume: true
        case .read, .write, .flush, .lock, .unlock, .close, .logoff, .touch: false
        }
    }
}

/// How an open is made.
enum OpenPurpose: Hashable, Sendable {
    case reading
    case writing
    case updating
    case renaming
    case makingDirectory
    case deleting(isDirectory: Bool)
}

/// An operation under way.
struct Work: Hashable, Sendable {
    let kind: OperationKind
    let path: UNCPath?
    var offset: UInt64 = 0
    var count = 0
    var data: [UInt8] = []
    var waitsForLock = false
    /// Preparing and cleaning leave no trace in the figures.
    let isMeasured: Bool
    /// The same referral was asked for so often in a row.
    var repeats: UInt32 = 0
    /// When it was to start: its response latency counts from here.
    var intended: Instant
    let started: Instant
    /// The time in which one of its requests was out, in nanoseconds.
    var service: UInt64 = 0
    /// The latency of the last request, in nanoseconds.
    var lastLatency: UInt64 = 0
    var asked: ModelRequest?
    var status = NTStatus.success
    var sentence: String?
    /// The open of an operation that opens and closes by itself.
    var open: OpenNumber?
    private var kept: [WorkDetails] = []

    init(_ kind: OperationKind, path: UNCPath? = nil, isMeasured: Bool, started: Instant) {
        self.kind = kind
        self.path = path
        self.isMeasured = isMeasured
        intended = started
        self.started = started
    }

    /// An array of one at most, because operations on an open file have none.
    ///
    /// These are moved about with every request and must be small.
    var details: WorkDetails {
        _read {
            if kept.isEmpty { yield WorkDetails.none } else { yield kept[0] }
        }
        _modify {
            if kept.isEmpty { kept.append(WorkDetails()) }
            yield &kept[0]
        }
    }
}

/// What operations have besides that begin with a path, or that failed.
struct WorkDetails: Hashable, Sendable {
    static let none = WorkDetails()

    var purpose = OpenPurpose.reading
    var options = Step.OpenOptions()
    /// The new name, of a rename.
    var destination: UNCPath?
    /// Which names a list is about.
    var pattern = "*"
    /// Answers that are no errors.
    var accepts: [NTStatus] = []
    var resolution: Resolution?
    var need: ReferralNeed?
    var target: Target?
    /// The server whose answer was a failure last.
    var failedAt = ""
    /// What went wrong below the last referral or attempt, for the sentence of a path that fails.
    var cause: String?
    var output: [UInt8] = []
    var restartsListing = true
    var hasListedAll = false
    var entries = 0
    var recordLatencies: [UInt64] = []

    struct Target: Hashable, Sendable {
        let host: String
        let path: UNCPath
        let isDfs: Bool
    }

    /// See `OpenFile.targetName`.
    var targetName: String? { target?.path.folded.joined(separator: "\\") }
}

/// A session's own SMB session on one connection, and its trees.
struct ServerLink: Hashable, Sendable {
    let server: Int
    let connection: ConnectionNumber
    var smbSession: SMBSessionNumber?
    var trees: [TreeLink] = []

    struct TreeLink: Hashable, Sendable {
        let share: String
        let number: TreeNumber
        let isDfs: Bool
    }
}

/// A file that a session has open between its steps.
struct OpenFile: Hashable, Sendable {
    let number: OpenNumber
    let path: UNCPath
    let size: UInt64
    /// What its operations touch: the server and the file.
    let key: Key
    /// Names the file wherever it was opened: volume and disk file id, else its target's path.
    let identity: String
    /// The target's path, folded: all that is known of a file before it is opened.
    let targetName: String
    var position: UInt64 = 0
    /// Byte ranges that LOCK has given.
    var ranges: [HeldRange] = []

    struct HeldRange: Hashable, Sendable {
        let offset: UInt64
        let length: UInt64
        let since: Instant
    }
}

/// One simulated user while the host runs.
struct HostSession: Hashable, Sendable {
    enum State: String, Hashable, Sendable {
        case waiting
        case thinking
        case working
        /// Stands at a barrier of its script.
        case assembled
        case refused
        case ended
    }

    let plan: SessionPlan
    var state = State.waiting
    /// Its thread exited inside an operation: it never does anything again.
    var hasDied = false
    /// Its operation did not end in time; the end of the run goes on without it.
    var isLeftBehind = false
    /// Has never been left behind: what cleans up must not change in the middle of it.
    var isDependable = true
    var cursor: ScriptCursor
    var work: Work?
    /// The rest of a step that means several operations.
    var remaining: Remaining?
    /// Nil in a closed loop, and until the session has logged on.
    var pace: Pace?
    var open: OpenFile?
    /// The directory whose changes it is told of.
    var watched: OpenNumber?
    /// Files that were open when another one was opened beside them, the last one last.
    var parked: [OpenFile] = []
    var links: [ServerLink] = []
    var filledPaths: UInt64 = 0
    var statistics = SessionStatistics()
    var lastError: String?
    var lastFailure: SessionFailure?
    /// It deletes something that the run made.
    var isDeleting = false
    /// The requests of its last operation.
    var requests = RequestLog()
    /// What it did before, a few operations.
    var recent = RecentOperations()
    /// Came while the load was on, and does not yet meet the others at barriers.
    var isOutOfStep = false
    /// Ends what it is about, logs off, and is gone.
    var isLeaving = false
    /// Is in the host's list of what has changed since the last glance.
    var isTouched = false
    /// Breaks that are not acknowledged yet, the oldest first; the agent has the first one's.
    var acknowledgements: [Acknowledgement] = []

    init(plan: SessionPlan, script: Script, seed: UInt64) {
        self.plan = plan
        let stream = SplitMix64(seed: seed).stream(UInt64(plan.number.rawValue))
        cursor = ScriptCursor(script, random: stream)
    }

    struct Remaining: Hashable, Sendable {
        let step: Step
        var count: Int
    }

    /// A break that the agent is to acknowledge.
    struct Acknowledgement: Hashable, Sendable {
        let open: OpenNumber
        let content: BreakAcknowledgement
        /// When the break came.
        let since: Instant
    }

    /// Whether it can begin an operation.
    var isFree: Bool { work == nil && !hasDied }

    /// One operation of the rest of a step; nil if there is no rest.
    mutating func nextOfRemaining() -> Step? {
        guard let count = remaining?.count, let step = remaining?.step else { return nil }
        remaining?.count -= 1
        if count <= 1 { remaining = nil }
        return step
    }

    /// Where in the current file the next `size` bytes begin; moves on, or rolls the dice.
    mutating func place(_ offset: Step.Offset, _ size: Int) -> UInt64 {
        let end = open?.size ?? 0
        switch offset {
        case .sequential:
            var position = open?.position ?? 0
            // A reader begins anew at the end of the file.
            if end > 0, position >= end { position = 0 }
            open?.position = position + UInt64(size)
            return position
        case .random: return piece(of: size, below: end)
        case .within(let bytes): return piece(of: size, below: UInt64(bytes))
        }
    }

    private mutating func piece(of size: Int, below end: UInt64) -> UInt64 {
        let pieces = max(1, end / UInt64(max(1, size)))
        return UInt64.random(in: 0..<pieces, using: &cursor.random) * UInt64(size)
    }

    @inline(__always)
    var holdsRanges: Bool {
        open.map { !$0.ranges.isEmpty } ?? false || parked.contains { !$0.ranges.isEmpty }
    }

    func has(_ open: OpenNumber) -> Bool { file(open) != nil }

    /// The open file of that number, the current one or one beside it.
    func file(_ number: OpenNumber) -> OpenFile? {
        open?.number == number ? open : parked.first { $0.number == number }
    }
}

/// What observers want to know of an operation.
struct WorkGlimpse: Hashable, Sendable {
    let kind: OperationKind
    let started: Instant
    let repeats: UInt32
}

/// Single fields of what may not be there.
///
/// Inlined, or a look at one field of an element of an array would copy the whole session; so does
/// an optional chain, unless it goes through the array's `span`.
extension HostSession {
    @inline(__always)
    var glimpse: WorkGlimpse? {
        guard let kind = work?.kind, let started = work?.started, let repeats = work?.repeats else {
            return nil
        }
        return WorkGlimpse(kind: kind, started: started, repeats: repeats)
    }

    /// What was asked for last by the operation under way.
    @inline(__always)
    var asked: ModelRequest? { work?.asked }

    /// Whether nothing has failed yet in the operation under way.
    @inline(__always)
    var isGood: Bool { work?.status == .success }

    /// The kind of the operation under way.
    @inline(__always)
    var kind: OperationKind? { work?.kind }

    /// When the operation under way was due.
    @inline(__always)
    var intended: Instant? { work?.intended }

    /// The current file.
    @inline(__always)
    var openNumber: OpenNumber? { open?.number }

    /// What operations on the current file touch.
    @inline(__always)
    var openKey: Key { open?.key ?? Key() }

    @inline(__always)
    var openPath: UNCPath? { open?.path }

    /// When the next operation of an open loop is due.
    @inline(__always)
    var due: Instant? { pace?.next }

    @inline(__always)
    var isPaced: Bool { if case .none = pace { false } else { true } }

    /// Of the operation under way, or of the file that it works on.
    @inline(__always)
    var workPath: UNCPath? { glimpse == nil ? nil : work?.path ?? open?.path }
}
