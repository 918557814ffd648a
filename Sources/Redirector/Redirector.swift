package import Primitives
internal import SMBWire

/// The redirector of one terminal server: the client side of [MS-SMB2], section 3.2.
///
/// Owns the host's connections, SMB sessions, tree connects, opens and credits. It decides *what*
/// goes over the wire; *when* an operation may ask it, and which locks are held meanwhile, is the
/// client model's business. There are three kinds of method: `submit` and `cancel` ask for
/// something, the past-tense ones say what the shell saw, and `nextDeadline` says when to call
/// `timerFired`. Nothing here reads a clock; every call is told the time.
package struct Redirector: Hashable, Sendable {
    package typealias Effect = RedirectorEffect

    let settings: RedirectorSettings
    var random: SplitMix64
    var connections = Slab<Connection, ConnectionKind>()
    var sessions = Slab<SMBSession, SMBSessionKind>()
    var trees = Slab<Tree, TreeKind>()
    var opens = Slab<Open, OpenKind>()
    /// Compounds whose answers are coming in.
    var groups = Slab<CompoundGroup, CompoundKind>()
    /// The last SMB session of a user on a server that was lost, to be named at the next log-on.
    var previousSessions: [UserOnServer: SMBSessionID] = [:]
    /// Opens that hold an oplock or a lease, to find whom a break means.
    var caching: [OpenNumber] = []
    /// What connections did that are closed.
    var closedUses: [ConnectionUse] = []
    /// Slots of connections and SMB sessions with a deadline.
    var timed: [Timed] = []
    /// How many of `timed` may be past.
    private var untimed = 0

    package init(settings: RedirectorSettings, random: SplitMix64) {
        self.settings = settings
        self.random = random
    }

    struct UserOnServer: Hashable, Sendable {
        let user: Int
        let server: String
    }

    enum Timed: Hashable, Sendable {
        case connection(ConnectionNumber)
        case session(SMBSessionNumber)
    }

    /// Asks for something; `tag` comes back with the answer.
    package mutating func submit(
        _ request: Request,
        tag: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let times = RequestTimes(created: now)
        switch request {
        case .connect(let server):
            open(server: server, tag: tag, times: times, into: &effects)
        case .logon(let connection, let user):
            logon(user: user, on: connection, tag: tag, times: times, into: &effects)
        default: enqueue(request, tag: tag, times: times, at: now, into: &effects)
        }
    }

    /// Finds where a request belongs and sends it, or lets it wait for a credit.
    private mutating func enqueue(
        _ request: Request,
        tag: Int,
        times: RequestTimes,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        guard let place = place(of: request) else {
            let status = NTStatus.networkNameDeleted
            let sentence = "\(request.name) has no connection any more: \(status)"
            let answer = Answer(status: status, result: .nothing, sentence: sentence, times: times)
            effects.append(.answered(tag: tag, answer))
            return
        }
        let pending = Pending(
            tag: tag,
            work: .request(request),
            command: request.command,
            session: place.session,
            times: times
        )
        if place.session >= 0, !sessions.elements[place.session].isValid {
            sessions.elements[place.session].awaitingRenewal.append(pending)
        } else {
            send(pending, on: place.connection, at: now, into: &effects)
        }
    }

    /// The slots of the connection and of the SMB session (or -1); nil if they are gone.
    @inline(__always)
    func place(of request: Request) -> (connection: Int, session: Int)? {
        switch request {
        case .connect, .logon: nil
        case .echo(let number): connections.index(of: number).map { ($0, -1) }
        case .logoff(let number), .treeConnect(let number, _): place(session: number)
        case .treeDisconnect(let number), .create(let number, _), .reopen(_, let number),
            .referral(let number, _, _, _), .compound(let number, _, _):
            trees.index(of: number).flatMap { place(tree: $0) }
        case .close(let number), .flush(let number), .read(let number, _, _),
            .write(let number, _, _), .lock(let number, _), .queryDirectory(let number, _, _),
            .queryInfo(let number, _, _), .setInfo(let number, _, _, _),
            .changeNotify(let number, _, _), .acknowledgeBreak(let number, _):
            opens.index(of: number).flatMap { place(tree: opens.elements[$0].tree) }
        }
    }

    @inline(__always)
    private func place(session number: SMBSessionNumber) -> (connection: Int, session: Int)? {
        sessions.index(of: number).map { (sessions.elements[$0].connection, $0) }
    }

    @inline(__always)
    private func place(tree: Int) -> (connection: Int, session: Int)? {
        guard tree >= 0 else { return nil }
        let session = trees.elements[tree].session
        return (sessions.elements[session].connection, session)
    }

    /// Cancels the request with that tag: CANCEL if it is out, an answer at once if it waits.
    package mutating func cancel(tag: Int, at now: Instant, into effects: inout [Effect]) {
        for slot in connections.indices(where: { $0.phase == .ready }) {
            let isMeant = { (pending: Pending) in pending.tag == tag && pending.isRequest }
            for waiting in connections.elements[slot].queue.removeAll(where: isMeant) {
                fail(waiting, .cancelled, "was cancelled", on: slot, at: now, into: &effects)
            }
            for (id, pending) in connections.elements[slot].sent.all where isMeant(pending) {
                sendCancel(of: pending, id: MessageID(id), on: slot, into: &effects)
            }
        }
    }

    /// Whether an open still means something: not closed, and its connection not lost.
    package func isAlive(_ open: OpenNumber) -> Bool {
        opens.index(of: open).map { opens.elements[$0].tree >= 0 } ?? false
    }

    /// Whether an SMB session is still there: not logged off, not refused when it was renewed, and
    /// its connection not lost.
    package func isAlive(_ session: SMBSessionNumber) -> Bool { sessions.index(of: session) != nil }

    /// When `timerFired` should be called next; nil if nothing has a limit.
    package var nextDeadline: Instant? {
        var earliest: Instant?
        for entry in timed {
            guard let deadline = deadline(of: entry) else { continue }
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    /// Ends connects and log-ons that took longer than they may.
    package mutating func timerFired(at now: Instant, into effects: inout [Effect]) {
        for entry in timed {
            guard let deadline = deadline(of: entry), deadline <= now else { continue }
            switch entry {
            case .connection(let number):
                guard let slot = connections.index(of: number) else { continue }
                let phase = connections.elements[slot].phase
                let step = phase == .connecting ? "TCP" : "NEGOTIATE"
                drop(slot, .ioTimeout, "\(step) was not answered in time", at: now, into: &effects)
            case .session(let number):
                guard let slot = sessions.index(of: number) else { continue }
                let connection = sessions.elements[slot].connection
                let name = name(ofUser: sessions.elements[slot].user)
                let sentence = "SESSION_SETUP of \(name) was not answered in time"
                drop(connection, .ioTimeout, sentence, at: now, into: &effects)
            }
        }
        forgetTimed()
    }

    /// A limit holds no more; when most of `timed` is of that kind, it goes.
    mutating func untime() {
        untimed += 1
        if untimed * 2 > timed.count { forgetTimed() }
    }

    private mutating func forgetTimed() {
        timed = timed.filter { deadline(of: $0) != nil }
        untimed = 0
    }

    private func deadline(of entry: Timed) -> Instant? {
        switch entry {
        case .connection(let number):
            guard let slot = connections.index(of: number) else { return nil }
            let phase = connections.elements[slot].phase
            let isUnderWay = phase == .connecting || phase == .negotiating
            return isUnderWay ? connections.elements[slot].deadline : nil
        case .session(let number):
            return sessions.index(of: number).flatMap { sessions.elements[$0].deadline }
        }
    }

    /// Answers a request that will not be answered by the server.
    mutating func fail(
        _ pending: Pending,
        _ status: NTStatus,
        _ reason: String,
        on connection: Int,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        let server = connections.elements[connection].server
        let sentence = "\(server): \(pending.name) failed: \(reason) (\(status))"
        complete(pending, status, .nothing, sentence, at: now, into: &effects)
    }

    /// Delivers an answer to whoever waits for it: the caller, or the compound it belongs to.
    mutating func complete(
        _ pending: borrowing Pending,
        _ status: NTStatus,
        _ result: consuming Answer.Result,
        _ sentence: consuming String?,
        at now: Instant,
        into effects: inout [Effect]
    ) {
        var answer = Answer(
            status: status,
            result: result,
            sentence: sentence,
            times: pending.times
        )
        answer.times.answered = now
        if case .element(let group, let place, _) = pending.work {
            finish(element: place, of: group, answer, into: &effects)
        } else {
            effects.append(.answered(tag: pending.tag, consume answer))
        }
    }
}

extension Pending {
    /// Whether it answers to a caller's tag, and not to the redirector itself.
    var isRequest: Bool {
        switch work {
        case .request, .element: true
        case .negotiate, .sessionSetup, .validateNegotiate, .windowGrowth: false
        }
    }

    /// Whether it unblocks others, so that the reserved credits are for it too.
    var mayUseReserve: Bool { command == .echo || command == .oplockBreak }

    /// Whether somebody outside waits for the answer.
    var isAwaited: Bool {
        switch work {
        case .request, .element, .validateNegotiate: true
        case .negotiate, .sessionSetup, .windowGrowth: false
        }
    }

    /// The request's name, with the path where it has one.
    var name: String {
        switch work {
        case .request(.create(_, let parameters)), .request(.compound(_, let parameters, _)):
            "CREATE “\(parameters.name)”"
        case .request(.treeConnect(_, let share)): "TREE_CONNECT \(share.text)"
        case .request(let request): request.name
        case .negotiate: "NEGOTIATE"
        case .sessionSetup: "SESSION_SETUP"
        case .validateNegotiate: "FSCTL_VALIDATE_NEGOTIATE_INFO"
        case .element, .windowGrowth: command.name
        }
    }
}

extension Request {
    /// The command of the (first) message.
    var command: Command {
        switch self {
        case .connect: .negotiate
        case .logon: .sessionSetup
        case .logoff: .logoff
        case .treeConnect: .treeConnect
        case .treeDisconnect: .treeDisconnect
        case .create, .reopen, .compound: .create
        case .close: .close
        case .flush: .flush
        case .read: .read
        case .write: .write
        case .lock: .lock
        case .queryDirectory: .queryDirectory
        case .queryInfo: .queryInfo
        case .setInfo: .setInfo
        case .changeNotify: .changeNotify
        case .referral: .ioctl
        case .echo: .echo
        case .acknowledgeBreak: .oplockBreak
        }
    }
}
