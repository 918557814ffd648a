/// What one instance of a resource belongs to; the operation's key picks the instance.
package enum Scope: Hashable, Sendable {
    case host
    /// The server that the operation's target is on.
    case server
    /// The server that answers its referral requests; it may be the same one.
    case root
    case junction
    case file
}

/// A class of things a task can wait for: a lock, or a pool of equal units (DESIGN: resources).
package struct Resource: Hashable, Sendable {
    package let name: String
    package let scope: Scope
    package let isCounting: Bool

    package init(_ name: String, _ scope: Scope, isCounting: Bool = false) {
        self.name = name
        self.scope = scope
        self.isCounting = isCounting
    }

    package static let prefix = Resource("MUP.prefix", .host)
    package static let pkt = Resource("PKT", .host)
    package static let referral = Resource("REF", .junction)
    package static let file = Resource("FCB", .file)
    package static let worker = Resource("POOL.critical", .host, isCounting: true)

    /// What delivers the answers of a connection: the demultiplexing thread of Linux.
    package static func receiver(_ end: Scope) -> Resource { Resource("RX.receiver", end) }

    /// What one connection lets be outstanding, by the client's own count.
    package static func credit(_ end: Scope) -> Resource {
        Resource("CREDIT", end, isCounting: true)
    }

    /// `.server` and `.root` name the same locks when both are one server.
    package static func connection(_ end: Scope) -> Resource { Resource("CONN", end) }
}

package enum Mode: UInt8, Hashable, Sendable {
    case shared
    case exclusive
    case unit
    /// Wait until nobody holds it exclusively; take nothing (a follower of a single flight).
    case pass
    /// Shared is held; wait until alone, then hold it exclusively.
    case upgrade

    package var letter: String {
        switch self {
        case .shared: "S"
        case .exclusive: "X"
        case .unit: "1"
        case .pass: "-"
        case .upgrade: "S->X"
        }
    }
}

/// A message to a remote server; the machines of the host decide what exactly goes out.
package struct ModelRequest: Hashable, Sendable {
    private enum Kind: String {
        case connect = "CONNECT"
        case logon = "SESSION_SETUP"
        case treeConnect = "TREE_CONNECT"
        case getReferral = "GET_REFERRAL"
        case create = "CREATE"
        case read = "READ"
        case write = "WRITE"
        case flush = "FLUSH"
        case lock = "LOCK"
        case queryDirectory = "QUERY_DIRECTORY"
        case queryInfo = "QUERY_INFO"
        case setInfo = "SET_INFO"
        case close = "CLOSE"
        case logoff = "LOGOFF"
        case breakAcknowledgement = "OPLOCK_BREAK"
        case changeNotify = "CHANGE_NOTIFY"
    }

    private let kind: Kind
    /// Where it goes: the target's server, or the one that is asked for a referral.
    package let end: Scope

    private init(_ kind: Kind, over end: Scope = .server) {
        self.kind = kind
        self.end = end
    }

    package var name: String { kind.rawValue }
    /// The server may keep it for ever: a change notify.
    package var isIndefinite: Bool { kind == .changeNotify }

    package static func connect(_ end: Scope) -> Self { Self(.connect, over: end) }
    package static func logon(_ end: Scope) -> Self { Self(.logon, over: end) }
    package static func treeConnect(_ end: Scope) -> Self { Self(.treeConnect, over: end) }
    package static let getReferral = Self(.getReferral, over: .root)
    package static let create = Self(.create)
    package static let read = Self(.read)
    package static let write = Self(.write)
    package static let flush = Self(.flush)
    package static let lock = Self(.lock)
    package static let queryDirectory = Self(.queryDirectory)
    package static let queryInfo = Self(.queryInfo)
    package static let setInfo = Self(.setInfo)
    package static let close = Self(.close)
    package static let logoff = Self(.logoff)
    package static let breakAcknowledgement = Self(.breakAcknowledgement)
    package static let changeNotify = Self(.changeNotify)
}

/// A question to the host's own machines, answered at once: they decide *what*, the program *when*.
package struct Query: Hashable, Sendable {
    private enum Kind: String {
        case path
        case referral
        case startOver = "start over"
        case threadExits = "thread exits"
        case learn
        case attempted
        case connection
        case smbSession = "SMB session"
        case tree
        case nextSMBSession = "next SMB session"
        case moreEntries = "more entries"
    }

    private let kind: Kind
    package let end: Scope

    private init(_ kind: Kind, _ end: Scope = .server) {
        self.kind = kind
        self.end = end
    }

    package var name: String { kind.rawValue }

    /// The Dfs client looks at its tables.
    ///
    /// `referralNeeded`, `targetChosen`, `rootChosen` for the probe of a root's target, `circle`
    /// when the path has been followed too often, or `failed`.
    package static let path = Query(.path)
    /// Is the referral that `path` asked for last still needed? `referralNeeded`, or `again`.
    ///
    /// Unlike `path` it leaves the operation where it is, so it may be asked under a resource of
    /// the operation's junction or server.
    package static let referral = Query(.referral)
    /// The Dfs client forgets what it knows of the path and begins anew.
    package static let startOver = Query(.startOver)
    /// Does the thread exit here, as a script wants it? `present` or `missing`.
    package static let threadExits = Query(.threadExits)
    /// The Dfs client learns the answer to its referral request, or that there is none.
    package static let learn = Query(.learn)
    /// The Dfs client is told how the target answered: `again` or what it was.
    package static let attempted = Query(.attempted)
    /// Is there one already? `present` or `missing`.
    package static func connection(_ end: Scope) -> Query { Query(.connection, end) }
    package static func smbSession(_ end: Scope) -> Query { Query(.smbSession, end) }
    package static func tree(_ end: Scope) -> Query { Query(.tree, end) }
    /// The next SMB session to log off; `missing` after the last.
    package static let nextSMBSession = Query(.nextSMBSession)
    /// Are there more entries to list? `again` or not.
    package static let moreEntries = Query(.moreEntries)
}

/// One bit of shared knowledge, kept per instance of its scope.
package struct Fact: Hashable, Sendable {
    package let name: String
    package let scope: Scope

    package static let cached = Fact(name: "cached", scope: .junction)
}

/// How the last request, timed wait or query ended; an open set.
package struct Outcome: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let success = Outcome(rawValue: 0)
    package static let failed = Outcome(rawValue: 1)
    package static let timedOut = Outcome(rawValue: 2)
    package static let present = Outcome(rawValue: 3)
    package static let missing = Outcome(rawValue: 4)
    package static let referralNeeded = Outcome(rawValue: 5)
    package static let targetChosen = Outcome(rawValue: 6)
    package static let again = Outcome(rawValue: 7)
    package static let rootChosen = Outcome(rawValue: 8)
    package static let circle = Outcome(rawValue: 9)

    package var name: String {
        let names = [
            "success", "failed", "timedOut", "present", "missing", "referralNeeded",
            "targetChosen", "again", "rootChosen", "circle",
        ]
        return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : "\(rawValue)"
    }
}

package enum Condition: Hashable, Sendable {
    case fact(Fact)
    case outcome(Outcome)

    package static let cached = Condition.fact(.cached)
    package static let failed = Condition.outcome(.failed)
    package static let timedOut = Condition.outcome(.timedOut)
    package static let missing = Condition.outcome(.missing)
    package static let referralNeeded = Condition.outcome(.referralNeeded)
    package static let targetChosen = Condition.outcome(.targetChosen)
    package static let triesAgain = Condition.outcome(.again)
    package static let rootChosen = Condition.outcome(.rootChosen)
    package static let circle = Condition.outcome(.circle)
    package static let threadExits = Condition.outcome(.present)
}

/// Which instances an operation touches: indices that the host gave to names.
package struct Key: Hashable, Sendable {
    package var junction: Int32
    package var server: Int32
    package var root: Int32
    package var file: Int32

    package init(junction: Int32 = 0, server: Int32 = 0, root: Int32 = 0, file: Int32 = 0) {
        self.junction = junction
        self.server = server
        self.root = root
        self.file = file
    }

    func index(in scope: Scope) -> Int {
        switch scope {
        case .host: 0
        case .server: Int(server)
        case .root: Int(root)
        case .junction: Int(junction)
        case .file: Int(file)
        }
    }
}
