internal import Crypto
internal import Primitives
internal import SMBWire

/// One TCP connection to one server ([MS-SMB2] 3.2.1.2).
struct Connection: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case connecting
        case negotiating
        case ready
        case closed
    }

    let server: String
    var phase = Phase.connecting
    /// Who asked for the connection.
    let opener: Pending
    let deadline: Instant
    var assembler = FrameAssembler()
    var window: CreditWindow
    var preauthHash = PreauthIntegrityHash()
    var dialect = Dialect.smb202
    var serverGUID = GUID.zero
    var serverSecurityMode: SecurityMode = []
    var serverCapabilities: GlobalCapabilities = []
    /// Stored, for a property that is computed copies the whole connection for each request.
    var supportsMultiCredit = false
    var securityBuffer: [UInt8] = []
    var signingAlgorithm = SigningAlgorithm.hmacSHA256
    var cipher: Cipher?
    var maxTransactSize = 65_536
    var maxReadSize = 65_536
    var maxWriteSize = 65_536
    /// Whether the first tree connect has been checked against a downgrade.
    var isValidated = false
    var sent = SentRequests()
    /// Waiting for a credit, first come first served: a session has one request at a time, so
    /// nobody can fill this queue.
    var queue = RequestQueue()
    /// Answers to nothing; counted, for they are a sign of a confused server.
    var strayAnswers = 0
    var traffic = ConnectionTraffic()

    init(server: String, opener: Pending, deadline: Instant, reserve: Int) {
        self.server = server
        self.opener = opener
        self.deadline = deadline
        window = CreditWindow(reserve: reserve)
    }
}

/// A request on its way: what it was, and who waits for its answer.
struct Pending: Hashable, Sendable {
    /// What to do with the answer.
    enum Work: Hashable, Sendable {
        case negotiate
        case sessionSetup
        case request(Request)
        case validateNegotiate(tree: TreeNumber, TreeConnectResponse)
        /// An ECHO that asks for credits.
        case windowGrowth(before: Int)
        /// An element of a compound.
        indirect case element(group: Int, place: Int, RelatedRequest?)
    }

    var tag: Int
    var work: Work
    var command: Command
    /// Slot of the SMB session that it belongs to; -1 if none.
    var session: Int
    var times: RequestTimes
    var isSigned = false
    var isSealed = false
    /// Credits that it has taken and not brought back.
    var credits = 1
    var asyncID: AsyncID?
    /// A request is sent again once after its SMB session had expired.
    var isRetry = false
}

/// A queue over an array with a moving head.
struct RequestQueue: Hashable, Sendable {
    /// Nil before the head.
    private var entries: [Pending?] = []
    private var head = 0

    var count: Int { entries.count - head }
    var isEmpty: Bool { head == entries.count }
    /// Who waits, the first one first.
    var waiting: some Sequence<Pending> { entries[head...].lazy.compactMap(\.self) }

    var first: Pending? { head < entries.count ? entries[head] : nil }

    mutating func append(_ entry: consuming Pending) { entries.append(entry) }

    /// The first one, moved out.
    mutating func takeFirst() -> Pending? {
        guard head < entries.count else { return nil }
        var first: Pending?
        swap(&first, &entries[head])
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1_024, head > entries.count / 2 {
            entries.removeFirst(head)
            head = 0
        }
        return first
    }

    mutating func putBack(_ first: consuming Pending) {
        guard head > 0 else { return entries.insert(first, at: 0) }
        head -= 1
        entries[head] = first
    }

    mutating func drain() -> [Pending] {
        defer {
            entries = []
            head = 0
        }
        return Array(waiting)
    }

    mutating func removeAll(where isUnwanted: (Pending) -> Bool) -> [Pending] {
        let waiting = drain()
        for entry in waiting where !isUnwanted(entry) { entries.append(entry) }
        return waiting.filter(isUnwanted)
    }
}
