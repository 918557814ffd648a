internal import SMBWire

/// The messages of one frame on their way through the server, and the answers so far.
struct Batch: Hashable, Sendable {
    let bytes: [UInt8]
    /// Where the next message begins.
    private var position: Int
    /// Where the last one ends.
    private var end: Int
    private let frameEnd: Int
    /// The slot of its connection.
    let connection: Int
    /// The slot of the SMB session that sealed the frame.
    let sealedFor: Int?
    var chain = Chain()
    var reply = ReplyFrame()

    /// What related elements take from those before them ([MS-SMB2] 3.3.5.2.7.2).
    struct Chain: Hashable, Sendable {
        /// Nothing was seen of it yet.
        var isEmpty = true
        var session = SMBSessionID.none
        var tree = TreeID.none
        var file: FileID?
        /// What an element before should have brought, and why it did not.
        var failure: Failure?
    }

    /// Elements that need the part, or what lies below it, fail with the same status.
    struct Failure: Hashable, Sendable {
        let missing: Part
        let status: NTStatus
    }

    /// What a command belongs to.
    enum Part: Int, Hashable, Comparable, Sendable {
        case session
        case tree
        case open

        static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    init(_ bytes: [UInt8], in range: Range<Int>, connection: Int, sealedFor: Int?) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        frameEnd = range.upperBound
        self.connection = connection
        self.sealedFor = sealedFor
    }

    var isAtEnd: Bool { position == end }

    /// The next message with its padding; nil if it is malformed.
    mutating func next() -> Range<Int>? {
        guard let element = element(at: position) else { return nil }
        position = element.upperBound
        return element
    }

    private func element(at start: Int) -> Range<Int>? {
        guard frameEnd - start >= Header.size else { return nil }
        let next = field(at: start + 20)
        guard next != 0 else { return start..<frameEnd }
        guard next % 8 == 0, next >= Header.size, next < frameEnd - start else { return nil }
        return start..<start + next
    }

    private func field(at place: Int) -> Int {
        Int(bytes[place]) | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2]) << 16
            | Int(bytes[place + 3]) << 24
    }

    /// The related elements that follow, as a batch of their own; nil if none does.
    mutating func takeRelated() -> Batch? {
        var last = position
        while last < end, let element = element(at: last) {
            let flags = Header.Flags(rawValue: UInt32(field(at: element.lowerBound + 16)))
            guard flags.contains(.relatedOperations) else { break }
            last = element.upperBound
        }
        guard last > position else { return nil }
        var related = self
        related.end = last
        related.reply = ReplyFrame()
        position = last
        return related
    }

    /// Takes elements back that were about to wait.
    mutating func putBack(_ related: Batch) { position = related.position }
}

/// A request under way: what its answer has to repeat and to prove.
struct Exchange: Hashable, Sendable {
    var request: Header
    /// The slot of its connection.
    let connection: Int
    /// The slot of its SMB session; nil before there is one.
    var session: Int?
    let sealedFor: Int?
    var isAsync = false
}

/// A request that waits in the file system, behind a STATUS_PENDING.
struct FileRequest: Hashable, Sendable {
    var exchange: Exchange
    /// What of its compound goes on with its answer.
    var rest: Batch?
}

extension Command {
    /// What it cannot do without.
    var neededPart: Batch.Part? {
        switch self {
        case .negotiate, .sessionSetup, .echo, .cancel: nil
        case .logoff, .treeConnect: .session
        case .treeDisconnect, .create: .tree
        default: .open
        }
    }

    /// What it brings for those that follow.
    var broughtPart: Batch.Part? {
        switch self {
        case .sessionSetup: .session
        case .treeConnect: .tree
        case .create: .open
        default: nil
        }
    }
}
